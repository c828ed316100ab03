/// What is promised for every region of one task: how old a decision may be, and how many there should be.
///
/// All times are nanoseconds of one monotonic clock, ages are counted from the moment the picture was taken.
public struct Promise: Equatable, Sendable {
    public let name: String
    /// 99 of 100 decisions are no older than this.
    public let p99: Int64
    /// A frame that is older, or would be when decided, is not worth deciding; at least `p99`.
    public let ageLimit: Int64
    /// Decisions a second wanted for each region; 0: as many as the camera has frames.
    public let rate: Double
    /// Of two tasks the one with the greater number yields last.
    public let priority: Int
    /// For a clip network, every how many-th frame belongs to the clip; nil for one that decides on single pictures.
    public let clipStride: Int?
    /// Whether there is a lighter program to fall back to.
    public let hasLighter: Bool

    /// - Parameter ageLimit: nil for three times `p99`.
    public init(
        name: String, p99: Int64, ageLimit: Int64? = nil, rate: Double = 0, priority: Int = 0, clipStride: Int? = nil,
        hasLighter: Bool = false
    ) {
        self.name = name
        self.p99 = max(1, p99)
        self.ageLimit = max(self.p99, ageLimit ?? 3 * self.p99)
        self.rate = max(0, rate)
        self.priority = priority
        self.clipStride = clipStride.map { max(1, $0) }
        self.hasLighter = hasLighter
    }
}

/// A region of a task: a fixed rectangle, or a swimmer that is followed.
public struct RegionID: Hashable, Sendable {
    /// The task's position among the promises.
    public let task: Int
    public let region: Int

    public init(task: Int, region: Int) {
        self.task = task
        self.region = region
    }
}
