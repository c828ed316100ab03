import Recognition

/// Latency tests of several boards or versions side by side; the first one is what the others are compared with.
public struct LatencyComparison {
    private let reports: [(name: String, result: LatencyResult)]

    public init(_ reports: [(name: String, result: LatencyResult)]) { self.reports = reports }

    /// One figure of one task, for every report that has it.
    private struct Row {
        var task: String
        var name: String
        var values: [Double?]
    }

    private var rows: [Row] {
        var names: [String] = []
        for task in reports.flatMap({ $0.result.tasks }) where !names.contains(task.name) { names.append(task.name) }
        var rows: [Row] = []
        for name in names {
            let tasks = reports.map { report in report.result.tasks.first { $0.name == name } }
            func add(_ title: String, _ value: (TaskLatency) -> Double?) {
                let values = tasks.map { $0.flatMap(value) }
                if values.contains(where: { $0 != nil }) { rows.append(Row(task: name, name: title, values: values)) }
            }
            for (index, label) in TaskLatency.Percentiles.labels.enumerated() {
                add("age \(label), ms") { $0.age?.values[index] }
            }
            add("decisions") { Double($0.decided) }
            add("later than promised, %") { $0.decided > 0 ? Double($0.missed) / Double($0.decided) * 100 : nil }
            add("least decisions a second") { $0.leastRate }
            for stage in ["wait", "decode", "prepare", "frame network", "clip network"] {
                add("\(stage) p50, ms") { task in
                    task.stages.first { $0.stage == stage }?.values[TaskLatency.Percentiles.p50]
                }
            }
        }
        return rows
    }

    /// Rows of cells for people: the figures, and behind each the difference to the first in percent.
    public func table() -> [[String]] {
        var table = [["task", "figure"] + reports.map { $0.name }]
        table.append(["", "promises"] + reports.map { $0.result.isKept ? "kept" : "not kept" })
        for row in rows { table.append([row.task, row.name] + row.values.map { cell($0, row.values[0]) }) }
        return table
    }

    public func json() -> String {
        var line = JSONText()
        line.object { line in
            line.list("reports", reports) { report, line in
                line.pairs([("name", report.name), ("board", report.result.board), ("source", report.result.source)])
                line.key("kept")
                line.bool(report.result.isKept)
            }
            line.list("figures", rows) { row, line in
                line.pairs([("task", row.task), ("figure", row.name)])
                line.key("values")
                line.array { line in for value in row.values { line.number(value ?? .nan, places: 3) } }
            }
        }
        return line.text
    }

    public func html() -> String {
        var page = HTMLPage(title: "Latency, compared")
        page.table(
            ["", "board", "source", "s", "promises"],
            reports.map { report in
                [
                    markup(report.name), markup(report.result.board), markup(report.result.source),
                    figure(report.result.seconds), verdict(report.result.isKept),
                ]
            }, words: 3)
        var task = ""
        for row in rows {
            if row.task != task {
                task = row.task
                page.add("<h2>\(markup(task))</h2>")
                page.add("<h3>Age, median and p99 <span class=\"soft\">ms</span></h3>" + ages(of: task).svg)
                page.table(
                    ["figure"] + reports.map { markup($0.name) },
                    rows.filter { $0.task == task }.map { row in
                        [markup(row.name)] + row.values.map { markup(cell($0, row.values[0])) }
                    })
            }
        }
        return page.finish()
    }

    private func ages(of task: String) -> Chart {
        let found = reports.map { report in report.result.tasks.first { $0.name == task } }
        let budgets = found.compactMap { $0?.budget }.filter { $0 > 0 }
        let tallest = found.compactMap { $0?.age?.values[TaskLatency.Percentiles.p99] }.max() ?? 1
        var chart = Chart(
            "Median and p99 of the age by report", top: max(tallest, budgets.max() ?? 0) * 1.15, unit: "ms",
            end: Double(reports.count))
        for (index, report) in reports.enumerated() {
            let middle = Double(index) + 0.5
            if let age = found[index]?.age {
                let p50 = age.values[TaskLatency.Percentiles.p50], p99 = age.values[TaskLatency.Percentiles.p99]
                let tip = "\(report.name): median \(figure(p50)) ms, p99 \(figure(p99)) ms"
                chart.bar(from: middle - 0.25, to: middle + 0.25, high: p99, "two", tip: tip)
                chart.bar(from: middle - 0.25, to: middle + 0.25, high: p50, "one", tip: tip)
            }
            chart.below(middle, report.name)
        }
        if let budget = budgets.first, budgets.allSatisfy({ $0 == budget }) {
            chart.level(budget, "\(figure(budget)) ms promised")
        }
        return chart
    }

    private func cell(_ value: Double?, _ first: Double?) -> String {
        guard let value else { return "–" }
        guard let first, first > 0, let change = decimal((value / first - 1) * 100, places: 0), change != "0" else {
            return figure(value)
        }
        return "\(figure(value)) (\(value > first ? "+" : "")\(change) %)"
    }
}
