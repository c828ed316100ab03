import Budget
import BudgetSimulation
import Testing

/// One of several swimmers looks in trouble for twenty seconds.
private func scenario(regions: Int, slowness: Double) -> Scenario {
    var scenario = Scenario.pool(
        regions: regions, CostTrace(steps: [(0, slowness)]), "trouble-\(regions)", "", duration: 50)
    scenario.troubles = [SimulatedTrouble(RegionID(task: 0, region: regions / 2), from: 20, to: 40)]
    return scenario
}

@Suite struct TroubleTests {
    /// A region in trouble has more decisions than any calm one, and no fewer than if it were calm itself.
    @Test(arguments: [1, 2, 3, 4, 6, 8, 12], [1.0, 2, 4])
    func whoIsInTroubleGetsMore(regions: Int, slowness: Double) {
        let troubled = scenario(regions: regions, slowness: slowness)
        var calm = troubled
        calm.troubles = []
        let region = troubled.troubles[0].region
        for seed in seeds.prefix(8) {
            let run = troubled.run(troubled.controller(seed: seed), seed: seed)
            let atRest = calm.run(calm.controller(seed: seed), seed: seed)
            let own = run.decisions(of: region, from: 21, to: 40)
            for other in troubled.regions where other != region {
                #expect(own > run.decisions(of: other, from: 21, to: 40))
            }
            #expect(own >= atRest.decisions(of: region, from: 21, to: 40))
            #expect(own > 0)
        }
    }

    /// From the first decision that says so until `troublePersistence` after the last, it is neither paced, skipped
    /// nor shed.
    @Test(arguments: [2, 6, 12], [1.0, 2, 4])
    func whoIsInTroubleIsNeitherSkippedNorShed(regions: Int, slowness: Double) {
        let scenario = scenario(regions: regions, slowness: slowness)
        let region = scenario.troubles[0].region
        for seed in seeds.prefix(8) {
            let controller = scenario.controller(seed: seed)
            let run = scenario.run(controller, seed: seed)
            let known = run.decisions.filter { $0.region == region && $0.inTrouble }.map { $0.time }
            guard let first = known.first, let last = known.last else {
                Issue.record("never decided on while in trouble")
                continue
            }
            let drops = run.drops.filter {
                $0.region == region && $0.time > first && $0.time < last + controller.troublePersistence
            }
            #expect(drops.allSatisfy { $0.cause == .late })
        }
    }

    /// It runs the full program where that fits its budget, though the others run the lighter one.
    @Test func whoIsInTroubleKeepsTheFullProgram() {
        let scenario = scenario(regions: 12, slowness: 1)
        let region = scenario.troubles[0].region
        let run = scenario.run(scenario.controller(seed: 1), seed: 1)
        let looks = run.looks.filter { $0.time > 22_000_000_000 && $0.time < 40_000_000_000 }
        #expect(looks.filter { $0.region == region }.allSatisfy { !$0.lighter })
        #expect(looks.filter { $0.region != region }.allSatisfy { $0.lighter })
    }
}
