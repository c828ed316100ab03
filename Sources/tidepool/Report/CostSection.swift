import Foundation
import Quantizer
import Runtime

/// What the operations cost: multiply-adds, and the time that they took on the machine that wrote the report.
struct CostSection {
    let profile: [OperationProfile]
    let report: QuantizationReport

    private static let first = 15

    var html: String {
        guard !profile.isEmpty else { return "" }
        let rows = profile.sorted { $0.microseconds > $1.microseconds }.map { operation in
            [
                Markup.escape(operation.name), operation.kind, operation.isClip ? "clip" : "frame",
                Markup.millions(operation.multiplyAdds), Markup.bar(operation.microseconds / total)
                    + Markup.percent(operation.microseconds / total), Markup.number(operation.microseconds, 1),
                operation.multiplyAdds > 0
                    ? Markup.number(Double(operation.multiplyAdds) / max(operation.microseconds, 1e-3) / 1e3, 1) : "",
            ]
        }
        let head = ["node", "operator", "program", "MMAC", "share of the time", "µs", "GMAC/s"]
        let rest = rows.dropFirst(Self.first)
        return "<p>Measured on this machine with one thread: \(Markup.number(total / 1e3, 2)) ms for a frame and the "
            + "decision on it. A board has other proportions.</p>" + kinds
            + Markup.details(
                "The \(min(Self.first, rows.count)) slowest operations",
                Markup.table(head, Array(rows.prefix(Self.first)), numbers: [3, 5, 6]))
            + (rest.isEmpty ? "" : Markup.details("\(rest.count) more", Markup.table(head, Array(rest), numbers: [3, 5, 6])))
    }

    private var total: Double { max(profile.reduce(0) { $0 + $1.microseconds }, 1e-3) }

    /// Sums by operator.
    private var kinds: String {
        var sums: [String: (count: Int, multiplyAdds: Int, microseconds: Double)] = [:]
        for operation in profile {
            let sum = sums[operation.kind] ?? (0, 0, 0)
            sums[operation.kind] = (
                sum.count + 1, sum.multiplyAdds + operation.multiplyAdds, sum.microseconds + operation.microseconds
            )
        }
        let allWork = max(sums.values.reduce(0) { $0 + $1.multiplyAdds }, 1)
        let rows = sums.sorted { ($1.value.microseconds, $0.key) < ($0.value.microseconds, $1.key) }.map { kind, sum in
            [
                kind, "\(sum.count)", Markup.millions(sum.multiplyAdds),
                Markup.bar(Double(sum.multiplyAdds) / Double(allWork), style: "second")
                    + Markup.percent(Double(sum.multiplyAdds) / Double(allWork)),
                Markup.bar(sum.microseconds / total) + Markup.percent(sum.microseconds / total),
                Markup.number(sum.microseconds, 0),
            ]
        }
        return Markup.table(
            ["operator", "operations", "MMAC", "share of multiply-adds", "share of the time", "µs"], rows,
            numbers: [1, 2, 5])
    }
}

extension OperationProfile {
    /// Of one run.
    fileprivate var microseconds: Double { Double(nanoseconds) / 1e3 / Double(max(1, runs)) }
}
