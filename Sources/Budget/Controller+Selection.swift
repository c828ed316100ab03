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
        let since = captured - region.lastLook + frameInterval / 2
        if since >= pace(region, at: point).look { return nil }
        return since >= pace(region, at: ladder.points[0]).look ? .skipped : .paced
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
        return region.lastLook + pace(region, at: point).look << Int64(deference[region.id.task])
    }

    func pace(_ region: RegionState, at point: OperatingPoint) -> Pace {
        Pace(promises[region.id.task], at: point, frameInterval: frameInterval)
    }

    /// Takes what can be done in time, in order of urgency.
    private func fill(_ plan: inout FramePlan, from wanting: [Int], captured: Int64, now: Int64) {
        let start = now + costs.picture(scale: plan.pictureScale).upper
        for (place, index) in wanting.enumerated() {
            let item = workItem(regions[index], captured: captured, now: now)
            let position = self.position(of: item, in: plan.items, now: now)
            plan.items.insert(item, at: position)
            if isInTime(plan.items, start: start, captured: captured) { continue }
            // The most urgent is not turned away twice; when it was taken late, the others see whether time is left.
            if place == 0, regions[index].turnedAway > 0, mayBeLate(item, start: start, captured: captured, now: now) {
                continue
            }
            plan.items.remove(at: position)
            if place == 0 { regions[index].turnedAway += 1 }
            regions[index].account.drop(.late)
            plan.dropped.append(FramePlan.Drop(region: item.region, cause: .late))
        }
    }

    private func workItem(_ region: RegionState, captured: Int64, now: Int64) -> WorkItem {
        let task = region.id.task
        let promise = promises[task]
        let inTrouble = region.isInTrouble(now)
        let wantsDecision = captured - region.lastDecision + frameInterval / 2 >= pace(region, at: point).decision
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

    /// Whether each of the items ends before its deadline if it takes its upper cost, and those before it their usual.
    private func isInTime(_ items: [WorkItem], start: Int64, captured: Int64) -> Bool {
        var begin = start
        for item in items {
            let cost = costs.look(task: item.region.task, lighter: item.lighter, decides: item.decides)
            if begin + cost.upper > captured + promises[item.region.task].p99 { return false }
            begin += cost.mean
        }
        return true
    }

    /// A decision too late is better than none, but beyond the age limit only now and then, to see whether that is still so.
    private func mayBeLate(_ item: WorkItem, start: Int64, captured: Int64, now: Int64) -> Bool {
        let cost = costs.look(task: item.region.task, lighter: item.lighter, decides: item.decides)
        let end = start + cost.mean
        return end - captured <= promises[item.region.task].ageLimit || now - (lastEnd ?? 0) >= Self.probing
    }
}
