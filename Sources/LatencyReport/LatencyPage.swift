import Budget
import Recognition

extension LatencyResult {
    /// One HTML page: the promises, the stages, the time line, the spread of ages, and where the frames went.
    public func html() -> String {
        var page = HTMLPage(title: "Latency: \(tasks.map { $0.name }.joined(separator: ", "))")
        let place = board.isEmpty ? "" : "\(board), "
        let setting = "\(place)\(source), threads: \(threads), policy \(policy), \(figure(seconds)) s."
        page.add("<p>\(markup(setting))</p>")
        page.add("<h2>Promises: \(verdict(isKept))</h2>")
        page.table(
            ["", "promise", "found", ""],
            checks.map { [markup($0.subject), markup($0.promise), markup($0.found), verdict($0.isKept)] }, words: 4)
        for task in tasks { add(task, to: &page) }
        addFrames(to: &page)
        addHealth(to: &page)
        addEvents(to: &page)
        return page.finish()
    }

    private func add(_ task: TaskLatency, to page: inout HTMLPage) {
        page.add("<h2>\(markup(task.name))</h2>")
        page.add(
            "<p class=\"soft\">\(markup(task.model)), \(markup(task.instructionSet)): \(task.decided) decisions, "
                + "regions: \(task.regions), \(task.missed) later than promised, at least \(figure(task.leastRate)) "
                + "a second for each region.</p>")
        page.table(
            ["ms"] + TaskLatency.Percentiles.labels,
            task.stages.map { [markup($0.stage)] + $0.values.map { figure($0) } })
        if let drift = task.drift {
            page.table(
                ["ms", "p50", "p99"],
                [
                    ["first \(figure(drift.window)) s", figure(drift.firstP50), figure(drift.firstP99)],
                    ["last \(figure(drift.window)) s", figure(drift.lastP50), figure(drift.lastP99)],
                ])
        }
        page.add("<h3>Age of decisions over the run <span class=\"soft\">median and oldest</span></h3>")
        page.add(timeline(of: task).svg)
        page.add("<h3>Spread of the ages</h3>")
        page.add(histogram(of: task).svg)
    }

    private func timeline(of task: TaskLatency) -> Chart {
        let oldest = task.timeline.map { $0.maximum }.max() ?? 0
        let top = max(oldest, task.budget) * 1.1
        var chart = Chart("Age of decisions over time, in milliseconds", top: top, unit: "ms", end: seconds)
        let width = task.timeline.count > 1 ? task.timeline[1].at : max(seconds, 1)
        for column in task.timeline where column.decided > 0 {
            let stop = min(column.at + width, seconds)
            let tip = "\(figure(column.at)) s: \(column.decided) decisions, median \(figure(column.p50)) ms, "
                + "oldest \(figure(column.maximum)) ms"
            chart.bar(from: column.at, to: stop, high: column.maximum, "two", tip: tip)
            chart.bar(from: column.at, to: stop, high: column.p50, "one", tip: tip)
        }
        if task.budget > 0 { chart.level(task.budget, "\(figure(task.budget)) ms promised") }
        for event in events where event.kind != "damaged" { chart.mark(event.at, "mark", event.text) }
        chart.below(0, "0 s", anchor: "start")
        chart.below(seconds / 2, "\(figure(seconds / 2)) s")
        chart.below(seconds, "\(figure(seconds)) s", anchor: "end")
        return chart
    }

    private func histogram(of task: TaskLatency) -> Chart {
        let bins = task.histogram.counts
        let total = max(1, bins.reduce(0, +))
        let reach = task.histogram.width * Double(max(1, bins.count))
        let top = Double(bins.max() ?? 1) / Double(total) * 110
        var chart = Chart("Share of decisions by age", top: top, unit: "%", end: reach)
        for (index, count) in bins.enumerated() {
            let low = Double(index) * task.histogram.width, high = low + task.histogram.width
            let isLast = index + 1 == bins.count
            let tip = isLast ? "beyond \(figure(low)) ms: \(count)" : "\(figure(low)) … \(figure(high)) ms: \(count)"
            let isLate = task.budget > 0 && low >= task.budget
            chart.bar(
                from: low, to: high, high: Double(count) / Double(total) * 100, isLate ? "late" : "one", tip: tip)
        }
        if task.budget > 0, task.budget < reach { chart.mark(task.budget, "budget", "promised") }
        for step in 0...4 {
            let at = reach * Double(step) / 4
            chart.below(at, "\(figure(at)) ms", anchor: step == 0 ? "start" : step == 4 ? "end" : "middle")
        }
        return chart
    }

    private func addFrames(to page: inout HTMLPage) {
        page.add("<h2>Frames</h2>")
        let all = Double(max(1, captured))
        func row(_ name: String, _ count: Int) -> [String] {
            [markup(name), "\(count)", "\(figure(Double(count) / all * 100)) %"]
        }
        var rows = [row("captured", captured), row("decided", decided), row("filling a clip", filling)]
        for entry in dropped where entry.cause != "lost" { rows.append(row("dropped: \(entry.cause)", entry.count)) }
        page.table(["", "frames", "share"], rows)
        if let lost = dropped.first(where: { $0.cause == "lost" }) {
            page.add("<p>\(lost.count) more were lost before they were captured.</p>")
        }
    }

    private func addHealth(to page: inout HTMLPage) {
        page.add("<h2>Board</h2>")
        guard !health.isEmpty else {
            return page.add("<p class=\"soft\">The kernel tells neither frequency nor temperature here.</p>")
        }
        let frequencies = health.compactMap { reading in reading.frequencyMHz.map { (reading.at, Double($0)) } }
        let temperatures = health.compactMap { reading in reading.temperature.map { (reading.at, $0) } }
        for (name, unit, points) in [
            ("Frequency of the fastest core", "MHz", frequencies),
            ("Temperature of the warmest zone", "°C", temperatures),
        ] {
            guard let least = points.map({ $0.1 }).min(), let most = points.map({ $0.1 }).max() else { continue }
            page.add("<h3>\(name) <span class=\"soft\">\(figure(least)) … \(figure(most)) \(unit)</span></h3>")
            var chart = Chart(name, top: most * 1.15, unit: unit, end: seconds)
            chart.line(points.map { (at: $0.0, value: $0.1) } + [(at: seconds, value: points[points.count - 1].1)])
            page.add(chart.svg)
        }
        var reasons: [String] = []
        for reason in health.flatMap({ $0.throttled }) where !reasons.contains(reason) { reasons.append(reason) }
        page.add("<p>Throttled: \(reasons.isEmpty ? "never" : markup(reasons.joined(separator: ", "))).</p>")
    }

    private func addEvents(to page: inout HTMLPage) {
        page.add("<h2>What happened</h2>")
        guard !events.isEmpty else { return page.add("<p class=\"soft\">Nothing beside decisions.</p>") }
        page.table(["s", ""], events.map { [decimal($0.at, places: 1) ?? "", markup($0.text)] }, words: 2)
    }
}
