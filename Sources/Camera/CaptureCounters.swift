/// What became of the frames of a source. Every frame captured was either handed out or counted under one cause.
public struct CaptureCounters: Equatable, Sendable {
    /// Frames that the source delivered, sound or not.
    public var captured = 0
    /// Replaced by a newer one before anybody asked.
    public var stale = 0
    /// Marked as damaged by the driver.
    public var damaged = 0
    /// Fewer bytes than the picture needs, or none.
    public var short = 0
    /// A JPEG without its beginning.
    public var headless = 0
    /// A JPEG without its end.
    public var truncated = 0
    /// A JPEG of another size than the one negotiated.
    public var wrongSize = 0

    /// Never delivered: gaps in the sequence numbers.
    public var lost = 0
    /// How often the camera was opened anew.
    public var reopens = 0
    /// How often nothing sound came for too long.
    public var stalls = 0
    /// Timestamps in the future, before the last one, or of an unknown clock; such a frame counts from its arrival.
    public var clockFaults = 0

    public init() {}

    /// Frames captured and not handed out, by the cause's name in the output; those without any are left out.
    public var dropped: [(cause: String, count: Int)] {
        [
            (cause: "stale", count: stale), (cause: "damaged", count: damaged), (cause: "short", count: short),
            (cause: "headless", count: headless), (cause: "truncated", count: truncated),
            (cause: "wrong_size", count: wrongSize),
        ].filter { $0.count > 0 }
    }

    /// How many of those captured were handed out.
    public var handedOut: Int { captured - stale - damaged - short - headless - truncated - wrongSize }
}
