import ArgumentParser
import Foundation
import Quantizer
import Recognition

/// `tidepool identify`: how well people who were never trained on are told apart by a network's embedding.
struct IdentifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identify", abstract: "Measures re-identification: rank-1, false accepts, false rejects.",
        discussion: """
            Enrolls the first clips of some people as tidepool-edge enroll does and shows the network all their other
            clips, the probes, and those of people who were not enrolled, the impostors. Rank-1: the most alike known
            person is the right one. At a threshold: a false accept is an impostor's clip that gets a name, a false
            reject a known person's that gets none, a misnamed one gets somebody else's.

            EXAMPLES
              tidepool scene --out people --seed 5 --clips 800 --population 9 --members 40 --domain test --format npy
              tidepool identify swimmer.tide --images people/clips.npy --labels people/truth.jsonl
              tidepool identify swimmer.tide --images people/clips.npy --labels people/truth.jsonl --choose 1%
            """)

    @Argument(help: "The .tide file, or the trained network (.onnx, .h5, .keras, .tflite).") var model: String
    @Option(help: "Clips or pictures: a folder or .tar of JPEGs, or a .npy array.") var images: String
    @Option(help: "Who is on them (.csv or .jsonl).") var labels: String
    @Option(help: "The label that says who it is.") var label: String = "identity"
    @Option(help: "How many people to enroll; half of them without it.") var people: Int?
    @Option(help: "How many of the others are impostors; all without it.") var impostors: Int?
    @Option(help: "How many clips to enroll of each.") var enroll: Int = 4
    @Option(help: "The similarity from which on somebody is known, in place of the model's own.") var threshold: Double?
    @Option(help: "Choose the least threshold with at most so many false accepts, such as 1%.") var choose: Share?
    @Option(help: "The output that is the embedding, in place of the model's own.") var output: String?
    @Option(help: "The recipe of a trained network.") var recipe: String?
    @OptionGroup var reading: FloatModelOptions
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        if people ?? 1 < 1 || impostors ?? 1 < 1 || enroll < 1 {
            throw ValidationError("--people, --impostors and --enroll must be at least 1")
        }
        if threshold != nil, choose != nil { throw ValidationError("give either --threshold or --choose") }
        if let threshold, !(-1...1).contains(threshold) { throw ValidationError("--threshold must be -1 to 1") }
    }

    func run() throws {
        let loaded = try LoadedModel.load(model, recipe: recipe, options: reading)
        let facts = try facts(of: loaded)
        let samples = try embeddings(Runner(loaded), output: facts.output)
        let trial = try IdentificationTrial(
            samples, people: people, impostors: impostors, clips: enroll, source: labels)
        let chosen = choose.map { trial.threshold(falseAccepts: $0.fraction) }
        let listing = trial.listing(model: model, threshold: threshold ?? chosen ?? facts.threshold)
        print(json ? try encodeJSON(listing) : listing.text)
    }

    /// The embedding's output and threshold as the model or its recipe says.
    private func facts(of loaded: LoadedModel) throws -> (output: String, threshold: Double?) {
        guard let name = output ?? loaded.fact(EmbeddingOutput.outputKey) else {
            throw CommandError(GalleryError.noEmbedding(model: model, output: nil).description)
        }
        return (name, loaded.fact(EmbeddingOutput.thresholdKey).flatMap { Double($0) })
    }

    private func embeddings(_ runner: Runner, output: String) throws -> [IdentificationTrial.Sample] {
        let set = try InputSet(path: images, shape: runner.shape)
        let table = try LabelTable(path: labels)
        let bar = ProgressBar("looking", total: set.names.count)
        var found: [IdentificationTrial.Sample] = []
        for begin in stride(from: 0, to: set.names.count, by: 64) {
            let samples = try set.load(begin..<min(begin + 64, set.names.count))
            for (sample, answer) in zip(samples, try runner.run(samples)) {
                guard let person = table.value(sample.name, task: label) else { continue }
                guard let result = answer.outputs.first(where: { $0.name == output }) else {
                    throw CommandError(GalleryError.noEmbedding(model: model, output: output).description)
                }
                if let seen = result.embedding { found.append(.init(person: person, embedding: seen)) }
            }
            bar.advance(by: samples.count)
        }
        guard !found.isEmpty else {
            throw CommandError("\(labels): none of the samples of \(images) has the label \(label)")
        }
        return found
    }
}

/// A share of a whole: 1 % or 0.01.
struct Share: ExpressibleByArgument {
    let fraction: Double

    init?(argument: String) {
        let isPercent = argument.hasSuffix("%")
        let digits = isPercent ? String(argument.dropLast()).trimmingCharacters(in: .whitespaces) : argument
        guard let number = Double(digits) else { return nil }
        fraction = isPercent ? number / 100 : number
        guard (0...1).contains(fraction) else { return nil }
    }
}

extension Answer.Result {
    /// The output as a direction: the board's own integers, or floats on a grid of 2⁻²² of the largest.
    fileprivate var embedding: Embedding? {
        if let raw { return Embedding(direction: raw.values.map { $0 - raw.zeroPoint }) }
        let largest = real.reduce(0) { max($0, abs($1)) }
        guard largest > 0, largest.isFinite else { return nil }
        return Embedding(direction: real.map { Int32(($0 / largest * 0x1p22).rounded()) })
    }
}
