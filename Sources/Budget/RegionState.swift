/// What the controller remembers of a region.
struct RegionState {
    let id: RegionID
    /// When the frames were taken that it was last offered and looked at.
    var lastOffer: Int64
    var lastLook: Int64
    var looks: Beat
    var decisions: Beat
    /// Whether it was offered since its last look, and how long after that was learnt.
    var wasOffered = true
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
        looks = Beat(last: captured - interval)
        decisions = looks
        lastTurn = now
    }

    mutating func restart(captured: Int64, interval: Int64) {
        lastOffer = captured
        lastLook = captured - interval
        looks = Beat(last: captured - interval)
        decisions = looks
    }

    func isInTrouble(_ now: Int64) -> Bool { now < troubleUntil }
}

/// Something that happens at a wanted pace, on frames that come at another: now a little late, then a little early.
struct Beat {
    /// When it should have happened last.
    private(set) var last: Int64

    init(last: Int64) { self.last = last }

    func isDue(_ captured: Int64, every interval: Int64, frameInterval: Int64) -> Bool {
        captured - last + frameInterval / 2 >= interval
    }

    /// What was missed is not made up for, beyond half an interval.
    mutating func happened(_ captured: Int64, every interval: Int64) {
        last = min(captured, max(last + interval, captured - interval / 2))
    }
}

/// How often a region is looked at and decided on at a level of the ladder, in nanoseconds.
struct Pace {
    /// 0: whenever it is offered.
    let look: Int64
    let decision: Int64
    /// How often it is looked at in truth.
    let period: Int64

    /// - Parameter offered: How long after a look the region is offered again: a clip's stride, or the next frame.
    init(_ promise: Promise, at point: OperatingPoint, offered: Int64) {
        let wanted = promise.rate > 0 ? Int64(1e9 / promise.rate) : 0
        let natural = promise.clipStride == nil ? max(offered, wanted) : offered
        period = natural * Int64(point.skip)
        look = point.skip == 1 && natural == offered ? 0 : period
        decision = promise.clipStride == nil ? 0 : max(point.thinning == 1 ? 0 : period, wanted) * Int64(point.thinning)
    }
}
