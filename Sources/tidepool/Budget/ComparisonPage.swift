import Foundation

/// The policies side by side: one HTML page without anything from outside.
struct ComparisonPage {
    let title: String
    let summary: String
    let comparisons: [PolicyComparison]

    var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>\(escape(title))</title>
        <style>\(PageStyle.base)\(Self.style)</style></head><body>
        <h1>\(escape(title))</h1>
        <p>\(escape(summary))</p>
        <section class="figures">\(figures)</section>
        \(comparisons.map(section).joined())
        <h2>All figures</h2>
        <div class="scroll"><table><thead><tr>\(header)</thead>
        <tbody>\(comparisons.flatMap(\.table).map(row).joined())</tbody></table></div>
        <p>Kept: seconds in which 99 of 100 decisions were within the budget, of all that were not excused. Excused: the
        two seconds after a change of load, and those in which a standstill made one look longer than its whole
        budget.</p>
        </body></html>
        """
    }

    private var policies: [String] {
        var names: [String] = []
        for trace in comparisons.flatMap(\.traces) where !names.contains(trace.policy) { names.append(trace.policy) }
        return names
    }

    /// The share of seconds that each policy kept, over everything.
    private var figures: String {
        policies.map { policy in
            let totals = comparisons.flatMap(\.traces).filter { $0.policy == policy }.map(\.totals)
            let kept = totals.reduce(0) { $0 + $1.kept }
            let all = totals.reduce(0) { $0 + $1.kept + $1.broken }
            return "<div><b class='\(policy)'>\(percent(Double(kept) / Double(max(1, all))))</b>"
                + "<span>of \(all) seconds kept by \(label(policy))</span></div>"
        }.joined()
    }

    private func label(_ policy: String) -> String {
        switch policy {
        case "budget": "the budget’s controller"
        case "newest": "everything on the newest frame"
        case "fifo": "a queue of every frame"
        default: escape(policy)
        }
    }

    private func section(_ comparison: PolicyComparison) -> String {
        let legend = comparison.traces.map { trace in
            "<span class='\(escape(trace.policy))'><i></i>\(label(trace.policy)): "
                + "\(percent(trace.totals.keptShare)) kept, "
                + "\(number(trace.totals.decisionsPerSecond)) decisions/s</span>"
        }
        return """
            <h2>\(escape(comparison.name))</h2><p>\(escape(comparison.summary))</p>
            <div class="legend">\(legend.joined())</div>\(plot(comparison))
            """
    }

    private func plot(_ comparison: PolicyComparison) -> String {
        var plot = TimePlot(seconds: comparison.traces.map(\.seconds.count).max() ?? 0)
        ages(comparison, &plot)
        decisions(comparison, &plot)
        levels(comparison, &plot)
        drops(comparison, &plot)
        return plot.svg(label: "\(escape(comparison.name)): ages, decisions, level and drops over time")
    }

    private func ages(_ comparison: PolicyComparison, _ plot: inout TimePlot) {
        let highest = comparison.traces.flatMap(\.seconds).compactMap(\.p99).max() ?? 100
        let top = max(highest * 1.1, comparison.budget * 2)
        // The mark of the budget itself needs room.
        let decades = [10.0, 100, 1_000, 10_000, 100_000].filter { !(0.5...2).contains($0 / comparison.budget) }
        let panel = plot.panel(
            "p99 age of the decisions in each second (logarithmic)", height: 170, .logarithmic(10, top),
            marks: decades.filter { $0 <= top }.map { ($0, $0 < 1_000 ? "\(Int($0)) ms" : "\(Int($0 / 1_000)) s") })
        for trace in comparison.traces.reversed() {
            plot.line(trace.seconds.map(\.p99), trace.policy, in: panel)
            guard trace.policy == "budget" else { continue }
            let broken = trace.seconds.enumerated().filter { $1.promise == "broken" }
            plot.marks(
                broken.map { ($0, $1.p99 ?? top, "second \($0): broken, p99 \(number($1.p99 ?? 0)) ms") }, "broken",
                in: panel)
        }
        plot.limit(comparison.budget, "\(number(comparison.budget)) ms", in: panel)
    }

    private func decisions(_ comparison: PolicyComparison, _ plot: inout TimePlot) {
        let highest = Double(comparison.traces.flatMap(\.seconds).map(\.decisions).max() ?? 1)
        let panel = plot.panel(
            "decisions a second, all regions", height: 70, .linear(to: highest),
            marks: [(0, "0"), (highest, number(highest))])
        for trace in comparison.traces.reversed() {
            plot.line(trace.seconds.map { Double($0.decisions) }, trace.policy, in: panel)
        }
    }

    private func levels(_ comparison: PolicyComparison, _ plot: inout TimePlot) {
        guard let trace = comparison.traces.first(where: { $0.policy == "budget" }) else { return }
        let deepest = Double(max(1, trace.totals.deepestLevel))
        let panel = plot.panel(
            "level of the ladder", height: 44, .linear(to: deepest),
            marks: [(0, "everything"), (deepest, "level \(Int(deepest))")])
        plot.steps(trace.seconds.map { Double($0.level) }, "level", in: panel)
    }

    /// What the controller did not look at, by cause, and what the others never came to.
    private func drops(_ comparison: PolicyComparison, _ plot: inout TimePlot) {
        guard let trace = comparison.traces.first(where: { $0.policy == "budget" }) else { return }
        let causes = ["paced", "skipped", "shed", "overtaken", "late"]
        let sums = trace.seconds.map { second in causes.reduce(0) { $0 + (second.dropped[$1] ?? 0) } }
        let highest = Double(sums.max() ?? 0)
        guard highest > 0 else { return }
        let present = causes.filter { cause in trace.seconds.contains { $0.dropped[cause] ?? 0 > 0 } }
        let names = present.map { "<tspan class='cause-\($0)' dx='10'>■ \($0)</tspan>" }.joined()
        let panel = plot.panel(
            "frames of a region that the controller did not look at, a second:\(names)", height: 80,
            .linear(to: highest), marks: [(0, "0"), (highest, number(highest))])
        var low = [Double](repeating: 0, count: trace.seconds.count)
        for cause in present {
            let high = zip(low, trace.seconds).map { $0 + Double($1.dropped[cause] ?? 0) }
            plot.stack(Array(zip(low, high)), "cause-\(cause)", in: panel)
            low = high
        }
    }

    private var header: String {
        PolicyComparison.header.enumerated().map { "<th\($0 < 2 ? "" : " class='n'")>\($1)" }.joined()
    }

    private func row(_ cells: [String]) -> String {
        "<tr>" + cells.enumerated().map { $0 < 2 ? "<td>\(escape($1))" : "<td class='n'>\($1)" }.joined()
    }

    private func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
            "'", with: "&#39;")
    }

    private static let style = """

