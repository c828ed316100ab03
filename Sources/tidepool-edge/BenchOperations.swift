import ModelFile
import Recognition
import Runtime

/// Where the time of a run went, operation by operation and by sort of operation, against the core's peak.
///
/// An operation that was fused into another takes no time of its own; that of the other has it.
struct BenchOperations {
    struct Row {
        var name: String
        var kind: String
        var isClip: Bool
        var count = 1
        var multiplyAdds: Int
        /// Microseconds.
        var time: Double
        /// Multiply-adds a nanosecond.
        var rate: Double { time > 0 ? Double(multiplyAdds) / time / 1e3 : 0 }
    }

    let rows: [Row]
    /// Multiply-adds a nanosecond of all threads at best.
    let peak: Double
    private let total: Double

    init(_ times: OperationTimes, of description: ModelDescription, peak: Double) {
        let operations = description.frame.operations + (description.clipProgram?.operations ?? [])
        rows = times.operations.indices.map { index in
            let part = times.operations[index]
            return Row(
                name: part.name, kind: Self.kind(of: operations[index], in: description), isClip: part.isClip,
                multiplyAdds: part.multiplyAdds, time: times.median(index) / 1e3)
        }
        self.peak = peak
        total = max(1e-9, rows.reduce(0) { $0 + $1.time })
    }

    /// 1×1 convolutions have a name of their own: they are most of a network's work.
    private static func kind(of operation: Operation, in description: ModelDescription) -> String {
        guard case .convolution(let window, _) = operation.kind else { return operation.kind.label }
        let kernel = description.tensors[operation.inputs[1]].shape
        return kernel[1] == 1 && kernel[2] == 1 && window.strideY == 1 && window.strideX == 1
            ? "1x1 convolution" : "convolution"
    }

    /// The rows of each kind summed up, the longest first.
    var kinds: [Row] {
        var kinds: [Row] = []
        for row in rows {
            if let index = kinds.firstIndex(where: { $0.kind == row.kind && $0.isClip == row.isClip }) {
                kinds[index].count += 1
                kinds[index].multiplyAdds += row.multiplyAdds
                kinds[index].time += row.time
            } else {
                kinds.append(row)
            }
        }
        return kinds.sorted { $0.time > $1.time }
    }

    func text() -> [[String]] {
        [["operation", "kind", "µs", "share", "MMAC", "GMAC/s", "of peak"]]
            + rows.map { [($0.isClip ? "clip " : "") + $0.name, $0.kind] + numbers($0) }
    }

    func kindText() -> [[String]] {
        [["kind", "operations", "µs", "share", "MMAC", "GMAC/s", "of peak"]]
            + kinds.map { [($0.isClip ? "clip " : "") + $0.kind, "\($0.count)"] + numbers($0) }
    }

    private func numbers(_ row: Row) -> [String] {
        let rates = [decimal(row.rate, places: 1) ?? "-", percent(row.rate / peak)]
        let work = [decimal(Double(row.multiplyAdds) / 1e6, places: 2) ?? "-"] + rates
        return [decimal(row.time, places: 1) ?? "-", percent(row.time / total)]
            + (row.multiplyAdds > 0 ? work : ["", "", ""])
    }

    private func percent(_ share: Double) -> String { (decimal(share * 100, places: 1) ?? "-") + " %" }

    /// The keys "operations" and "kinds" of an object.
    func write(to line: inout JSONText) {
        line.key("operations")
        line.array { line in for row in rows { write(row, to: &line) { $0.key("name"); $0.string(row.name) } } }
        line.key("kinds")
        line.array { line in for row in kinds { write(row, to: &line) { $0.key("count"); $0.number(row.count) } } }
    }

    private func write(_ row: Row, to line: inout JSONText, _ first: (inout JSONText) -> Void) {
        line.object { line in
            line.key("program")
            line.string(row.isClip ? "clip" : "frame")
            first(&line)
            line.key("kind")
            line.string(row.kind)
            line.key("multiply_adds")
            line.number(row.multiplyAdds)
            line.key("us")
            line.number(row.time, places: 2)
            line.key("share")
            line.number(row.time / total, places: 4)
            guard row.multiplyAdds > 0 else { return }
            line.key("gmacs")
            line.number(row.rate, places: 2)
            line.key("share_of_peak")
            line.number(row.rate / peak, places: 4)
        }
    }
}
