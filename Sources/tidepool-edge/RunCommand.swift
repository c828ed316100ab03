import CPlatform
import Camera
import ModelFile
import Recognition
import Runtime

/// `tidepool-edge run`: frames in, decisions out.
struct RunCommand {
    private let options: OptionList
    private let setup: SessionSetup

    init(_ arguments: [String]) throws(ProgramError) {
        options = try OptionList(
            arguments, values: SessionSetup.values + ["--frames", "--duration", "--annotate"], flags: ["--json"])
        guard options.positional.isEmpty else { throw .usage("\(options.positional[0]): not understood; see --help") }
        setup = try SessionSetup(options)
    }

    func run() throws(ProgramError) {
        let frames = try options.integer("--frames", in: 1...Int.max)
        let duration = try options.duration("--duration")
        let asJSON = options.has("--json")
        let session = try setup.makeSession(live: duration != nil, warm: false)
        if !asJSON { announce(session) }

        let output = DecisionOutput(session, asJSON: asJSON, picture: options.last("--annotate"))
        var failure: RecognitionError?
        do throws(RecognitionError) {
            try session.run(frames: frames, nanoseconds: duration, observer: output)
        } catch { failure = error }
        try output.finish()
        if let failure { throw .failure(failure.description) }
    }

    private func announce(_ session: Session) {
        for recogniser in session.recognisers {
            let network = recogniser.network
            let lighter = recogniser.lighter.map { ", lighter \($0.model.description.name)" } ?? ""
            Console.write("model   \(network.model.description.name), \(network.isaName)\(lighter)")
            if case .truth = recogniser.regions { Console.write("regions the scene's own boxes (truth)") }
        }
        Console.write("source  \(session.source.summary)")
    }
}
