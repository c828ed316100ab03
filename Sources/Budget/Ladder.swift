/// What the controller gives up under load, in this order.
public enum Rung: Int {
    case everything = 0
    case skipFrames
    case fewerDecisions
    case lighter
    case fewerRegions

    public var label: String {
        switch self {
        case .everything: "everything"
        case .skipFrames: "skip frames"
        case .fewerDecisions: "fewer clip decisions"
        case .lighter: "smaller picture, lighter program"
        case .fewerRegions: "fewer regions"
        }
    }
}

/// A level of the ladder: what is done there to regions that are not in trouble.
public struct OperatingPoint: Equatable {
    public let rung: Rung
    /// A region is looked at on one of so many of its frames.
    public let skip: Int
    /// One of so many looks that would bring a decision does.
    public let thinning: Int
    /// The picture is decoded at half size, and tasks that have a lighter program run it.
    public let lighter: Bool
    /// One of so many regions is looked at at a time; they take turns of `Ladder.shift`.
    public let regionShare: Int

    public init(rung: Rung, skip: Int = 1, thinning: Int = 1, lighter: Bool = false, regionShare: Int = 1) {
        self.rung = rung
        self.skip = max(1, skip)
        self.thinning = max(1, thinning)
        self.lighter = lighter
        self.regionShare = max(1, regionShare)
    }
}

/// The levels from "everything" down, and how reluctantly they are climbed back. Durations in nanoseconds.
public struct Ladder: Equatable {
    /// The first is level 0.
    public let points: [OperatingPoint]
    /// A level is left downwards when its work would take more than this share of the time …
    public var fullLoad = 0.92
    /// … for the first below that takes no more than this.
    public var goodLoad = 0.85
    /// The next level up is taken only when its work would take no more than this share of the time …
    public var easyLoad = 0.72
    /// … for so long. Doubled, up to `longestHold`, each time that the climb turns out to have been a mistake.
    public var hold: Int64 = 4_000_000_000
    public var longestHold: Int64 = 32_000_000_000
    /// How often the load is assessed.
    static let assessment: Int64 = 250_000_000
    /// How long a region keeps its turn where only some are looked at.
    public var shift: Int64 = 4_000_000_000

    /// The longest time from an overload's end, once the costs are known to be easy everywhere, to level 0.
    public var longestClimb: Int64 { longestHold + Int64(points.count) * (hold + 2 * Self.assessment) }

    /// Everything; every 2nd, 3rd frame; every 2nd, 4th decision; smaller and lighter; half, a third, a quarter of the
    /// regions.
    ///
    /// What a greater sacrifice saves is spent on taking back a part of the smaller ones: the lighter program runs more
    /// often than the full one did, and the regions that have their turn are looked at more often, so that a clip fills
    /// early in it.
    public init() {
        points = [
            OperatingPoint(rung: .everything),
            OperatingPoint(rung: .skipFrames, skip: 2),
            OperatingPoint(rung: .skipFrames, skip: 3),
            OperatingPoint(rung: .fewerDecisions, skip: 3, thinning: 2),
            OperatingPoint(rung: .fewerDecisions, skip: 3, thinning: 4),
            OperatingPoint(rung: .lighter, skip: 2, thinning: 2, lighter: true),
            OperatingPoint(rung: .lighter, skip: 3, thinning: 2, lighter: true),
            OperatingPoint(rung: .fewerRegions, skip: 2, thinning: 2, lighter: true, regionShare: 2),
            OperatingPoint(rung: .fewerRegions, skip: 2, thinning: 2, lighter: true, regionShare: 3),
            OperatingPoint(rung: .fewerRegions, skip: 2, thinning: 2, lighter: true, regionShare: 4),
        ]
    }

    public init(points: [OperatingPoint]) {
        self.points = points.isEmpty ? [OperatingPoint(rung: .everything)] : points
    }
}

/// The controller moved on its ladder.
public struct LadderChange: Equatable {
    public let level: Int
    public let previousLevel: Int
    public let rung: Rung
    /// For people, such as "swimmers: the work of 3 regions would take 131 % of the time".
    public let because: String
    public let at: Int64

    public var isDescent: Bool { level > previousLevel }
}
