/// Which regions of a frame are looked at, and in which order.
extension Controller {
    func select(_ offered: [RegionID], captured: Int64, now: Int64) -> FramePlan {
        var plan = FramePlan(items: [])
        var wanting: [Int] = []
        for id in offered {
            guard let index = index(of: id) else { continue }
            regions[index].account.offered += 1
            if let cause = reasonToPass(regions[index], captured: captured, now: now) {
                regions[index].account.drop(cause)
                plan.dropped.append(FramePlan.Drop(region: id, cause: cause))
            } else {
                wanting.append(index)
            }
        }
        if wanting.isEmpty { return plan }
        order(&wanting, captured: captured, now: now)
        let troubled = wanting.contains { regions[$0].isInTrouble(now) && fullProgramFits[regions[$0].id.task] }
        plan.pictureScale = point.lighter && !troubled ? 2 : 1
        fill(&plan, from: wanting, captured: captured, now: now)
        return plan
    }

    /// Why a region does not want this frame; nil when it does.
    private func reasonToPass(_ region: RegionState, captured: Int64, now: Int64) -> DropCause? {
        if region.isInTrouble(now) { return nil }
        if !region.hasTurn { return .shed }
        func isDue(_ point: OperatingPoint) -> Bool {
            region.looks.isDue(captured, every: pace(region.id.task, at: point).look, frameInterval: frameInterval)
        }
        if isDue(point) { return nil }
        return isDue(ladder.points[0]) ? .skipped : .paced
    }

    /// The most urgent first.
    private func order(_ wanting: inout [Int], captured: Int64, now: Int64) {
        let someTrouble = wanting.contains { regions[$0].isInTrouble(now) }
        wanting.sort { one, other in
            let (a, b) = (regions[one], regions[other])
            if a.isInTrouble(now) != b.isInTrouble(now) { return a.isInTrouble(now) }
            return deadline(a, now) < deadline(b, now)
        }
        framesSinceCalmFirst += 1
        guard someTrouble, framesSinceCalmFirst >= 4,
            let calm = wanting.firstIndex(where: { !regions[$0].isInTrouble(now) }),
            deadline(regions[wanting[calm]], now) + Self.patience <= captured
        else { return }
        wanting.insert(wanting.remove(at: calm), at: 0)
        framesSinceCalmFirst = 0
    }

    /// When a region should be looked at next; calm ones of a task that may yield are given more time.
    private func deadline(_ region: RegionState, _ now: Int64) -> Int64 {
        if region.isInTrouble(now) { return region.lastLook }
        return region.lastLook + pace(region.id.task, at: point).period << Int64(deference[region.id.task])
    }

    func pace(_ task: Int, at point: OperatingPoint) -> Pace {
        Pace(promises[task], at: point, offered: offered[task])
    }

    /// Takes what can be done in time, in order of urgency.
    private func fill(_ plan: inout FramePlan, from wanting: [Int], captured: Int64, now: Int64) {
        let picture = costs.picture(scale: plan.pictureScale)
        mostUrgent = regions[wanting[0]].id
        for index in wanting {
            let item = workItem(regions[index], captured: captured, now: now)
            let position = self.position(of: item, in: plan.items, now: now)
            plan.items.insert(item, at: position)
            if isInTime(plan.items, after: picture, captured: captured, now: now) { continue }
            let end = now + (picture + cost(of: item)).mean
            if mayBeLate(regions[index], end: end, captured: captured, now: now) { continue }
            plan.items.remove(at: position)
            turnAway(index)
            plan.dropped.append(FramePlan.Drop(region: item.region, cause: .late))
        }
    }

    func turnAway(_ index: Int) {
        regions[index].account.drop(.late)
        if regions[index].id == mostUrgent { regions[index].turnedAway += 1 }
    }

    /// The most urgent is not turned away twice: a decision too late is better than none. Beyond the age limit that is
    /// only tried now and then, to see whether it is still so.
    private func mayBeLate(_ region: RegionState, end: Int64, captured: Int64, now: Int64) -> Bool {
        guard region.id == mostUrgent, region.turnedAway > 0 else { return false }
        return end - captured <= promises[region.id.task].ageLimit || now - (lastEnd ?? 0) >= Self.probing
    }

    private func workItem(_ region: RegionState, captured: Int64, now: Int64) -> WorkItem {
        let task = region.id.task
        let promise = promises[task]
        let inTrouble = region.isInTrouble(now)
        let pace = pace(region.id.task, at: point).decision
        let wantsDecision = region.decisions.isDue(captured, every: pace, frameInterval: frameInterval)
        return WorkItem(
            region: region.id, lighter: runsLighter(task, at: point, inTrouble: inTrouble),
            decides: inTrouble || promise.clipStride == nil || wantsDecision)
    }

    func runsLighter(_ task: Int, at point: OperatingPoint, inTrouble: Bool) -> Bool {
        point.lighter && promises[task].hasLighter && !(inTrouble && fullProgramFits[task])
    }

    /// Those in trouble before the others, each by earliest deadline: equal promises stay in the order of urgency.
    private func position(of item: WorkItem, in items: [WorkItem], now: Int64) -> Int {
        let calm = !isInTrouble(item.region, now: now)
        let p99 = promises[item.region.task].p99
        return items.firstIndex { other in
            let otherCalm = !isInTrouble(other.region, now: now)
            if calm != otherCalm { return otherCalm }
            return promises[other.region.task].p99 > p99
        } ?? items.count
    }

    /// Whether each of the items ends before its deadline, by the upper cost of all that is done until then.
    private func isInTime(_ items: [WorkItem], after picture: Cost, captured: Int64, now: Int64) -> Bool {
        var total = picture
        for item in items {
            total = total + cost(of: item)
            if now + total.upper > captured + promises[item.region.task].p99 { return false }
        }
        return true
    }

    func cost(of item: WorkItem) -> Cost {
        costs.look(task: item.region.task, lighter: item.lighter, decides: item.decides)
    }
}
