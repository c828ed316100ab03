import Recognition

/// A page without anything from outside: one look for all reports, light or dark as the reader's system is.
struct HTMLPage {
    private(set) var text: String

    init(title: String) {
        text = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(markup(title))</title>
            <style>\(HTMLPage.style)</style></head><body>
            <h1>\(markup(title))</h1>

            """
    }

    mutating func add(_ html: String) { text += html + "\n" }

    /// A table; cells are markup. All but the first column are numbers, unless `words` counts more columns of text.
    mutating func table(_ head: [String], _ rows: [[String]], words: Int = 1) {
        add("<div class=\"scroll\"><table><thead>" + Self.row(head, "th", words) + "</thead><tbody>")
        for cells in rows { add(Self.row(cells, "td", words)) }
        add("</tbody></table></div>")
    }

    private static func row(_ cells: [String], _ tag: String, _ words: Int) -> String {
        var line = "<tr>"
        for index in cells.indices {
            line += "<" + tag + (index < words ? ">" : " class=\"n\">")
            line += cells[index]
        }
        return line
    }

    mutating func finish() -> String {
        add("</body></html>")
        return text
    }

    private static let style = """
        :root{color-scheme:light dark;--ink:#1d2733;--soft:#66707c;--line:#dde2e8;--back:#fff;--one:#1f6fb2;
        --two:#9cc4e4;--bad:#c0392b;--good:#2e7d4f}
        @media(prefers-color-scheme:dark){:root{--ink:#e4e8ec;--soft:#97a1ac;--line:#333b45;--back:#14181d;
        --one:#62aee8;--two:#2f5a7c;--bad:#ef7a6c;--good:#6cc492}}
        body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back);max-width:60rem;
        margin:2rem auto;padding:0 1rem}
        h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}h3{font-size:1rem;margin:1.4rem 0 .3rem}
        p{margin:.4rem 0}.soft{color:var(--soft)}.bad{color:var(--bad);font-weight:600}
        .good{color:var(--good);font-weight:600}h3 .soft{font-weight:400}
        table{border-collapse:collapse}th,td{padding:.25rem .8rem .25rem 0;text-align:left;
        border-bottom:1px solid var(--line)}
        th{color:var(--soft);font-weight:500}.n{text-align:right;font-variant-numeric:tabular-nums}
        .scroll{overflow-x:auto;margin:.5rem 0}
        svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font-size:12px}
        svg .grid{stroke:var(--line)}svg .budget{stroke:var(--bad);stroke-dasharray:5 4}
        svg .budget-text{fill:var(--bad)}svg .one{fill:var(--one)}svg .two{fill:var(--two)}svg .late{fill:var(--bad)}
        svg .mark{stroke:var(--soft);stroke-dasharray:1 3}svg .line{fill:none;stroke:var(--one);stroke-width:1.5}
        """
}

/// The verdict in a word.
func verdict(_ isKept: Bool) -> String {
    isKept ? "<span class=\"good\">kept</span>" : "<span class=\"bad\">not kept</span>"
}

/// A number with as many decimals as three digits need.
func figure(_ value: Double) -> String {
    let places = value.magnitude < 10 ? 2 : value.magnitude < 100 ? 1 : 0
    return decimal(value, places: places) ?? "–"
}
