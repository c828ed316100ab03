/// Regions as they come, take turns and go.
extension Controller {
    func offer(_ id: RegionID, captured: Int64, now: Int64) {
        guard let index = index(of: id) else {
            let period = pace(id.task, at: ladder.points[0]).period
            regions.append(RegionState(id, captured: captured, interval: period, now: now))
            return
        }
        regions[index].lastOffer = captured
        if regions[index].wasOffered { return }
        regions[index].wasOffered = true
        guard let lastEnd, lastEnd <= captured else { return }
        let gap = captured - regions[index].lastLook
        offered[id.task] = max(offered[id.task].moved(towards: gap), Self.shortestFrameInterval)
    }

    /// Regions that have gone leave their accounts behind.
    func forget(captured: Int64) {
        for index in regions.indices.reversed() where captured - regions[index].lastOffer > Self.memory {
            formerRegions += regions[index].account
            regions.remove(at: index)
        }
    }

    /// Where only some regions are looked at: whose turn it is for the next shift. Those wait longest whose last turn
    /// is longest ago, a shift or two longer if tasks of higher priority go before theirs.
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
        guard let lastCaptured, let lastEnd else { return }
        guard captured > lastCaptured else { return restart(captured: captured) }
        let gap = captured - lastCaptured
        if lastEnd <= captured {
            latency.note(now - captured)
            frameInterval = frameInterval.moved(towards: gap)
        } else {
            costs.note(betweenFrames: now - lastEnd)
            frameInterval = min(frameInterval, gap)
        }
        frameInterval = max(frameInterval, Self.shortestFrameInterval)
    }

    /// The camera's clock went back: what is remembered of it counts from here, and all regions are due.
    private func restart(captured: Int64) {
        for index in regions.indices {
            let pace = pace(regions[index].id.task, at: ladder.points[0])
            regions[index].restart(captured: captured, interval: pace.period)
        }
    }

    /// The longest that a region waits between two looks, in nanoseconds, when it is offered on every frame and no
    /// decision is expected beyond its age limit.
    ///
    /// It is the sum of its pace (up to four times of it for tasks of lower priority), of the shifts until its turn
    /// where only some regions are looked at, and of turns of the worker: two for each of the regions, and while some
    /// are in trouble, `patience` and five for each.
    ///
    /// Why: past its deadline a region can only be overtaken by those with earlier deadlines, each of them once, and
    /// the most urgent is taken at the latest on the second frame. While regions are in trouble, one frame in four
    /// goes first to a calm one.
    ///
    /// - Parameters:
    ///   - count: How many regions there are.
    ///   - turn: The longest time from one frame worked on to the next.
    ///   - deepest: The deepest level of the ladder in that time.
    public func longestWait(regions count: Int, turn: Int64, deepest: Int, someInTrouble: Bool) -> Int64 {
        let points = ladder.points[0...max(0, min(deepest, ladder.points.count - 1))]
        var pace: Int64 = 0
        for task in promises.indices {
            for point in points { pace = max(pace, self.pace(task, at: point).period) }
        }
        let deferred = Int64(deference.max() ?? 0)
        let share = points.map { $0.regionShare }.max() ?? 1
        let shifts = share > 1 ? (Int64(share) + deferred) * ladder.shift : 0
        let turns = Int64(count) * (someInTrouble ? 5 : 2)
        return pace << deferred + shifts + turns * turn + (someInTrouble ? Self.patience : 0)
    }
}

extension Int64 {
    /// An eighth of the way towards an interval that was seen; a camera that was away is not a slow one.
    fileprivate func moved(towards seen: Int64) -> Int64 { self + (Swift.min(seen, 2 * self) - self) / 8 }
}
