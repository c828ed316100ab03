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

    private var operations: [OperationProfile] { bench.profile }

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
        return table(rows) + (operations.isEmpty ? "" : "\n\n" + table(operationRows()))
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
            line.key("frame_ms")
            line.number(Double(median(bench.frameTimes)) / 1e6, places: 4)
            if !bench.clipTimes.isEmpty {
                line.key("clip_ms")
                line.number(Double(median(bench.clipTimes)) / 1e6, places: 4)
            }
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
            line.key("checksum")
            line.string(checksumText)
            if !operations.isEmpty {
                line.key("operations")
                line.array { line in for operation in operations { write(operation, to: &line) } }
            }
        }
        return line.text
    }

    private func write(_ operation: OperationProfile, to line: inout JSONText) {
        line.object { line in
            line.key("program")
            line.string(operation.isClip ? "clip" : "frame")
            line.key("name")
            line.string(operation.name)
            line.key("kind")
            line.string(operation.kind)
            line.key("multiply_adds")
            line.number(operation.multiplyAdds)
            line.key("us")
            line.number(microseconds(operation), places: 2)
        }
    }

    private func operationRows() -> [[String]] {
        let total = max(1e-9, operations.reduce(0) { $0 + microseconds($1) })
        var rows = [["operation", "kind", "µs", "share", "MMAC", "GMAC/s"]]
        for operation in operations {
            let time = microseconds(operation)
            let rate = time > 0 ? Double(operation.multiplyAdds) / time / 1e3 : 0
            rows.append([
                (operation.isClip ? "clip " : "") + operation.name, operation.kind,
                decimal(time, places: 1) ?? "-", (decimal(time / total * 100, places: 1) ?? "-") + " %",
                decimal(Double(operation.multiplyAdds) / 1e6, places: 2) ?? "-",
                operation.multiplyAdds > 0 ? decimal(rate, places: 1) ?? "-" : "",
            ])
        }
        return rows
    }

    private func microseconds(_ operation: OperationProfile) -> Double {
        operation.runs > 0 ? Double(operation.nanoseconds) / Double(operation.runs) / 1e3 : 0
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
