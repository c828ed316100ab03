import Testing

@testable import Budget

private let millisecond: Int64 = 1_000_000

/// A controller on a machine whose costs are known exactly, fed frame by frame.
private struct Bench {
    let controller: Controller
    var now: Int64 = 1_000 * millisecond
    let frame: [Int64]
    let clip: Int64 = 2 * millisecond

    /// - Parameter frame: What a look takes, by task, in milliseconds; decoding takes 5.
    init(_ promises: [Promise], frame: [Int64], ladder: Ladder = Ladder()) {
        self.frame = frame.map { $0 * millisecond }
        var costs = CostModel(tasks: promises.count)
        for _ in 0..<16 {
            costs.note(scale: 1, decode: 5 * millisecond)
            costs.note(scale: 2, decode: 2 * millisecond)
            for (task, cost) in self.frame.enumerated() {
                costs.note(task: task, lighter: false, frame: cost, clip: clip)
                costs.note(task: task, lighter: true, frame: cost / 2, clip: clip / 2)
            }
        }
        for _ in 0..<2_000 { costs.fade() }
        controller = Controller(promises: promises, ladder: ladder, costs: costs)
    }

    mutating func plan(_ regions: [RegionID], age: Int64 = 0) -> FramePlan {
        controller.plan(now: now, captured: now - age * millisecond, regions: regions)
    }

    /// Does what was planned, in the time that it takes; returns who was served.
    @discardableResult
    mutating func work(_ plan: FramePlan, captured: Int64, inTrouble: [RegionID] = []) -> [RegionID] {
        guard !plan.items.isEmpty else { return [] }
        now += 5 * millisecond
        controller.preparedPicture(scale: plan.pictureScale, decode: 5 * millisecond)
        var served: [RegionID] = []
        for item in plan.items where controller.admits(item, now: now, captured: captured) {
            now += frame[item.region.task] + (item.decides ? clip : 0)
            controller.finished(item, frame: frame[item.region.task], clip: item.decides ? clip : 0)
            served.append(item.region)
            guard item.decides else { continue }
            controller.decided(
                item.region, now: now, captured: captured, inTrouble: inTrouble.contains(item.region))
        }
        return served
    }

    /// A fresh frame, 33 ms after the last or when there is time for it.
    @discardableResult
    mutating func step(_ regions: [RegionID], inTrouble: [RegionID] = []) -> [RegionID] {
        let captured = now
        let served = work(plan(regions), captured: captured, inTrouble: inTrouble)
        now = max(now, captured + 33 * millisecond)
        return served
    }
}

private func regions(_ count: Int, task: Int = 0) -> [RegionID] {
    (0..<count).map { RegionID(task: task, region: $0) }
}

private func promise(_ p99: Int64, rate: Double = 0, priority: Int = 0, ageLimit: Int64? = nil) -> Promise {
    Promise(
        name: "task", p99: p99 * millisecond, ageLimit: ageLimit.map { $0 * millisecond }, rate: rate,
        priority: priority, clipStride: nil)
}

@Suite struct ControllerTests {
    @Test func aFreshFrameServesEverybody() {
        var bench = Bench([promise(100)], frame: [10])
        let plan = bench.plan(regions(3))
        #expect(plan.items == regions(3).map { WorkItem(region: $0) })
        #expect(plan.pictureScale == 1)
        #expect(plan.dropped.isEmpty && plan.cause == nil)
    }

    @Test func onlyWhatCanBeDecidedInTimeIsTakenAndTheOthersComeFirstNextTime() {
        var bench = Bench([promise(100)], frame: [30])
        let captured = bench.now
        let plan = bench.plan(regions(4))
        #expect(plan.items.map { $0.region } == Array(regions(4)[0..<2]))
        #expect(plan.dropped.map { $0.cause } == [.late, .late])
        bench.work(plan, captured: captured)
        let next = bench.plan(regions(4))
        #expect(next.items.prefix(2).map { $0.region } == Array(regions(4)[2..<4]))
    }

