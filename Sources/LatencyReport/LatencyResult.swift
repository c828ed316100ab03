import Budget

/// What a latency test found; times in milliseconds, but for `at`, `seconds` and rates.
public struct LatencyResult {
    /// The board's profile, or empty.
    public var board = ""
    public var source = ""
    public var policy = ""
    public var threads = 1
    public var seconds = 0.0
    public var captured = 0
    public var decided = 0
    public var filling = 0
    /// Frames that brought nothing, by cause; `lost` was never captured.
    public var dropped: [Count] = []
    public var tasks: [TaskLatency] = []
    /// The camera, the ladder and the board, as they changed.
    public var events: [Event] = []
    public var health: [Health] = []
    public var checks: [Check] = []

    public init() {}

    public var isKept: Bool { checks.allSatisfy { $0.isKept } }

    public struct Count: Equatable {
        public var cause: String
        public var count: Int
    }

    public struct Event: Equatable {
        /// Seconds since the beginning.
        public var at: Double
        /// `camera`, `ladder` or `damaged`.
        public var kind: String
        /// On the ladder; the level from here on.
        public var level: Int
        public var text: String
    }

    public struct Health: Equatable {
        public var at: Double
        public var frequencyMHz: Int?
        public var temperature: Double?
        public var throttled: [String]
    }

    /// One promise, kept or not.
    public struct Check: Equatable {
        /// The task's name, or `session`.
        public var subject: String
        public var promise: String
        public var found: String
        public var isKept: Bool
    }
}

/// One task's part of a latency test.
public struct TaskLatency {
    public var name = ""
    public var model = ""
    public var instructionSet = ""
    /// Milliseconds; 0 when nothing is promised.
    public var budget = 0.0
    public var ageLimit = 0.0
    /// Decisions a second wanted for each region; 0 for as many as there are frames.
    public var rate = 0.0
    public var decided = 0
    public var missed = 0
    public var expired = 0
    public var dropped: [LatencyResult.Count] = []
    public var regions = 0
    /// Decisions a second, of the region that had the fewest.
    public var leastRate = 0.0
    /// In the order of `Stage`; the last is the age.
    public var stages: [Percentiles] = []
    public var drift: Drift?
    public var histogram = AgeHistogram()
    public var timeline: [Column] = []

    public init() {}

    public var age: Percentiles? { stages.first { $0.stage == Stage.age.label } }

    /// How one stage's times are spread.
    public struct Percentiles: Equatable {
        public var stage: String
        public var count: Int
        /// By `labels`.
        public var values: [Double]

        public static var labels: [String] { ["p50", "p90", "p95", "p99", "p99.9", "max"] }
        public static var p50: Int { 0 }
        public static var p95: Int { 2 }
        public static var p99: Int { 3 }
        public static var maximum: Int { 5 }
    }

    /// The age in the first and in the last part of the run.
    public struct Drift: Equatable {
        /// Seconds of each part.
        public var window: Double
        public var firstP50: Double
        public var firstP99: Double
        public var lastP50: Double
        public var lastP99: Double
    }

    /// Ages in bins of equal width; the last holds all that is beyond.
    public struct AgeHistogram: Equatable {
        public var width = 1.0
        public var counts: [Int] = []
    }

    /// A part of the run for the time line; nothing was decided in it where `decided` is 0.
    public struct Column: Equatable {
        public var at: Double
        public var decided: Int
        public var p50: Double
        public var maximum: Double
    }
}
