import Budget
import CPlatform
import Camera
import ModelFile
import Recognition
import Runtime

/// `tidepool-edge run`: frames in, decisions out.
struct RunCommand {
    private let options: OptionList
    private let asJSON: Bool
    private let model: String
    private let source: String
    private let regions: RegionSource
    private let budget: Int64?

    init(_ arguments: [String]) throws(ProgramError) {
        options = try OptionList(
            arguments,
            values: [
                "--model", "--source", "--region", "--budget", "--frames", "--duration", "--threads", "--isa",
                "--annotate", "--gallery", "--threshold",
            ],
            flags: ["--json"])
        guard options.positional.isEmpty else { throw .usage("\(options.positional[0]): not understood; see --help") }
        asJSON = options.has("--json")
        model = try options.required("--model")
        source = try options.required("--source")
        do throws(RegionError) { regions = try RegionSource(parsing: options.all("--region")) } catch {
            throw .usage(error.description)
        }
        budget = try options.duration("--budget")
    }

    func run() throws(ProgramError) {
        let frames = try options.integer("--frames", in: 1...Int.max)
        let duration = try options.duration("--duration")
        let threads = try options.integer("--threads", in: 1...64) ?? 1
        if case .truth = regions, !source.hasPrefix("pool") {
            throw .usage(RecognitionError.noTruth(source).description)
        }
        let network = try loadNetwork(path: model, threads: threads, isa: options.last("--isa"))
        let identifier = try loadIdentifier(
            gallery: options.last("--gallery"), model: network.model, threshold: try options.similarity("--threshold"))
        let opened: any FrameSource
        do throws(CameraError) { opened = try openSource(source, live: budget != nil || duration != nil) } catch {
            throw .usage(error.description)
        }
        let session: Session
        do throws(RecognitionError) {
            session = Session(
                recogniser: try Recogniser(network: network, regions: regions), source: opened,
                budget: budget.map { LatencyBudget(limit: $0) })
        } catch { throw .usage(error.description) }
        session.recogniser.identifier = identifier
        announce(session)

        let output = DecisionOutput(session, asJSON: asJSON, picture: options.last("--annotate"))
        var failure: RecognitionError?
        do throws(RecognitionError) {
            try session.run(
                frames: frames, nanoseconds: duration, decision: { output.show($0, $1) },
                problem: { Console.error($0.description) })
        } catch { failure = error }
        try output.finish()
        if let failure { throw .failure(failure.description) }
    }

    private func announce(_ session: Session) {
        guard !asJSON else { return }
        let network = session.recogniser.network
        Console.write("model   \(network.model.description.name), \(network.isaName)")
        Console.write("source  \(session.source.summary)")
        if case .truth = session.recogniser.regions { Console.write("regions the scene's own boxes (truth)") }
    }
}
