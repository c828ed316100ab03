import Budget

/// What happened in a simulated run. Times in nanoseconds from its beginning.
public struct SimulatedRun {
    public struct Look {
        public let time: Int64
        public let captured: Int64
        public let region: RegionID
        public let lighter: Bool
    }

    public struct Decision {
        public let time: Int64
        public let captured: Int64
        public let region: RegionID
        public let inTrouble: Bool
        /// What decoding and this one look would have taken here, alone and in their lightest form.
        public let leastUnit: Int64
        public let budget: Int64

        public var age: Int64 { time - captured }
        public var isInTime: Bool { age <= budget }
        /// Not even this look alone, in its lightest form, on a picture taken that moment, would have been in time.
        public var isBeyondKeeping: Bool { leastUnit > budget }
    }

    public struct Drop {
        public let time: Int64
        public let region: RegionID
        public let cause: DropCause
    }

    /// Where the frames went: `captured == worked + overtaken + idle + waiting + dropped` of all causes.
    public struct Frames {
        public var captured = 0
        public var worked = 0
        /// Replaced by a newer one before its turn came.
        public var overtaken = 0
        /// Nobody was due.
        public var idle = 0
        /// Still in the queue, or on their way, at the end.
        public var waiting = 0
        public var dropped = [Int](repeating: 0, count: DropCause.allCases.count)

        public var isBalanced: Bool { captured == worked + overtaken + idle + waiting + dropped.reduce(0, +) }

        mutating func count(_ cause: DropCause?) {
            if let cause { dropped[cause.rawValue] += 1 } else { idle += 1 }
        }
    }

    public let scenario: String
    public let policy: String
    public let duration: Double
    public var frames = Frames()
    public var looks: [Look] = []
    public var decisions: [Decision] = []
    public var drops: [Drop] = []
    /// When the frames came that were replaced by a newer one before their turn.
    public var overtaken: [Int64] = []
    public var changes: [LadderChange] = []
    /// The longest time from one frame worked on to the next.
    public var longestTurn: Int64 = 0

    init(scenario: String, policy: String, duration: Double) {
        self.scenario = scenario
        self.policy = policy
        self.duration = duration
    }

    /// The level at the end of each second.
    public var levels: [Int] {
        (0..<Int(duration)).map { second in changes.last { $0.at < Int64(second + 1) * 1_000_000_000 }?.level ?? 0 }
    }

    public var deepestLevel: Int { changes.map { $0.level }.max() ?? 0 }

    public func decisions(of region: RegionID, from: Double = 0, to: Double = .infinity) -> Int {
        decisions.count { $0.region == region && Double($0.captured) >= from * 1e9 && Double($0.captured) < to * 1e9 }
    }

    /// The longest time between two looks at a region, or between the run's ends and the first or last.
    public func longestWait(of region: RegionID) -> Int64 {
        var last: Int64 = 0
        var longest: Int64 = 0
        for look in looks where look.region == region {
            longest = max(longest, look.captured - last)
            last = look.captured
        }
        return max(longest, Int64(duration * 1e9) - last)
    }
}
