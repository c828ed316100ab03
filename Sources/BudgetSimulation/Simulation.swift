import Budget

/// A camera, a policy and a machine that does one thing after the other: the loop of a session, without a clock.
///
/// The same scenario, policy and seed give the same run. Frames come at the camera's rate with a millisecond of
/// jitter. A policy that does not queue gets the newest frame there is.
public struct Simulation {
    private let scenario: Scenario
    private let promises: [Promise]
    private let regions: [RegionID]
    private let policy: any Policy
    private var machine: Machine
    private var arrivals: [(captured: Int64, arrives: Int64)] = []
    private var lastLook: [RegionID: Int] = [:]
    private var run: SimulatedRun
    private var lastStart: Int64 = 0

    public static func run(
        _ scenario: Scenario, _ policy: any Policy, named name: String, seed: UInt64
    ) -> SimulatedRun {
        var simulation = Simulation(scenario, policy, name, seed)
        simulation.loop()
        return simulation.run
    }

    private init(_ scenario: Scenario, _ policy: any Policy, _ name: String, _ seed: UInt64) {
        self.scenario = scenario
        promises = scenario.promises
        regions = scenario.regions
        self.policy = policy
        machine = Machine(scenario.trace, duration: scenario.duration, seed: seed)
        var random = SeededRandom(seed: seed &+ 1)
        let interval = 1e9 / scenario.framesPerSecond
        for frame in 0..<Int(scenario.duration * scenario.framesPerSecond) {
            let captured = Int64(Double(frame + 1) * interval + 1e6 * random.uniform())
            arrivals.append((captured, captured + Int64(scenario.cameraLatency * 1e6)))
        }
        run = SimulatedRun(scenario: scenario.name, policy: name, duration: scenario.duration)
    }

    private mutating func loop() {
        var now: Int64 = 0
        var next = 0
        let end = Int64(scenario.duration * 1e9)
        while next < arrivals.count {
            var frame = next
            now = machine.awake(max(now, arrivals[frame].arrives))
            if now >= end { break }
            if !policy.queuesFrames {
                while frame + 1 < arrivals.count, arrivals[frame + 1].arrives <= now { frame += 1 }
            }
            run.frames.overtaken += frame - next
            run.overtaken += arrivals[next..<frame].map { $0.arrives }
            next = frame + 1
            now = work(on: frame, now: now)
            for change in policy.takeChanges() { run.changes.append(change) }
        }
        run.frames.captured = arrivals.count
        run.frames.waiting = arrivals.count - next
    }

    /// Works on a frame and returns the time when done.
    private mutating func work(on frame: Int, now start: Int64) -> Int64 {
        let captured = arrivals[frame].captured
        let due = regions.filter { region in
            guard let stride = promises[region.task].clipStride, let last = lastLook[region] else { return true }
            return frame - last >= stride
        }
        let plan = policy.plan(now: start, captured: captured, regions: due)
        for drop in plan.dropped { run.drops.append(.init(time: start, region: drop.region, cause: drop.cause)) }
        if plan.items.isEmpty {
            run.frames.count(plan.cause)
            return start
        }
        run.longestTurn = max(run.longestTurn, start - lastStart)
        lastStart = start
        let decoded = machine.finish(from: start, milliseconds: scenario.decode(scale: plan.pictureScale))
        policy.preparedPicture(scale: plan.pictureScale, decode: decoded - start)
        var now = decoded
        var served = false
        for item in plan.items {
            guard policy.admits(item, now: now, captured: captured) else {
                run.drops.append(.init(time: now, region: item.region, cause: .late))
                continue
            }
            served = true
            now = look(
                item, frame: frame, captured: captured, scale: plan.pictureScale, decode: start..<decoded, now: now)
        }
        if served { run.frames.worked += 1 } else { run.frames.count(.late) }
        return now
    }

    private mutating func look(
        _ item: WorkItem, frame: Int, captured: Int64, scale: Int, decode: Range<Int64>, now: Int64
    ) -> Int64 {
        let task = scenario.tasks[item.region.task]
        let looked = machine.finish(from: now, milliseconds: task.frame(lighter: item.lighter))
        let end = machine.finish(from: looked, milliseconds: item.decides ? task.clip(lighter: item.lighter) : 0)
        policy.finished(item, frame: looked - now, clip: end - looked)
        lastLook[item.region] = frame
        run.looks.append(.init(time: end, captured: captured, region: item.region, lighter: item.lighter))
        guard item.decides else { return end }
        let trouble = scenario.isInTrouble(item.region, at: Double(captured) / 1e9)
        policy.decided(item.region, now: end, captured: captured, inTrouble: trouble)
        let least = least(of: decode, scenario.halfDecode / scenario.decode(scale: scale))
            + least(of: now..<end, task.work(lighter: true) / task.work(lighter: item.lighter))
        run.decisions.append(
            .init(
                time: end, captured: captured, region: item.region, inTrouble: trouble, leastUnit: least,
                budget: task.promise.p99))
        return end
    }

    /// What work would have taken in a form that is lighter by `ratio`: standstills stay.
    private func least(of time: Range<Int64>, _ ratio: Double) -> Int64 {
        let stood = machine.standstill(from: time.lowerBound, to: time.upperBound)
        return stood + Int64(Double(time.upperBound - time.lowerBound - stood) * ratio)
    }
}
