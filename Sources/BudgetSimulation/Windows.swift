import Budget

/// The decisions of one second, and whether the promise was kept in it.
public struct Window {
    public enum Verdict {
        case kept
        case broken
        /// Within two seconds of a change of load, or struck by work that could not fit its budget alone.
        case excused
    }

    public let second: Int
    public let decisions: Int
    /// Nanoseconds; 0 without decisions.
    public let p50: Int64
    public let p99: Int64
    public let verdict: Verdict
}

extension SimulatedRun {
    /// The run by seconds. In each, for each task, 99 of 100 decisions (nearest rank) must lie within the budget, and
    /// a second without a decision has not kept it.
    ///
    /// - Parameters:
    ///   - changes: When the load changed, in seconds; the two seconds after are for adaptation.
    ///   - excusesUnits: Whether a second is excused in which a single look took longer than its whole budget.
    public func windows(changes: [Double], excusesUnits: Bool) -> [Window] {
        var bySecond = [[Decision]](repeating: [], count: Int(duration))
        for decision in decisions {
            let second = Int(decision.time / 1_000_000_000)
            if second < bySecond.count { bySecond[second].append(decision) }
        }
        return bySecond.enumerated().map { second, decisions in
            let ages = decisions.map { $0.age }.sorted()
            let adapting = changes.contains { $0 > Double(second) - 2 && $0 < Double(second) + 1 }
            let excused = adapting || excusesUnits && decisions.contains { $0.isBeyondKeeping }
            return Window(
                second: second, decisions: ages.count, p50: Self.nearestRank(ages, 0.5),
                p99: Self.nearestRank(ages, 0.99),
                verdict: excused ? .excused : Self.isKept(decisions) ? .kept : .broken)
        }
    }

    private static func isKept(_ decisions: [Decision]) -> Bool {
        if decisions.isEmpty { return false }
        return Set(decisions.map { $0.region.task }).allSatisfy { task in
            let own = decisions.filter { $0.region.task == task }
            return nearestRank(own.map { $0.age }.sorted(), 0.99) <= own[0].budget
        }
    }

    static func nearestRank(_ sorted: [Int64], _ fraction: Double) -> Int64 {
        sorted.isEmpty ? 0 : sorted[max(0, Int((fraction * Double(sorted.count)).rounded(.up)) - 1)]
    }
}
