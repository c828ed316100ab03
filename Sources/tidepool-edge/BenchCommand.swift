import CPlatform
import ModelFile
import Recognition
import Runtime

/// `tidepool-edge bench`: how long a model takes here, and a checksum of what it says.
struct BenchCommand {
    private let options: OptionList
    private let path: String
    private let runs: Int
    private let threads: Int

    init(_ arguments: [String]) throws(ProgramError) {
        options = try OptionList(
            arguments, values: ["--threads", "--runs", "--isa"], flags: ["--per-op", "--turns", "--json"])
        guard options.positional.count == 1 else { throw .usage("one model file is needed; see --help") }
        path = options.positional[0]
        runs = try options.integer("--runs", in: 1...1_000_000) ?? 20
        threads = try options.integer("--threads", in: 1...64) ?? 1
    }

    func run() throws(ProgramError) {
        let begin = tp_monotonic_nanoseconds()
        let network = try loadNetwork(path: path, threads: threads, isa: options.last("--isa"), sharesClips: true)
        let loadTime = tp_monotonic_nanoseconds() - begin
        var firstTime: Int64?
        repeat {
            var bench = Bench(network)
            let checksum = bench.checksum()
            firstTime = firstTime ?? loadTime + bench.firstTime
            bench.measure(runs: runs, perOperation: options.has("--per-op"))
            let report = BenchReport(
                network: network, loadNanoseconds: loadTime, firstNanoseconds: firstTime!,
                checksum: checksum, bench: bench)
            Console.write(options.has("--json") ? report.json() : report.text())
        } while options.has("--turns") && lineOfInput()
    }

    /// Waits for the end of a line on standard input; false when there is no further line.
    private func lineOfInput() -> Bool {
        var byte: UInt8 = 0
        while tp_read(0, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return true }
        }
        return false
    }
}
