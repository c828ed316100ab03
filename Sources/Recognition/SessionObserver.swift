import Budget
import Camera

/// Who is told what a session does, while it does it.
public protocol SessionObserver: AnyObject {
    /// - Parameter frame: As it came from the source.
    func decided(_ frame: Frame, _ decision: FrameDecision)
    /// Each look at a region that ended in a decision, shown or not.
    func measured(_ sample: DecisionSample)
    func happened(_ event: SessionEvent)
}

extension SessionObserver {
    public func measured(_ sample: DecisionSample) {}
}

/// What happens beside decisions.
public enum SessionEvent {
    case camera(SourceEvent)
    /// The controller does more or less than before.
    case ladder(LadderChange)
    case health(BoardHealth, at: Int64)
    /// One picture that could not be read.
    case damaged(CameraError)
}

/// The times of one decision on one region, in nanoseconds.
public struct DecisionSample {
    public let region: RegionID
    /// When it was decided, monotonic clock.
    public let at: Int64
    /// By `Stage.rawValue`; 0 for stages that it did not have.
    public let stages: [Int64]
    public let timeliness: Timeliness

    public subscript(stage: Stage) -> Int64 { stages[stage.rawValue] }
}
