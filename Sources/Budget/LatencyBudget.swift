/// The promise that a decision is never older than so many nanoseconds, and the rule for frames that cannot keep it.
///
/// A frame whose age plus the usual work exceeds the budget is dropped for a newer one. A fresh frame, younger than a quarter
/// of the budget, is worked on in any case, since nothing much newer can come; and never are two dropped in a row: where
/// the budget cannot be kept at all, a late decision is better than none, and counts as missed.
public struct LatencyBudget: Equatable {
    public enum Verdict: Equatable { case work, drop }

    /// The greatest age of a decision, in nanoseconds.
    public let limit: Int64
    /// Frames dropped because they could not have been decided in time.
    public private(set) var dropped = 0
    /// Decisions that came too late.
    public private(set) var missed = 0
    public private(set) var decided = 0
    /// The usual work on a frame in nanoseconds: a running mean over about eight frames.
    public private(set) var expectedWork: Int64 = 0
    private var droppedLast = false

    public init(limit: Int64) { self.limit = limit }

    /// What to do with a frame that is `age` nanoseconds old as its turn comes.
    public mutating func consider(age: Int64) -> Verdict {
        if !droppedLast, age + expectedWork > limit, age > limit / 4 {
            dropped += 1
            droppedLast = true
            return .drop
        }
        droppedLast = false
        return .work
    }

    /// Notes that a frame took `work` nanoseconds and its decision is `age` nanoseconds old.
    public mutating func finished(work: Int64, age: Int64) {
        expectedWork = decided == 0 ? work : expectedWork + (work - expectedWork) / 8
        decided += 1
        if age > limit { missed += 1 }
    }
}
