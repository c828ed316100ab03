/// The policy that keeps the promises: the newest frame first, the most urgent regions of it, only what can be decided
/// in time, and less of everything, in the ladder's order, where that is not enough.
///
/// - A look is admitted when the time it is expected to end at, by its upper cost, lies within its promise's p99, for
///   itself and for what is already planned on the frame. Where not even the most urgent look fits, the frame is
///   dropped for a newer one, but never two in a row: a late decision is better than none, up to the age limit.
/// - On a frame, regions in trouble come first, the one that waits longest before the others; then the rest by
///   earliest deadline: last look + the pace of the level, times 2 or 4 for tasks of lower priority.
/// - A region stays in trouble for `troublePersistence` after a decision said so. It is looked at on every frame
///   worked on where it is due, decided each time, by the full program at full size where that fits its budget at all,
///   and never skipped or shed. Only where there is not the time for both, one frame in four goes first to a calm
///   region that has waited more than `patience` beyond its deadline.
/// - No region starves: see `longestWait`.
public final class Controller: Policy {
    public let promises: [Promise]
    public let ladder: Ladder
    public internal(set) var costs: CostModel
    /// How long a region counts as in trouble after a decision said so.
    public let troublePersistence: Int64
    /// Between two frames of the camera; corrected as frames come.
    public internal(set) var frameInterval: Int64

    /// For each task, how long after a look a region is offered again; corrected as frames come.
    var offered: [Int64]
    /// For each task how many greater priorities there are, up to 2.
    let deference: [Int]
    var keeper: LevelKeeper
    var regions: [RegionState] = []
    /// Whether a task's full program fits its budget, for those in trouble where the others run the lighter one.
    var fullProgramFits: [Bool]
    var changes: [LadderChange] = []
    var formerRegions = Account()

    var lastCaptured: Int64?
    /// When the work on the last frame that was worked on ended.
    var lastEnd: Int64?
    /// The age of frames that did not have to wait.
    var latency = CostEstimate()
    var lastAssessment: Int64?
    var lastShift: Int64?
    var framesSinceCalmFirst = 0
    /// The first in line on the present frame.
    var mostUrgent: RegionID?

    /// How far beyond its deadline a calm region waits for those in trouble.
    static let patience: Int64 = 1_000_000_000
    /// A region that is not offered for so long has gone.
    static let memory: Int64 = 3_000_000_000
    static let shortestFrameInterval: Int64 = 1_000_000
    /// How often something is tried although it would pass the age limit, to see whether that is still so.
    static let probing: Int64 = 1_000_000_000

    /// - Parameters:
    ///   - promises: One for each task; `RegionID.task` counts them.
    ///   - costs: As measured at start-up, for as many tasks.
    ///   - framesPerSecond: The camera's rate.
    public init(
        promises: [Promise], ladder: Ladder = Ladder(), costs: CostModel, framesPerSecond: Double = 30,
        troublePersistence: Int64 = 5_000_000_000
    ) {
        self.promises = promises
        self.ladder = ladder
        self.costs = costs
        self.troublePersistence = troublePersistence
        frameInterval = Int64(1e9 / min(max(framesPerSecond, 1), 1000))
        let frame = frameInterval
        offered = promises.map { Int64($0.clipStride ?? 1) * frame }
        deference = promises.map { one in
            var higher: [Int] = []
            for other in promises where other.priority > one.priority && !higher.contains(other.priority) {
                higher.append(other.priority)
            }
            return min(2, higher.count)
        }
        keeper = LevelKeeper(ladder)
        fullProgramFits = [Bool](repeating: true, count: promises.count)
    }

    public var queuesFrames: Bool { false }
    /// 0: everything is done.
    public var level: Int { keeper.level }
    public var point: OperatingPoint { ladder.points[level] }

    /// All regions that there ever were.
    public var account: Account {
        var total = formerRegions
        for region in regions { total += region.account }
        return total
    }

    public func account(of region: RegionID) -> Account { index(of: region).map { regions[$0].account } ?? Account() }

    public func isInTrouble(_ region: RegionID, now: Int64) -> Bool {
        index(of: region).map { regions[$0].isInTrouble(now) } ?? false
    }

    public func plan(now: Int64, captured: Int64, regions offered: [RegionID]) -> FramePlan {
        observe(captured: captured, now: now)
        for id in offered { offer(id, captured: captured, now: now) }
        forget(captured: captured)
        changeShift(now: now)
        assess(now: now)
        let plan = select(offered, captured: captured, now: now)
        if !plan.items.isEmpty || lastEnd == nil { lastEnd = now }
        return plan
    }

    public func preparedPicture(scale: Int, decode: Int64) {
        costs.note(scale: scale, decode: decode)
        worked(decode)
    }

    public func abandoned(_ items: [WorkItem]) {
        for item in items { withRegion(item.region) { $0.account.drop(.damaged) } }
    }

    public func admits(_ item: WorkItem, now: Int64, captured: Int64) -> Bool {
        if now + cost(of: item).upper <= captured + promises[item.region.task].p99 { return true }
        guard let index = index(of: item.region) else { return true }
        if item.region == mostUrgent, regions[index].turnedAway > 0 { return true }
        turnAway(index)
        return false
    }

    public func finished(_ item: WorkItem, frame: Int64, clip: Int64) {
        costs.note(task: item.region.task, lighter: item.lighter, frame: frame, clip: clip)
        worked(frame + clip)
        let captured = lastCaptured ?? 0
        let interval = pace(item.region.task, at: point).look
        withRegion(item.region) {
            $0.account.looked += 1
            $0.lastLook = captured
            $0.wasOffered = false
            $0.looks.happened(captured, every: interval)
            $0.turnedAway = 0
        }
    }

    @discardableResult
    public func decided(_ region: RegionID, now: Int64, captured: Int64, inTrouble: Bool) -> Timeliness {
        let interval = pace(region.task, at: point).decision
        withRegion(region) {
            $0.account.looked -= 1
            $0.account.decided += 1
            $0.decisions.happened(captured, every: interval)
            if inTrouble { $0.troubleUntil = now + troublePersistence }
        }
        return Timeliness(age: now - captured, promises[region.task])
    }

    public func takeChanges() -> [LadderChange] {
        defer { changes.removeAll() }
        return changes
    }

    private func worked(_ nanoseconds: Int64) {
        if let end = lastEnd { lastEnd = end + max(0, nanoseconds) }
    }

    func index(of region: RegionID) -> Int? { regions.firstIndex { $0.id == region } }

    private func withRegion(_ region: RegionID, _ change: (inout RegionState) -> Void) {
        if let index = index(of: region) { change(&regions[index]) }
    }
}
