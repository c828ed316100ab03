/// What the controller remembers of a region.
struct RegionState {
    let id: RegionID
    /// When the frames were taken that it was last offered, looked at and decided on.
    var lastOffer: Int64
    var lastLook: Int64
    var lastDecision: Int64
    /// In trouble, or was until lately.
    var troubleUntil = Int64.min
    /// Frames in a row on which it came first and yet too late.
    var turnedAway = 0
    /// Where only some regions are looked at: whether it is this one's turn, and when it last was.
    var hasTurn = true
    var lastTurn: Int64
    var account = Account()

    /// A new region is due at once.
    init(_ id: RegionID, captured: Int64, interval: Int64, now: Int64) {
        self.id = id
        lastOffer = captured
        lastLook = captured - interval
        lastDecision = captured - interval
        lastTurn = now
    }

    func isInTrouble(_ now: Int64) -> Bool { now < troubleUntil }
}

/// How often a region is looked at and decided on at a level of the ladder, in nanoseconds.
struct Pace {
    let look: Int64
    let decision: Int64

    /// - Parameter frameInterval: Between two frames of the camera.
    init(_ promise: Promise, at point: OperatingPoint, frameInterval: Int64) {
        let wanted = promise.rate > 0 ? Int64(1e9 / promise.rate) : 0
        if let stride = promise.clipStride {
            look = Int64(stride * point.skip) * frameInterval
            decision = max(look, wanted) * Int64(point.thinning)
        } else {
            look = max(frameInterval, wanted) * Int64(point.skip)
            decision = look
        }
    }
}
