/// From the loss of a camera to its next frame.
struct Outage {
    let since: Int64
    /// Why there is no camera now; changes when it is unplugged, say, and then held by another program.
    var cause: LossCause
    var detail: String
    var attempts = 0
    var nextAttempt: Int64 = 0
    /// Whether it was said that, and for which cause, the camera is waited for: once each.
    var told: [LossCause] = []
    /// The video nodes when last looked at: one that is new may be the camera.
    var nodes: [String] = []

    /// Whether a node came since the last look.
    mutating func nodeAppeared(_ host: any CaptureHost) -> Bool {
        let now = host.nodes()
        defer { nodes = now }
        return now.contains { !nodes.contains($0) }
    }
}

/// The pauses between attempts: 0.1, 0.2, 0.5, 1, 1 … seconds. One that fails again at once does not begin at the
/// shortest, nor at the longest: what came back once may come back soon.
struct BackOff {
    static let pauses: [Int64] = [.second / 10, .second / 5, .second / 2, .second]
    /// So long without a fault, and the past is forgotten.
    static let calm: Int64 = .second

    private var step = 0
    private var recovered: Int64?

    mutating func next() -> Int64 {
        defer { step = min(step + 1, Self.pauses.count - 1) }
        return Self.pauses[step]
    }

    mutating func reset() { step = 0 }
    mutating func recovered(at now: Int64) { recovered = now }

    /// Whether the camera is well for a while now.
    func isCalm(at now: Int64) -> Bool { recovered.map { now - $0 >= Self.calm } ?? true }

    /// A new outage begins.
    mutating func begin(at now: Int64) { step = isCalm(at: now) ? 0 : min(step, Self.pauses.count - 2) }
}

extension Int64 {
    /// In nanoseconds.
    static var second: Int64 { 1_000_000_000 }

    /// Nanoseconds as seconds: "1.5 s".
    var secondsText: String {
        let tenths = (self + .second / 20) / (.second / 10)
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
