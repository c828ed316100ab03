import Budget
import Testing

@Suite struct LatencyBudgetTests {
    private static let millisecond: Int64 = 1_000_000

    @Test func freshFramesAreWorkedOn() {
        var budget = LatencyBudget(limit: 100 * Self.millisecond)
        for _ in 0..<50 {
            #expect(budget.consider(age: Self.millisecond) == .work)
            budget.finished(work: 30 * Self.millisecond, age: 31 * Self.millisecond)
        }
        #expect(budget.dropped == 0)
        #expect(budget.missed == 0)
        #expect(budget.decided == 50)
    }

    @Test func aFrameThatCannotMakeItIsDroppedButNeverTwoInARow() {
        var budget = LatencyBudget(limit: 100 * Self.millisecond)
        _ = budget.consider(age: 0)
        budget.finished(work: 60 * Self.millisecond, age: 60 * Self.millisecond)
        #expect(budget.consider(age: 50 * Self.millisecond) == .drop)
        #expect(budget.consider(age: 50 * Self.millisecond) == .work)
        budget.finished(work: 60 * Self.millisecond, age: 110 * Self.millisecond)
        #expect(budget.dropped == 1)
        #expect(budget.missed == 1)
    }

    @Test func anImpossibleBudgetStillDecides() {
        var budget = LatencyBudget(limit: Self.millisecond)
        var worked = 0
        for _ in 0..<100 where budget.consider(age: 10 * Self.millisecond) == .work {
            worked += 1
            budget.finished(work: 40 * Self.millisecond, age: 50 * Self.millisecond)
        }
        #expect(worked >= 50)
        #expect(budget.missed == worked)
        #expect(budget.dropped + worked == 100)
    }

    @Test func theExpectationFollowsTheWork() {
        var budget = LatencyBudget(limit: 100 * Self.millisecond)
        for _ in 0..<100 { budget.finished(work: 20 * Self.millisecond, age: 0) }
        for _ in 0..<60 { budget.finished(work: 40 * Self.millisecond, age: 0) }
        #expect(abs(budget.expectedWork - 40 * Self.millisecond) < Self.millisecond)
    }
}
