/// How a policy fared, second by second: what the comparison plots, whether it was simulated or measured.
struct PolicyTrace: Codable {
    struct Second: Codable {
        var decisions = 0
        /// Ages in milliseconds; `nil` without a decision.
        var p50: Double?
        var p99: Double?
        var level = 0
        /// `kept`, `broken`, or `excused`: just after a change of load, or struck by a look longer than its whole
        /// budget.
        var promise = "kept"
        /// Frames of a region that were not looked at, by cause.
        var dropped: [String: Int] = [:]
    }

    struct Totals: Codable {
        var kept = 0
        var broken = 0
        var excused = 0
        var decisionsPerSecond = 0.0
        /// Decisions older than their promise, of a thousand.
        var latePerMille = 0.0
        /// Over all decisions, in milliseconds.
        var p99 = 0.0
        var deepestLevel = 0
        var changes = 0
        /// The longest time that a region was not looked at, in milliseconds.
        var longestWait = 0.0

        var keptShare: Double { kept + broken == 0 ? 1 : Double(kept) / Double(kept + broken) }
    }

    var policy: String
    var totals: Totals
    var seconds: [Second]
}

/// The policies side by side under one load.
struct PolicyComparison: Codable {
    var name: String
    var summary: String
    /// The tightest promise, in milliseconds.
    var budget: Double
    var traces: [PolicyTrace]

    var table: [[String]] {
        traces.map { trace in
            let totals = trace.totals
            return [
                name, trace.policy, percent(totals.keptShare), "\(totals.broken)", "\(totals.excused)",
                number(totals.decisionsPerSecond), number(totals.p99), number(totals.latePerMille),
                "\(totals.deepestLevel)", "\(totals.changes)", number(totals.longestWait),
            ]
        }
    }

    static let header = [
        "load", "policy", "kept", "broken", "excused", "decisions/s", "p99 ms", "late ‰", "level", "changes", "wait ms",
    ]
}

/// 98.7 %; only what is whole is 100 %.
func percent(_ share: Double) -> String {
    share == 1 ? "100 %" : "\(number(min(99.9, 100 * share))) %"
}

/// One digit after the point where that says something.
func number(_ value: Double) -> String {
    value >= 100 || value == value.rounded() ? "\(Int(value.rounded()))" : "\((value * 10).rounded() / 10)"
}
