import Budget
import BudgetSimulation
import Testing

/// Fewer without optimization, where a run takes twenty times as long.
#if DEBUG
let seeds: ClosedRange<UInt64> = 1...3
#else
let seeds: ClosedRange<UInt64> = 1...20
#endif

/// Scenarios in which a promise can be kept at all, and as many regions as there may be.
let keepable = Scenario.all + [1, 3, 4, 6, 8, 10].map { Scenario.many($0) }

extension Scenario: CustomTestStringConvertible {
    public var testDescription: String { name }

    func controller(seed: UInt64) -> Controller {
        Controller(promises: promises, costs: measuredCosts(seed: seed), framesPerSecond: framesPerSecond)
    }

    func run(_ policy: any Policy, seed: UInt64) -> SimulatedRun {
        Simulation.run(self, policy, named: "tested", seed: seed)
    }
}

@Suite struct PromiseTests {
    /// 99 of 100 one-second windows keep their p99, the two seconds after a change of load aside. In these scenarios
    /// no look ever takes longer than its whole budget, so nothing is excused.
    @Test(arguments: keepable.filter { $0.name != "bursts" })
    func agesStayWithinTheBudget(scenario: Scenario) {
        #expect(brokenShare(scenario, excusesUnits: false) <= 0.01)
    }

    /// Where the machine stands still for longer than the budget, the look that it strikes is late, whatever the
    /// policy: seconds in which a standstill alone made a look longer than its budget are excused, and no others.
    @Test func standstillsBreakOnlyTheSecondsThatTheyStrike() {
        #expect(brokenShare(.bursts, excusesUnits: true) <= 0.01)
    }

    private func brokenShare(_ scenario: Scenario, excusesUnits: Bool) -> Double {
        var kept = 0
        var broken = 0
        for seed in seeds {
            let run = scenario.run(scenario.controller(seed: seed), seed: seed)
            for window in run.windows(changes: scenario.changes, excusesUnits: excusesUnits) {
                switch window.verdict {
                case .kept: kept += 1
                case .broken: broken += 1
                case .excused: break
                }
            }
        }
        #expect(kept + broken > 50 * seeds.count / 2)
        return Double(broken) / Double(kept + broken)
    }

    @Test(arguments: keepable)
    func noRegionWaitsLongerThanStated(scenario: Scenario) {
        for seed in seeds {
            let controller = scenario.controller(seed: seed)
            let run = scenario.run(controller, seed: seed)
            let bound = controller.longestWait(
                regions: scenario.regions.count, turn: run.longestTurn, deepest: run.deepestLevel,
                someInTrouble: !scenario.troubles.isEmpty)
            for region in scenario.regions { #expect(run.longestWait(of: region) <= bound) }
        }
    }

    @Test(arguments: Scenario.all + [.many(6), .hopeless])
    func everyFrameAndEveryRegionIsAccountedFor(scenario: Scenario) {
        for seed in seeds.prefix(5) {
            let controller = scenario.controller(seed: seed)
            let run = scenario.run(controller, seed: seed)
            #expect(run.frames.isBalanced)
            #expect(run.frames.dropped[DropCause.damaged.rawValue] == 0)
            // The simulation counts on its own.
            for region in scenario.regions {
                let account = controller.account(of: region)
                #expect(account.isBalanced)
                #expect(account.decided == run.decisions.count { $0.region == region })
                #expect(account.decided + account.looked == run.looks.count { $0.region == region })
                for cause in DropCause.allCases {
                    #expect(account.dropped(cause) == run.drops.count { $0.region == region && $0.cause == cause })
                }
            }
            for policy in [NaivePolicy.fifo(scenario.promises), .newestOnly(scenario.promises)] {
                #expect(scenario.run(policy, seed: seed).frames.isBalanced)
            }
        }
    }

    @Test func theSameSeedGivesTheSameRun() {
        let scenario = Scenario.bursts
        let runs = [7, 7, 8].map { scenario.run(scenario.controller(seed: $0), seed: $0).decisions.map { $0.time } }
        #expect(runs[0] == runs[1])
        #expect(runs[0] != runs[2])
    }

    /// What the others are compared with is a fair machine: at rest all of them keep the promise.
    @Test func atRestEveryPolicyKeepsThePromise() {
        let scenario = Scenario.nominal
        for policy in [NaivePolicy.fifo(scenario.promises), .newestOnly(scenario.promises)] {
            #expect(scenario.run(policy, seed: 1).decisions.allSatisfy { $0.isInTime })
        }
    }
}
