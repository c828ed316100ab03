/// What the program's end means.
enum ExitCode: Int32 {
    case success = 0
    /// Something failed while running, such as a camera that went away.
    case failure = 1
    /// A command line or a file that cannot be used; nothing was started.
    case usage = 2
    /// A latency test ran to its end, and a promise was not kept.
    case broken = 3
}

/// Runs the subcommand that the arguments name.
func runProgram(_ arguments: [String]) -> ExitCode {
    guard let name = arguments.first else {
        Console.error(Help.program)
        return .usage
    }
    let rest = Array(arguments.dropFirst())
    if name == "--help" || name == "-h" || name == "help" {
        Console.write(Help.program)
        return .success
    }
    guard let command = Command(rawValue: name) else {
        Console.error("tidepool-edge: there is no command \(name)\n\n" + Help.program)
        return .usage
    }
    if rest.contains("--help") || rest.contains("-h") {
        Console.write(command.help)
        return .success
    }
    do throws(ProgramError) {
        switch command {
        case .run: try RunCommand(rest).run()
        case .enroll: try EnrollCommand(rest).run()
        case .latency: try LatencyCommand(rest).run()
        case .latencyReport: try LatencyReportCommand(rest).run()
        case .bench: try BenchCommand(rest).run()
        case .cameras: try CamerasCommand(rest).run()
        case .selftest: try SelftestCommand(rest).run()
        }
        return .success
    } catch {
        Console.error("tidepool-edge \(name): " + error.text)
        return error.code
    }
}

enum Command: String {
    case run, enroll, latency
    case latencyReport = "latency-report"
    case bench, cameras, selftest

    var help: String {
        switch self {
        case .run: Help.run
        case .enroll: Help.enroll
        case .latency: Help.latency
        case .latencyReport: Help.latencyReport
        case .bench: Help.bench
        case .cameras: Help.cameras
        case .selftest: Help.selftest
        }
    }
}

/// What ends the program early: a text for people and an exit code.
struct ProgramError: Error {
    var text: String
    var code: ExitCode

    static func usage(_ text: String) -> ProgramError { ProgramError(text: text, code: .usage) }
    static func failure(_ text: String) -> ProgramError { ProgramError(text: text, code: .failure) }
}
