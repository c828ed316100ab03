/// Regions as they come, take turns and go.
extension Controller {
    func offer(_ id: RegionID, captured: Int64, now: Int64) {
        if let index = index(of: id) {
            regions[index].lastOffer = captured
            return
        }
        let pace = Pace(promises[id.task], at: ladder.points[0], frameInterval: frameInterval)
        regions.append(RegionState(id, captured: captured, interval: pace.look, now: now))
    }

    /// Regions that have gone leave their accounts behind.
    func forget(captured: Int64) {
        for index in regions.indices.reversed() where captured - regions[index].lastOffer > Self.memory {
            formerRegions += regions[index].account
            regions.remove(at: index)
        }
    }

    /// Where only some regions are looked at: whose turn it is for the next shift. Those wait longest whose last turn is
    /// longest ago, a shift or two longer if tasks of higher priority go before theirs.
    func changeShift(now: Int64) {
        guard point.regionShare > 1 else { return }
        if let lastShift, now - lastShift < ladder.shift { return }
        lastShift = now
        var calm: [Int] = []
        for index in regions.indices {
            if regions[index].hasTurn { regions[index].lastTurn = now }
            if regions[index].isInTrouble(now) { regions[index].hasTurn = true } else { calm.append(index) }
        }
        calm.sort { turnDeadline(regions[$0]) < turnDeadline(regions[$1]) }
        let kept = (calm.count + point.regionShare - 1) / point.regionShare
        for (place, index) in calm.enumerated() { regions[index].hasTurn = place < kept }
    }

    private func turnDeadline(_ region: RegionState) -> Int64 {
        region.lastTurn + ladder.shift * Int64(deference[region.id.task])
    }

    /// Learns the camera's pace from frames that were awaited, and what passes between frames from those that waited.
    func observe(captured: Int64, now: Int64) {
        defer { lastCaptured = captured }
        guard let lastCaptured, let lastEnd, captured > lastCaptured else { return }
        let gap = captured - lastCaptured
        if lastEnd <= captured {
            latency.note(now - captured)
            frameInterval += (gap - frameInterval) / 8
        } else {
            costs.note(betweenFrames: now - lastEnd)
            frameInterval = min(frameInterval, gap)
        }
    }

    /// The longest that a region which is always offered waits between two looks, in nanoseconds, where a decision is not
    /// expected beyond the age limit: its pace (four times of it at the lowest priority), its turns, and then at most five
    /// turns of the worker for each region that may be more urgent; a turn is the longest time from one frame worked on to
    /// the next.
    ///
    /// Why: the most urgent region of a frame is taken on it, or, when it comes too late, on the next. Once past its
    /// deadline a region can only be overtaken by regions whose deadlines are earlier, each of them once. While regions are
    /// in trouble it waits for `patience` more, and then one frame in four is for one like it.
    public func longestWait(regions count: Int, turn: Int64) -> Int64 {
        var longest: Int64 = 0
        for promise in promises {
            for point in ladder.points {
                longest = max(longest, Pace(promise, at: point, frameInterval: frameInterval).look)
            }
        }
        let shares = ladder.points.map { $0.regionShare }.max() ?? 1
        let shifts = shares > 1 ? Int64(shares + 2) * ladder.shift : 0
        return 4 * longest + shifts + Self.patience + 5 * Int64(count) * turn
    }
}
