import CPlatform
import ModelFile
import Recognition
import Runtime

/// What `bench` found, for people and as JSON.
struct BenchReport {
    let network: Network
    let loadNanoseconds: Int64
    let firstNanoseconds: Int64
    let checksum: UInt64
    let bench: Bench

    private var checksumText: String {
        let digits = String(checksum, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    private var perFrame: BenchOperations { operations(bench.frameOperations) }
    private var perClip: BenchOperations { operations(bench.clipOperations) }

    private func operations(_ times: OperationTimes) -> BenchOperations {
        BenchOperations(times, of: network.model.description, peak: bench.peak * Double(network.threads))
    }

    func text() -> String {
        var rows = [
            ["model", network.model.description.name],
            ["instruction set", network.isaName],
            ["threads", "\(network.threads)"],
            ["one more frame and its decision", milliseconds(median(bench.frameTimes))],
        ]
        if !bench.clipTimes.isEmpty { rows.append(["a whole clip", milliseconds(median(bench.clipTimes))]) }
        rows += [
            ["load", milliseconds(loadNanoseconds)],
            ["load to first decision", milliseconds(firstNanoseconds)],
            ["file, packed weights, arena", kilobytes()],
            ["peak memory of the process", "\(tp_peak_memory() / 1024) KiB"],
            ["checksum of the outputs", checksumText],
        ]
        guard !bench.frameOperations.isEmpty else { return table(rows) }
        rows.append(["peak of a core", (decimal(bench.peak, places: 1) ?? "-") + " GMAC/s"])
        var tables = [table(rows), table(perFrame.text()), "one more frame\n" + table(perFrame.kindText())]
        if !bench.clipOperations.isEmpty { tables.append("each frame of a whole clip\n" + table(perClip.kindText())) }
        return tables.joined(separator: "\n\n")
    }

    func json() -> String {
        var line = JSONText()
        line.object { line in
            line.key("model")
            line.string(network.model.description.name)
            line.key("isa")
            line.string(network.isaName)
            line.key("threads")
            line.number(network.threads)
            line.key("runs")
            line.number(bench.frameTimes.count)
            write(bench.frameTimes, "frame", to: &line)
            if !bench.clipTimes.isEmpty { write(bench.clipTimes, "clip", to: &line) }
            line.key("load_ms")
            line.number(Double(loadNanoseconds) / 1e6, places: 3)
            line.key("first_ms")
            line.number(Double(firstNanoseconds) / 1e6, places: 3)
            line.key("file_bytes")
            line.number(network.model.byteCount)
            line.key("packed_bytes")
            line.number(network.packedByteCount)
            line.key("arena_bytes")
            line.number(network.arenaByteCount)
            line.key("process_bytes")
            line.number(Int(tp_peak_memory()))
            line.key("checksum")
            line.string(checksumText)
            guard !bench.frameOperations.isEmpty else { return }
            line.key("peak_gmacs")
            line.number(bench.peak, places: 2)
            perFrame.write(to: &line)
            guard !bench.clipOperations.isEmpty else { return }
            line.key("in_a_clip")
            line.object { perClip.write(to: &$0) }
        }
        return line.text
    }

    /// The median and the smallest of some times, "frame_ms" and "frame_least_ms".
    private func write(_ times: [Int64], _ name: String, to line: inout JSONText) {
        line.key(name + "_ms")
        line.number(Double(median(times)) / 1e6, places: 4)
        line.key(name + "_least_ms")
        line.number(Double(times.min() ?? 0) / 1e6, places: 4)
    }

    private func kilobytes() -> String {
        [network.model.byteCount, network.packedByteCount, network.arenaByteCount]
            .map { "\(($0 + 1023) / 1024)" }.joined(separator: ", ") + " KiB"
    }

    private func milliseconds(_ nanoseconds: Int64) -> String {
        (decimal(Double(nanoseconds) / 1e6, places: 3) ?? "-") + " ms"
    }

    private func median(_ times: [Int64]) -> Int64 { times.sorted()[times.count / 2] }
}
