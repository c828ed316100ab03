/// What the levels would cost, by the cost model, and moving between them.
extension Controller {
    func assess(now: Int64) {
        if let lastAssessment, now - lastAssessment < Ladder.assessment { return }
        lastAssessment = now
        costs.fade()
        for task in promises.indices where promises[task].hasLighter {
            let share = fit(task, lighter: false)
            if share > 1 { fullProgramFits[task] = false } else if share < 0.8 { fullProgramFits[task] = true }
        }
        let loads = ladder.points.indices.map { load(at: ladder.points[$0], now: now) }
        guard let previous = keeper.assess(now: now, loads: loads) else { return }
        changes.append(
            LadderChange(
                level: level, previousLevel: previous, rung: point.rung,
                because: reason(from: previous, loads, now: now), at: now))
        if point.regionShare == 1 { for index in regions.indices { regions[index].hasTurn = true } }
        if ladder.points[previous].regionShare == 1 { lastShift = nil }
        changeShift(now: now)
    }

    /// The load of a level: the share of the time that its work takes, or, where that is the greater obstacle, how
    /// nearly a single look fills its budget, so that `fullLoad` is reached where it fills it.
    func load(at point: OperatingPoint, now: Int64) -> Double {
        var tightest = 0.0
        for task in promises.indices where regions.contains(where: { $0.id.task == task }) {
            let share = fit(task, lighter: point.lighter)
            let margin = (ladder.fullLoad - ladder.easyLoad) * 10
            tightest = max(tightest, share > 1 ? ladder.fullLoad * share : ladder.fullLoad - margin * (1 - share))
        }
        return max(tightest, timeShare(at: point, now: now))
    }

    /// How much of a task's budget one look with a decision takes, on a frame as fresh as they come here: midway
    /// between the mean and the upper cost, so that rare standstills, which no level could help, do not count as the
    /// rule.
    private func fit(_ task: Int, lighter: Bool) -> Double {
        let form = lighter && promises[task].hasLighter
        let unit = costs.picture(scale: lighter ? 2 : 1) + costs.look(task: task, lighter: form, decides: true)
        return Double(latency.mean + (unit.mean + unit.upper) / 2) / Double(promises[task].p99)
    }

    /// The nanoseconds of work a nanosecond brings.
    private func timeShare(at point: OperatingPoint, now: Int64) -> Double {
        var share = 0.0
        var batch = 0.0
        var looksASecond = 0.0
        var shortest = Double(Int64.max)
        var fullPicture = !point.lighter
        let calm = regions.count { !$0.isInTrouble(now) }
        let turns = Double((calm + point.regionShare - 1) / point.regionShare) / Double(max(1, calm))
        for region in regions {
            let inTrouble = region.isInTrouble(now)
            let own = inTrouble ? ladder.points[0] : point
            let pace = pace(region.id.task, at: own)
            let weight = inTrouble ? 1 : turns
            let lighter = runsLighter(region.id.task, at: point, inTrouble: inTrouble)
            let frame = costs.look(task: region.id.task, lighter: lighter, decides: false)
            let whole = costs.look(task: region.id.task, lighter: lighter, decides: true)
            let period = Double(inTrouble ? offered[region.id.task] : pace.period)
            let decision = inTrouble ? period : max(Double(pace.decision), period)
            share += weight * (Double(frame.mean) / period + Double(whole.mean - frame.mean) / decision)
            batch += weight * Double(whole.mean)
            looksASecond = max(looksASecond, 1 / period)
            shortest = min(shortest, Double(promises[region.id.task].p99))
            if inTrouble, fullProgramFits[region.id.task] { fullPicture = true }
        }
        if regions.isEmpty { return 0 }
        // Where not all regions fit the time of one picture, they are spread over several.
        let picture = costs.picture(scale: fullPicture ? 1 : 2)
        let room = max(shortest - Double(frameInterval + picture.mean), shortest / 4)
        let pictures = min(looksASecond * (batch / room).rounded(.up), 1 / Double(frameInterval))
        return share + pictures * Double(picture.mean + costs.overhead)
    }

    private func reason(from previous: Int, _ loads: [Double], now: Int64) -> String {
        let percent = { (load: Double) in "\(Int(min(load, 99) * 100)) %" }
        if level < previous {
            return "with \"\(point.rung.label)\" the work takes \(percent(loads[level])) of the time"
        }
        for task in promises.indices where regions.contains(where: { $0.id.task == task }) {
            let share = fit(task, lighter: ladder.points[previous].lighter)
            if share > 1 { return "\(promises[task].name): one look takes \(percent(share)) of its budget" }
        }
        let troubled = regions.count { $0.isInTrouble(now) }
        return "the work on \(regions.count) regions would take \(percent(loads[previous])) of the time"
            + (troubled > 0 ? ", \(troubled) in trouble" : "")
    }
}