    @Test func aFrameThatComesTooLateIsDroppedButNeverTwoInARow() {
        var bench = Bench([promise(100)], frame: [40])
        let first = bench.plan(regions(1), age: 70)
        #expect(first.items.isEmpty && first.cause == .late)
        #expect(bench.plan(regions(1), age: 70).items.count == 1)
    }

    @Test func nothingIsDecidedPastTheAgeLimitButNowAndThenToSeeWhetherThatIsStillSo() {
        var bench = Bench([promise(100, ageLimit: 150)], frame: [400])
        var taken = 0
        for _ in 0..<300 {
            let captured = bench.now
            let plan = bench.plan(regions(1))
            if !plan.items.isEmpty { taken += 1 }
            bench.work(plan, captured: captured)
            bench.now += 33 * millisecond
        }
        // Ten seconds and the work itself: one trial a second of waiting.
        #expect((5...12).contains(taken))
    }

    @Test func workThatOverrunsTurnsAwayWhatNoLongerFits() {
        var bench = Bench([promise(100)], frame: [30])
        let captured = bench.now
        let plan = bench.plan(regions(2))
        #expect(plan.items.count == 2)
        bench.controller.preparedPicture(scale: 1, decode: 5 * millisecond)
        #expect(bench.controller.admits(plan.items[0], now: bench.now + 5 * millisecond, captured: captured))
        bench.controller.finished(plan.items[0], frame: 80 * millisecond, clip: 2 * millisecond)
        #expect(!bench.controller.admits(plan.items[1], now: bench.now + 87 * millisecond, captured: captured))
        #expect(bench.controller.account(of: plan.items[1].region).dropped(.late) == 1)
        #expect(bench.controller.account.isBalanced)
    }

    @Test func aRegionThatHasItsDecisionsIsPaced() {
        var bench = Bench([promise(100, rate: 10)], frame: [5])
        for _ in 0..<300 { bench.step(regions(1)) }
        let account = bench.controller.account
        #expect(abs(account.decided - 100) <= 2)
        #expect(account.dropped(.paced) == 300 - account.decided)
    }

    @Test func withinAFrameTheEarliestDeadlineIsServedFirst() {
        var bench = Bench([promise(300), promise(90)], frame: [20, 20])
        let plan = bench.plan(regions(2) + regions(2, task: 1))
        #expect(plan.items.map { $0.region.task } == [1, 1, 0, 0])
    }

    @Test func theTaskOfHigherPriorityYieldsLast() {
        var bench = Bench([promise(100, rate: 10, priority: 1), promise(100, rate: 10, priority: 2)], frame: [60, 60])
        var served = [0, 0]
        for _ in 0..<300 { for region in bench.step(regions(1) + regions(1, task: 1)) { served[region.task] += 1 } }
        #expect(served[1] > served[0])
        #expect(served[0] > 0)
    }

    @Test func whoIsInTroubleIsServedFirstAndOnEveryFrame() {
        var bench = Bench([promise(100, rate: 5)], frame: [30])
        let troubled = RegionID(task: 0, region: 2)
        for _ in 0..<20 { bench.step(regions(4), inTrouble: [troubled]) }
        #expect(bench.controller.isInTrouble(troubled, now: bench.now))
        var frames = 0
        var first = 0
        for _ in 0..<40 {
            let served = bench.step(regions(4), inTrouble: [troubled])
            if served.contains(troubled) { frames += 1 }
            if served.first == troubled { first += 1 }
        }
        #expect(frames == 40)
        #expect(first >= 30)
        // Five seconds after the last decision that said so it is calm again.
        for _ in 0..<160 { bench.step(regions(4)) }
        #expect(!bench.controller.isInTrouble(troubled, now: bench.now))
    }

    @Test func aDamagedPictureIsAccountedForAndTheRegionStaysDue() {
        var bench = Bench([promise(100)], frame: [10])
        bench.controller.abandoned(bench.plan(regions(2)).items)
        bench.now += 33 * millisecond
        #expect(bench.controller.account.dropped(.damaged) == 2)
        #expect(bench.controller.account.isBalanced)
        #expect(bench.plan(regions(2)).items.count == 2)
    }

