import Budget
import BudgetSimulation

/// The policies that are compared, with the names that `tidepool-edge run --policy` knows them by.
enum ComparedPolicy: String, CaseIterable {
    case budget, newest, fifo

    func make(_ scenario: Scenario, seed: UInt64) -> any Policy {
        switch self {
        case .budget:
            Controller(
                promises: scenario.promises, costs: scenario.measuredCosts(seed: seed),
                framesPerSecond: scenario.framesPerSecond)
        case .newest: NaivePolicy.newestOnly(scenario.promises)
        case .fifo: NaivePolicy.fifo(scenario.promises)
        }
    }
}

extension PolicyComparison {
    /// Runs a scenario with every policy. The seconds are those of the first seed, the totals those of all.
    init(_ scenario: Scenario, seeds: Range<UInt64>) {
        let budgets = scenario.promises.map { Double($0.p99) / 1e6 }
        self.init(
            name: scenario.name, summary: scenario.summary, budget: budgets.min() ?? 0,
            traces: ComparedPolicy.allCases.map { policy in
                let runs = seeds.map { seed in
                    Simulation.run(scenario, policy.make(scenario, seed: seed), named: policy.rawValue, seed: seed)
                }
                return PolicyTrace(policy.rawValue, runs, scenario)
            })
    }
}

extension PolicyTrace {
    init(_ policy: String, _ runs: [SimulatedRun], _ scenario: Scenario) {
        self.init(policy: policy, totals: Totals(), seconds: runs.first.map { Self.seconds($0, scenario) } ?? [])
        var ages = Histogram()
        var late = 0
        for run in runs {
            for window in run.windows(changes: scenario.changes, excusesUnits: true) {
                switch window.verdict {
                case .kept: totals.kept += 1
                case .broken: totals.broken += 1
                case .excused: totals.excused += 1
                }
            }
            for decision in run.decisions { ages.record(decision.age) }
            late += run.decisions.count { !$0.isInTime }
            totals.changes += run.changes.count
            totals.deepestLevel = max(totals.deepestLevel, run.deepestLevel)
            let wait = scenario.regions.map { run.longestWait(of: $0) }.max() ?? 0
            totals.longestWait = max(totals.longestWait, Double(wait) / 1e6)
        }
        totals.decisionsPerSecond = Double(ages.count) / scenario.duration / Double(max(1, runs.count))
        totals.latePerMille = 1000 * Double(late) / Double(max(1, ages.count))
        totals.p99 = Double(ages.percentile(0.99)) / 1e6
    }

    private static func seconds(_ run: SimulatedRun, _ scenario: Scenario) -> [Second] {
        let levels = run.levels
        var seconds = run.windows(changes: scenario.changes, excusesUnits: true).map { window in
            Second(
                decisions: window.decisions, p50: window.decisions > 0 ? Double(window.p50) / 1e6 : nil,
                p99: window.decisions > 0 ? Double(window.p99) / 1e6 : nil, level: levels[window.second],
                promise: "\(window.verdict)")
        }
        func drop(_ time: Int64, _ cause: String, _ count: Int) {
            let second = Int(time / 1_000_000_000)
            if seconds.indices.contains(second) { seconds[second].dropped[cause, default: 0] += count }
        }
        for loss in run.drops { drop(loss.time, loss.cause.label, 1) }
        for time in run.overtaken { drop(time, "overtaken", scenario.regions.count) }
        return seconds
    }
}
