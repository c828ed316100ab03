/// What the scene knows about one visible swimmer in one frame.
public struct SwimmerTruth: Equatable, Sendable {
    /// Number of the swimmer within the scene, 0-based, constant over time.
    public var track: Int
    /// Tight box of the visible pixels, under water as far as one can see them.
    public var box: Box
    public var action: Action
    /// 0…3 for the known swimmers ("swimmer-1" … "swimmer-4"), −1 for a stranger.
    public var identity: Int

    public init(track: Int, box: Box, action: Action, identity: Int) {
        self.track = track
        self.box = box
        self.action = action
        self.identity = identity
    }
}
