/// Decides which regions of which frames are worked on.
///
/// It never reads a clock: the caller says what time it is and what the work took. For each frame:
///
/// ```swift
/// let plan = policy.plan(now: now(), captured: frame.capturedNanoseconds, regions: due)
/// if plan.items.isEmpty { continue }                       // accounted under plan.cause
/// policy.preparedPicture(scale: plan.pictureScale, decode: decodeNanoseconds)    // or: abandoned(plan.items)
/// for item in plan.items where policy.admits(item, now: now(), captured: frame.capturedNanoseconds) {
///     policy.finished(item, frame: prepareAndFrameNanoseconds, clip: clipNanoseconds)
///     policy.decided(item.region, now: now(), captured: frame.capturedNanoseconds, inTrouble: drowning)  // if decided
/// }
/// for change in policy.takeChanges() { … }
/// ```
public protocol Policy: AnyObject {
    /// Whether frames wait in a queue, rather than the newest replacing the one that waits.
    var queuesFrames: Bool { get }

    /// A frame's turn comes: what to do with it.
    ///
    /// - Parameter regions: Those that could be looked at on this frame; a clip network's when its stride has passed.
    func plan(now: Int64, captured: Int64, regions: [RegionID]) -> FramePlan

    /// The picture was decoded at full size (1) or half (2) in so many nanoseconds.
    func preparedPicture(scale: Int, decode: Int64)

    /// The picture could not be read: nothing of what was planned is done.
    func abandoned(_ items: [WorkItem])

    /// Before each item: is there still time for it? If not, it is dropped as late.
    func admits(_ item: WorkItem, now: Int64, captured: Int64) -> Bool

    /// A look is finished: what it took in nanoseconds. `frame`: crop, resize and frame program; `clip`: the clip
    /// program, 0 when it was not run (a clip that is still filling).
    func finished(_ item: WorkItem, frame: Int64, clip: Int64)

    /// After `finished`, when there was a decision.
    ///
    /// - Parameter inTrouble: Whether the region looks in trouble by this decision.
    @discardableResult
    func decided(_ region: RegionID, now: Int64, captured: Int64, inTrouble: Bool) -> Timeliness

    /// The changes of level since the last call, in order.
    func takeChanges() -> [LadderChange]
}

/// How a decision's age stands to its promise.
public enum Timeliness: Equatable {
    case inTime
    /// Older than the promise's p99.
    case missed
    /// Older even than its age limit: not to be acted upon.
    case expired
}

/// What is done without a policy: every region of every frame, whatever the time. For comparison.
public final class NaivePolicy: Policy {
    public let queuesFrames: Bool
    private let promises: [Promise]

    /// Every frame waits in a queue for its turn.
    public static func fifo(_ promises: [Promise]) -> NaivePolicy { NaivePolicy(promises, queuesFrames: true) }

    /// The newest frame replaces the one that waits.
    public static func newestOnly(_ promises: [Promise]) -> NaivePolicy { NaivePolicy(promises, queuesFrames: false) }

    private init(_ promises: [Promise], queuesFrames: Bool) {
        self.promises = promises
        self.queuesFrames = queuesFrames
    }

    public func plan(now: Int64, captured: Int64, regions: [RegionID]) -> FramePlan {
        FramePlan(items: regions.map { WorkItem(region: $0) })
    }

    public func preparedPicture(scale: Int, decode: Int64) {}
    public func abandoned(_ items: [WorkItem]) {}
    public func admits(_ item: WorkItem, now: Int64, captured: Int64) -> Bool { true }
    public func finished(_ item: WorkItem, frame: Int64, clip: Int64) {}

    public func decided(_ region: RegionID, now: Int64, captured: Int64, inTrouble: Bool) -> Timeliness {
        Timeliness(age: now - captured, promises[region.task])
    }

    public func takeChanges() -> [LadderChange] { [] }
}

extension Timeliness {
    init(age: Int64, _ promise: Promise) {
        self = age <= promise.p99 ? .inTime : age <= promise.ageLimit ? .missed : .expired
    }
}
