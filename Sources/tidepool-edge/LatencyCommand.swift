import BoardConfig
import CPlatform
import LatencyReport
import Recognition

/// `tidepool-edge latency`: a run whose times are kept and judged by the promises.
struct LatencyCommand {
    private let options: OptionList
    private let setup: SessionSetup
    private let duration: Int64
    /// `--json` alone prints; with a file it is written there.
    private let json: OutputChoice

    private enum OutputChoice { case none, print, file(String) }

    init(_ arguments: [String]) throws(ProgramError) {
        let (jsonFile, rest) = try Self.jsonFile(arguments)
        options = try OptionList(
            rest, values: SessionSetup.values + ["--duration", "--junit", "--report"], flags: ["--json"])
        guard options.positional.isEmpty else { throw .usage("\(options.positional[0]): not understood; see --help") }
        json = jsonFile.map { .file($0) } ?? (options.has("--json") ? .print : .none)
        duration = try options.duration("--duration") ?? 30_000_000_000
        setup = try SessionSetup(options)
    }

    /// The value of `--json` is optional: what follows it is one unless it begins another option.
    private static func jsonFile(_ arguments: [String]) throws(ProgramError) -> (String?, [String]) {
        guard let index = arguments.firstIndex(where: { $0 == "--json" || $0.hasPrefix("--json=") }) else {
            return (nil, arguments)
        }
        var rest = arguments
        let argument = rest.remove(at: index)
        if argument != "--json" { return (String(argument.dropFirst("--json=".utf8.count)), rest) }
        if index < rest.count, !rest[index].hasPrefix("--") { return (rest.remove(at: index), rest) }
        return (nil, arguments)
    }

    func run() throws(ProgramError) {
        let session = try setup.makeSession(live: true, warm: true)
        let begin = tp_monotonic_nanoseconds()
        let recorder = LatencyRecorder(session, begin: begin, hidesExpired: setup.policy == .budget)
        var failure: RecognitionError?
        do throws(RecognitionError) {
            try session.run(nanoseconds: duration, observer: recorder)
        } catch { failure = error }
        var result = recorder.result(end: tp_monotonic_nanoseconds())
        result.board = setup.profile?.name ?? ""
        result.policy = setup.policy.rawValue
        result.threads = setup.threads

        if let path = options.last("--junit") { try write(result.junit(), to: path) }
        if let path = options.last("--report") { try write(result.html(), to: path) }
        switch json {
        case .print: Console.write(result.json())
        case .file(let path):
            try write(result.json() + "\n", to: path)
            Console.write(text(result))
        case .none: Console.write(text(result))
        }
        if let failure { throw .failure(failure.description) }
        if !result.isKept { throw ProgramError(text: "not every promise was kept", code: .broken) }
    }

    private func text(_ result: LatencyResult) -> String {
        var parts: [String] = []
        for task in result.tasks {
            let rows = task.stages.map { stage in
                [stage.stage] + stage.values.map { decimal($0, places: 2) ?? "-" }
            }
            parts.append("\(task.name): \(task.model), \(task.instructionSet), \(task.decided) decisions")
            parts.append(table([["ms"] + TaskLatency.Percentiles.labels] + rows))
            if let drift = task.drift {
                let window = decimal(drift.window, places: 1) ?? "?"
                let values = [drift.firstP50, drift.lastP50, drift.firstP99, drift.lastP99].map {
                    decimal($0, places: 1) ?? "?"
                }
                parts.append(
                    "first against last \(window) s: p50 \(values[0]) → \(values[1]) ms, "
                        + "p99 \(values[2]) → \(values[3]) ms")
            }
            parts.append("")
        }
        let drops = result.dropped.map { "\($0.cause) \($0.count)" }.joined(separator: ", ")
        parts.append(
            "\(result.captured) frames captured, \(result.decided) decided, \(result.filling) filling clips, dropped: "
                + (drops.isEmpty ? "none" : drops))
        for check in result.checks {
            let word = check.isKept ? "kept    " : "NOT KEPT"
            parts.append("\(word) \(check.subject): \(check.promise) (\(check.found))")
        }
        return parts.joined(separator: "\n")
    }
}

/// Writes a file, whole or not at all.
func write(_ text: String, to path: String) throws(ProgramError) {
    var text = text
    let error = text.withUTF8 { tp_write_file_atomic(path, $0.baseAddress, $0.count) }
    if error < 0 { throw .failure("\(path): cannot be written: " + String(cString: tp_error_text(error))) }
}
