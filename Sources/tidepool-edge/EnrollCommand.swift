import CPlatform
import ModelFile
import Recognition
import Runtime

/// `tidepool-edge enroll`: a swimmer becomes known from a few clips, without training.
struct EnrollCommand {
    private let options: OptionList
    private let gallery: String

    init(_ arguments: [String]) throws(ProgramError) {
        options = try OptionList(
            arguments,
            values: [
                "--model", "--gallery", "--name", "--remove", "--region", "--track", "--clips", "--duration",
                "--threshold", "--threads", "--isa",
            ],
            flags: ["--list", "--strided", "--json"])
        gallery = try options.required("--gallery")
        let actions = (options.has("--list") ? 1 : 0) + ["--remove", "--name"].filter { options.last($0) != nil }.count
        guard actions == 1 else { throw .usage("give one of --name NAME, --remove NAME and --list") }
        if options.last("--name") == nil, let source = options.positional.first {
            throw .usage("\(source): sources are for --name NAME")
        }
    }

    func run() throws(ProgramError) {
        if let name = options.last("--name") { return try enroll(name) }
        let model = try options.last("--model").map { path throws(ProgramError) in
            try loadNetwork(path: path, threads: 1, isa: options.last("--isa")).model
        }
        do throws(GalleryError) {
            var known = try Gallery(path: gallery)
            if let model { try known.check(madeWith: model, EmbeddingOutput(of: model), file: gallery) }
            if let name = options.last("--remove") {
                try known.remove(name)
                try known.write(to: gallery)
            }
            let listing = GalleryListing(gallery: known, file: gallery)
            Console.write(options.has("--json") ? listing.json() : listing.text())
        } catch { throw .usage(error.description) }
    }

    // MARK: Enrolling

    private func enroll(_ name: String) throws(ProgramError) {
        guard !options.positional.isEmpty else { throw .usage("no source is given; see --help") }
        if let why = Gallery.problem(withName: name) { throw .usage(GalleryError.badName(name, why).description) }
        let threads = try options.integer("--threads", in: 1...64) ?? 1
        let given = try options.similarity("--threshold")
        let network = try loadNetwork(path: options.required("--model"), threads: threads, isa: options.last("--isa"))
        var known: Gallery
        let embedding: EmbeddingOutput
        do throws(GalleryError) {
            embedding = try EmbeddingOutput(of: network.model)
            known = try openGallery(network.model, embedding)
        } catch { throw .usage(error.description) }

        let collector = try collector(network, embedding)
        var report = EnrollReport(gallery: gallery, name: name, threshold: given ?? embedding.threshold)
        var clips: [Embedding] = []
        for source in options.positional {
            let harvest = try collector.collect(source)
            guard !harvest.embeddings.isEmpty else { throw .usage(nothing(in: source, harvest, network.model)) }
            clips += harvest.embeddings
            report.damaged += harvest.damaged
        }
        report.compare(clips, with: known)
        do throws(GalleryError) {
            try known.enrol(name, clips)
            report.look(at: known)
            try known.write(to: gallery)
        } catch { throw .usage(error.description) }
        Console.write(options.has("--json") ? report.json() : report.text())
        guard !options.has("--json") else { return }
        for warning in report.warnings { Console.error("warning: " + warning) }
    }

    private func openGallery(_ model: Model, _ embedding: EmbeddingOutput) throws(GalleryError) -> Gallery {
        if tp_is_missing(gallery) == 1 { return Gallery(model: model.fingerprint, dimension: embedding.dimension) }
        let known = try Gallery(path: gallery)
        try known.check(madeWith: model, embedding, file: gallery)
        return known
    }

    private func collector(_ network: Network, _ embedding: EmbeddingOutput) throws(ProgramError) -> ClipCollector {
        let track = try options.integer("--track", in: 0...Int.max)
        let given = options.all("--region")
        guard given.count + (track == nil ? 0 : 1) <= 1, !given.contains("truth") else {
            throw .usage("give one --region x0,y0,x1,y1 or one --track N: a clip shows one swimmer")
        }
        if track != nil, let other = options.positional.first(where: { !$0.hasPrefix("pool") }) {
            throw .usage("\(other): --track is for the pool scene; give --region x0,y0,x1,y1")
        }
        let regions: RegionSource
        do throws(RegionError) { regions = try RegionSource(parsing: track == nil ? given : ["truth"]) } catch {
            throw .usage(error.description)
        }
        return ClipCollector(
            network: network, embedding: embedding, regions: regions, track: track, isStrided: options.has("--strided"),
            limit: try options.integer("--clips", in: 1...Gallery.maximumClips) ?? 10,
            nanoseconds: try options.duration("--duration"))
    }

    private func nothing(in source: String, _ harvest: ClipCollector.Harvest, _ model: Model) -> String {
        var text = "\(source): no clip in \(harvest.frames) frames"
        if harvest.damaged > 0 { text += ", \(harvest.damaged) of them damaged" }
        guard let clip = model.description.clip else { return text }
        text += "; one takes \((clip.frames - 1) * clip.stride + 1) frames"
        return text + ", or \(clip.frames) with --strided where each picture is one of a clip"
    }
}
