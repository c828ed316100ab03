import Budget
import BudgetSimulation
import Testing

@Suite struct LadderTests {
    /// No more than twelve changes in any minute, whatever the scenario.
    @Test(arguments: Scenario.all + [.hopeless])
    func changesAreFew(scenario: Scenario) {
        for seed in seeds {
            let times = scenario.run(scenario.controller(seed: seed), seed: seed).changes.map { $0.at }
            for start in times { #expect(times.count { $0 >= start && $0 < start + 60_000_000_000 } <= 12) }
        }
    }

    /// Under a load that does not change, it turns back at most once in a minute.
    @Test(arguments: [Scenario.nominal, .bursts, .heavyTailed, .many(4), .many(6), .many(12)])
    func aSteadyLoadDoesNotMakeItSwing(scenario: Scenario) {
        for seed in seeds {
            let changes = scenario.run(scenario.controller(seed: seed), seed: seed).changes
            let turns = zip(changes, changes.dropFirst()).filter { !$0.isDescent && $1.isDescent }.map { $1.at }
            for start in turns { #expect(turns.count { $0 >= start && $0 < start + 60_000_000_000 } <= 1) }
        }
    }

    /// The rungs come in their order and every change says why.
    @Test(arguments: Scenario.all + [.hopeless])
    func changesAreExplained(scenario: Scenario) {
        let controller = scenario.controller(seed: 3)
        let changes = scenario.run(controller, seed: 3).changes
        var level = 0
        for change in changes {
            #expect(change.previousLevel == level)
            #expect(change.level != level)
            #expect(change.rung == controller.ladder.points[change.level].rung)
            #expect(!change.because.isEmpty)
            level = change.level
        }
        #expect(controller.level == level)
        let rungs = controller.ladder.points.map { $0.rung.rawValue }
        #expect(rungs == rungs.sorted())
    }

    @Test(arguments: [(Scenario.overload, 50.0), (.throttled, 60), (.coreTaken, 45), (.hopeless, 40)])
    func everythingIsDoneAgainWithinTheStatedTime(scenario: Scenario, end: Double) {
        for seed in seeds {
            let controller = scenario.controller(seed: seed)
            let run = scenario.run(controller, seed: seed)
            #expect(run.changes.contains { $0.isDescent })
            #expect(controller.level == 0)
            // Five seconds to know the costs, then the climb.
            let last = run.changes.last.map { Double($0.at) / 1e9 } ?? 0
            #expect(last <= end + 5 + Double(controller.ladder.longestClimb) / 1e9)
        }
    }
}
