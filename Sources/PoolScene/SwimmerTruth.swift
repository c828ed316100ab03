/// What the scene knows about one visible swimmer in one frame.
public struct SwimmerTruth: Equatable, Sendable {
    /// Number of the swimmer within the scene, 0-based, constant over time.
    public var track: Int
    /// Tight box of the visible pixels, under water as far as one can see them.
    public var box: Box
    public var action: Action
    /// 0…3 for the known swimmers, 4 and on for a population's members 0 and on, −1 for any other stranger.
    public var identity: Int

    public init(track: Int, box: Box, action: Action, identity: Int) {
        self.track = track
        self.box = box
        self.action = action
        self.identity = identity
    }

    public var identityLabel: String { SwimmerTruth.label(identity: identity) }

    /// "swimmer-1" … "swimmer-4" for the known ones, "stranger-0" … for a population's members, else "stranger".
    public static func label(identity: Int) -> String {
        if identity < 0 { return "stranger" }
        return identity < Person.knownCount
            ? "swimmer-\(identity + 1)" : "stranger-\(identity - Person.knownCount)"
    }
}