        :root { --newest: #c46a12; --fifo: #8a63b8; --bad: #c62f2f }
        @media (prefers-color-scheme: dark) { :root { --newest: #f0a35e; --fifo: #bb98e6; --bad: #ff7b72 } }
        .figures b.newest { color: var(--newest) } .figures b.fifo { color: var(--fifo) }
        .figures div { max-width: 14rem }
        .legend { display: flex; flex-wrap: wrap; gap: 0.3rem 1.6rem; font-size: 13px; color: var(--soft) }
        .legend i { display: inline-block; width: 18px; height: 3px; margin-right: 6px; vertical-align: middle }
        .legend .budget i { background: var(--water) } .legend .newest i { background: var(--newest) }
        .legend .fifo i { background: var(--fifo) }
        svg.time path { fill: none; stroke-width: 1.6; stroke-linejoin: round }
        svg.time .budget { stroke: var(--water); stroke-width: 2.2 } svg.time .newest { stroke: var(--newest) }
        svg.time .fifo { stroke: var(--fifo) } svg.time circle.broken { fill: var(--bad) }
        svg.time line.limit { stroke: var(--bad); stroke-dasharray: 5 4 } svg.time text.limit { fill: var(--bad) }
        svg.time .area { stroke: none } svg.time .level { fill: var(--water); opacity: 0.55 }
        svg.time .title { fill: var(--ink); font-size: 12px } svg.time .tick { text-anchor: middle }
        .cause-paced { fill: var(--line) } .cause-skipped { fill: var(--water) } .cause-shed { fill: var(--fifo) }
        .cause-overtaken { fill: var(--newest) } .cause-late { fill: var(--bad) }
        svg.time path.area.cause-paced { fill: var(--line) } svg.time path.area.cause-skipped { fill: var(--water) }
        svg.time path.area.cause-shed { fill: var(--fifo) } svg.time path.area.cause-overtaken { fill: var(--newest) }
        svg.time path.area.cause-late { fill: var(--bad) }
        """
}
