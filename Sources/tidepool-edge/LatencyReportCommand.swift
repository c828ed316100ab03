import LatencyReport

/// `tidepool-edge latency-report`: reports of boards or versions side by side.
struct LatencyReportCommand {
    private let options: OptionList

    init(_ arguments: [String]) throws(ProgramError) {
        options = try OptionList(arguments, values: ["--report"], flags: ["--json"])
        guard (1...16).contains(options.positional.count) else {
            throw .usage("1 to 16 files of `tidepool-edge latency --json FILE` are needed; see --help")
        }
    }

    func run() throws(ProgramError) {
        var reports: [(name: String, result: LatencyResult)] = []
        for path in options.positional {
            do throws(LatencyFileError) { reports.append((name(path), try LatencyResult(path: path))) } catch {
                throw .usage(error.description)
            }
        }
        if let path = options.last("--report") {
            // Of a single report its own page, with time line and histograms.
            try write(reports.count == 1 ? reports[0].result.html() : LatencyComparison(reports).html(), to: path)
        }
        let comparison = LatencyComparison(reports)
        Console.write(options.has("--json") ? comparison.json() : table(comparison.table()))
    }

    /// The file's name without folder and ending.
    private func name(_ path: String) -> String {
        let last = path.split(separator: "/").last.map { String($0) } ?? path
        return last.hasSuffix(".json") ? String(last.dropLast(5)) : last
    }
}
