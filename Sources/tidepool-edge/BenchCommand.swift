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
        options = try OptionList(arguments, values: ["--threads", "--runs", "--isa"], flags: ["--per-op", "--json"])
        guard options.positional.count == 1 else { throw .usage("one model file is needed; see --help") }
        path = options.positional[0]
        runs = try options.integer("--runs", in: 1...1_000_000) ?? 20
        threads = try options.integer("--threads", in: 1...64) ?? 1
    }

    func run() throws(ProgramError) {
        let begin = tp_monotonic_nanoseconds()
        let network = try loadNetwork(path: path, threads: threads, isa: options.last("--isa"))
        let loaded = tp_monotonic_nanoseconds()
        var bench = Bench(network)
        let checksum = bench.checksum()
        let first = tp_monotonic_nanoseconds()
        bench.measure(runs: runs, perOperation: options.has("--per-op"))
        let report = BenchReport(
            network: network, loadNanoseconds: loaded - begin, firstNanoseconds: first - begin, checksum: checksum,
            bench: bench)
        Console.write(options.has("--json") ? report.json() : report.text())
    }
}

/// Runs a network on noise from a seed.
struct Bench {
    private let network: Network
    private let ring: FeatureRing?
    private let frames: Int
    private var state: UInt64 = 0x7469_6465
    /// Nanoseconds of one more frame with its decision, run by run.
    private(set) var frameTimes: [Int64] = []
    /// Nanoseconds of a whole clip; empty for a network of single pictures.
    private(set) var clipTimes: [Int64] = []
    private(set) var profile: [OperationProfile] = []

    init(_ network: Network) {
        self.network = network
        frames = network.model.description.clip?.frames ?? 1
        ring = network.model.description.clip == nil ? nil : network.makeRing()
    }

    /// Decides on one seeded clip or picture: FNV-1a over all outputs' integers, equal on every machine.
    mutating func checksum() -> UInt64 {
        ring?.reset()
        for _ in 0..<frames { oneFrame() }
        if let ring { network.runClip(ring) }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in network.model.description.deciding.outputs.indices {
            for byte in network.output(index).bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return hash
    }

    mutating func measure(runs: Int, perOperation: Bool) {
        network.isProfiling = perOperation
        network.resetProfile()
        for _ in 0..<runs {
            fillInput()
            let start = tp_monotonic_nanoseconds()
            decide()
            frameTimes.append(tp_monotonic_nanoseconds() - start)
        }
        profile = perOperation ? network.profile : []
        network.isProfiling = false
        guard ring != nil else { return }
        for _ in 0..<max(1, runs / 5) {
            let start = tp_monotonic_nanoseconds()
            for _ in 0..<frames { network.runFrame(into: ring!) }
            network.runClip(ring!)
            clipTimes.append(tp_monotonic_nanoseconds() - start)
        }
    }

    private mutating func oneFrame() {
        fillInput()
        if let ring { network.runFrame(into: ring) } else { network.runFrame() }
    }

    private func decide() {
        guard let ring else { return network.runFrame() }
        network.runFrame(into: ring)
        network.runClip(ring)
    }

    /// Noise of a xorshift generator, eight bytes a step.
    private mutating func fillInput() {
        let input = network.frameInput
        for i in input.indices {
            if i & 7 == 0 {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
            }
            input[i] = Int8(truncatingIfNeeded: state >> UInt64(8 * (i & 7)))
        }
    }
}
