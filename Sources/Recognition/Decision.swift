import PoolScene

/// What one task says about one track: the raw integers, and what they mean.
public struct TaskResult {
    /// The task's name, such as "action" or "age".
    public let name: String
    /// The output as it left the network; equal on every machine.
    public let scores: [Int32]
    public let answer: Answer

    public enum Answer {
        /// The likeliest class and its probability.
        case label(String, probability: Double)
        /// A number in the task's unit.
        case number(Double)
    }
}

/// What is known about one region or one of the scene's swimmers.
public struct TrackDecision {
    /// The region's position on the command line, or the scene's number of the swimmer.
    public let track: Int
    /// The region or the swimmer's box, 0…1 of the frame.
    public let box: Box
    /// One for each of the model's tasks, in their order.
    public let results: [TaskResult]
    /// Whom the gallery says it is; `nil` without a gallery.
    public let match: GalleryMatch?
    /// What the pool scene knows to be true.
    public let truth: SwimmerTruth?
    /// Whether it looks in trouble; `nil` without a rule for that.
    public let isInTrouble: Bool?
    /// How old the frame was when this was decided.
    public internal(set) var ageNanoseconds: Int64 = 0
}

/// What one recogniser decided on a frame.
public struct TaskDecision {
    /// The recogniser's name, such as "swimmers".
    public let name: String
    /// In the order of their regions.
    public let tracks: [TrackDecision]
}

/// Everything decided on one frame.
public struct FrameDecision {
    /// The source's number of the frame.
    public let frame: Int
    /// When it was taken, monotonic clock.
    public let capturedNanoseconds: Int64
    /// How old it was when everything was decided.
    public let ageNanoseconds: Int64
    /// Those that decided something, in the order of the configuration.
    public let tasks: [TaskDecision]

    public var tracks: [TrackDecision] { tasks.flatMap { $0.tracks } }
}
