import Testing

@testable import Budget

private let millisecond: Int64 = 1_000_000

@Suite struct CostEstimateTests {
    @Test func aSteadyCostIsItsOwnMean() {
        var estimate = CostEstimate()
        for _ in 0..<50 { estimate.note(20 * millisecond) }
        for _ in 0..<1_000 { estimate.fade() }
        #expect(estimate.mean == 20 * millisecond)
        #expect(abs(estimate.upper - estimate.mean) < millisecond / 1_000)
    }

    @Test(arguments: [1.2, 2, 3, 6])
    func aThrottledClockIsLearntInFourCosts(slowness: Double) {
        var estimate = CostEstimate()
        for _ in 0..<100 { estimate.note(20 * millisecond) }
        let slow = Int64(20 * slowness) * millisecond
        for _ in 0..<4 { estimate.note(slow) }
        #expect(Double(estimate.upper) > 0.95 * Double(slow))
    }

    @Test func oneStandstillMovesTheUpperValueByTwoMeans() {
        var estimate = CostEstimate()
        for _ in 0..<100 { estimate.note(20 * millisecond) }
        for _ in 0..<500 { estimate.fade() }
        estimate.note(2_000 * millisecond)
        #expect(estimate.mean <= 24 * millisecond)
        #expect(estimate.upper <= 20 * millisecond + 2 * estimate.mean)
    }

    @Test func halfOfWhatWasLearntIsForgottenAfter69Fadings() {
        var estimate = CostEstimate()
        for _ in 0..<100 { estimate.note(20 * millisecond) }
        estimate.note(200 * millisecond)
        for _ in 0..<200 { estimate.note(20 * millisecond) }
        let excess = estimate.upper - estimate.mean
        for _ in 0..<69 { estimate.fade() }
        let left = Double(estimate.upper - estimate.mean) / Double(excess)
        #expect(abs(left - 0.5) < 0.01)
    }

    @Test func aRecoveredMachineIsNoticedWithinTwentyCosts() {
        var estimate = CostEstimate()
        for _ in 0..<100 { estimate.note(800 * millisecond) }
        for _ in 0..<20 { estimate.note(20 * millisecond) }
        #expect(estimate.mean < 60 * millisecond)
    }

    /// Twenty costs a second, faded four times a second, as the controller does.
    @Test(arguments: 1...10)
    func fewScatteredCostsExceedTheUpperValue(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        var estimate = CostEstimate()
        var exceeded = 0
        let count = 20_000
        for step in 0..<count {
            // Irwin-Hall: close to normal, with a deviation of a tenth of the mean.
            let normal = (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
            let cost = Int64(20e6 * (1 + 0.1 * normal))
            if step > 100, cost > estimate.upper { exceeded += 1 }
            estimate.note(cost)
            if step % 5 == 0 { estimate.fade() }
        }
        #expect(exceeded < count / 500)
        #expect(abs(estimate.mean - 20 * millisecond) < 2 * millisecond)
        #expect(estimate.upper < 30 * millisecond)
    }

    @Test func extremesNeitherTrapNorOverflow() {
        var estimate = CostEstimate()
        for cost in [Int64.min, -1, 0, .max, .max, 5] { estimate.note(cost) }
        #expect(estimate.mean >= 0)
        #expect(estimate.upper >= estimate.mean)
        #expect(CostEstimate().upper == 0)
    }
}

@Suite struct CostModelTests {
    @Test func excessesOfIndependentCostsAddUpAsSquares() {
        let sum = Cost(mean: 10, upper: 13) + Cost(mean: 20, upper: 24)
        #expect(sum == Cost(mean: 30, upper: 35))
    }

    @Test func theProgramThatDoesNotRunIsExpectedToHaveSlowedDownLikewise() {
        var costs = CostModel(tasks: 1)
        for _ in 0..<20 {
            costs.note(task: 0, lighter: false, frame: 40 * millisecond, clip: 8 * millisecond)
            costs.note(task: 0, lighter: true, frame: 10 * millisecond, clip: 2 * millisecond)
        }
        for _ in 0..<200 { costs.note(task: 0, lighter: true, frame: 30 * millisecond, clip: 6 * millisecond) }
        let full = costs.look(task: 0, lighter: false, decides: true)
        #expect(abs(full.mean - 144 * millisecond) < 3 * millisecond)
        #expect(costs.leastBudget(task: 0, lighter: false) > 144 * millisecond)
    }

    @Test func whatNeverRanIsTakenForHalfOrDouble() {
        var costs = CostModel(tasks: 1)
        for _ in 0..<20 { costs.note(task: 0, lighter: false, frame: 40 * millisecond, clip: 0) }
        #expect(costs.look(task: 0, lighter: true, decides: true).mean == 20 * millisecond)
        costs.note(scale: 2, decode: 3 * millisecond)
        #expect(costs.picture(scale: 1).mean == 6 * millisecond)
        #expect(CostModel(tasks: 1).look(task: 0, lighter: false, decides: true) == Cost(mean: 0, upper: 0))
    }
}