    @Test func aClockThatGoesBackStarvesNobody() {
        var bench = Bench([promise(100, rate: 10)], frame: [10])
        for _ in 0..<30 { bench.step(regions(2)) }
        bench.now -= 900_000 * millisecond
        var served = 0
        for _ in 0..<30 { served += bench.step(regions(2)).count }
        #expect(served >= 18)
    }

    @Test func regionsThatLeaveLeaveTheirAccounts() {
        var bench = Bench([promise(100)], frame: [5])
        for _ in 0..<10 { bench.step(regions(3)) }
        let before = bench.controller.account.decided
        for _ in 0..<200 { bench.step(regions(1)) }
        #expect(bench.controller.regions.count == 1)
        #expect(bench.controller.account.decided == before + 200)
        #expect(bench.controller.account.isBalanced)
    }

    @Test func theCamerasPaceIsLearntButNotFromItsAbsence() {
        var bench = Bench([promise(100)], frame: [5])
        for _ in 0..<100 {
            bench.step(regions(1))
            bench.now += 34 * millisecond
        }
        #expect(abs(bench.controller.frameInterval - 67 * millisecond) < 3 * millisecond)
        bench.now += 60_000 * millisecond
        bench.step(regions(1))
        #expect(bench.controller.frameInterval < 80 * millisecond)
    }

    /// A camera that loses frames: what is offered is looked at, whatever the pace of those that came.
    @Test func atRestNothingThatIsOfferedIsPassedOver() {
        var bench = Bench([Promise(name: "clip", p99: 100 * millisecond, clipStride: 2)], frame: [5])
        var served = 0
        for frame in 0..<300 {
            served += bench.step(regions(1)).count
            bench.now += (frame % 5 == 0 ? 100 : 0) * millisecond
        }
        #expect(served == 300)
    }

    @Test func overloadIsClimbedDownAndBackUpWithReasons() {
        var bench = Bench([promise(100)], frame: [15])
        for _ in 0..<200 { bench.step(regions(8)) }
        let down = bench.controller.takeChanges()
        #expect(!down.isEmpty && down.allSatisfy { $0.isDescent && $0.because.contains("8 regions") })
        #expect(bench.controller.level > 0)
        // Three seconds until those that left are forgotten.
        for _ in 0..<120 { bench.step(regions(1)) }
        _ = bench.controller.takeChanges()
        #expect(bench.controller.level > 0)
        for _ in 0..<2_000 { bench.step(regions(1)) }
        #expect(bench.controller.level == 0)
        let up = bench.controller.takeChanges()
        #expect(!up.isEmpty && up.allSatisfy { !$0.isDescent })
        #expect(bench.controller.takeChanges().isEmpty)
    }

    @Test func aLadderOfOneLevelNeverMoves() {
        var bench = Bench([promise(100)], frame: [90], ladder: Ladder(points: []))
        for _ in 0..<200 { bench.step(regions(6)) }
        #expect(bench.controller.level == 0)
        #expect(bench.controller.takeChanges().isEmpty)
    }

    @Test func nobodyDueIsNoCause() {
        var bench = Bench([promise(100)], frame: [10])
        let plan = bench.plan([])
        #expect(plan.items.isEmpty && plan.dropped.isEmpty && plan.cause == nil)
    }

    @Test func decisionsAreJudgedByTheirPromise() {
        let bench = Bench([promise(100, ageLimit: 200)], frame: [10])
        let region = RegionID(task: 0, region: 0)
        func judge(_ age: Int64) -> Timeliness {
            bench.controller.decided(region, now: age * millisecond, captured: 0, inTrouble: false)
        }
        #expect(judge(100) == .inTime)
        #expect(judge(101) == .missed)
        #expect(judge(201) == .expired)
    }
}
