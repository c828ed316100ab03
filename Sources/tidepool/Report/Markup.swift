import Foundation

/// Small pieces of HTML.
enum Markup {
    static func escape(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "'": result += "&#39;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }

    /// A table that scrolls where it is wider than the page; cells are markup.
    ///
    /// - Parameter numbers: the columns that stand to the right.
    static func table(_ head: [String], _ rows: [[String]], numbers: Set<Int> = []) -> String {
        func cells(_ row: [String], _ tag: String) -> String {
            row.enumerated().map { column, cell in
                "<\(tag)\(numbers.contains(column) ? " class='n'" : "")>\(cell)</\(tag)>"
            }.joined()
        }
        let body = rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined(separator: "\n")
        return """
            <div class="scroll"><table><thead><tr>\(cells(head, "th"))</tr></thead>
            <tbody>\(body)</tbody></table></div>
            """
    }

    /// A part of the page that opens on request.
    static func details(_ summary: String, _ content: String) -> String {
        "<details><summary>\(summary)</summary>\(content)</details>"
    }

    /// A horizontal bar for a share of 0…1, as wide as its cell at most.
    static func bar(_ share: Double, style: String = "") -> String {
        let percent = min(max(share, 0), 1) * 100
        return "<span class='bar \(style)'><i style='width:\(number(percent, 1))%'></i></span>"
    }

    /// A gain or a loss with one decimal; next to nothing has no sign.
    static func signed(_ value: Double) -> String {
        abs(value) < 0.05 ? "0.0" : String(format: "%+.1f", value)
    }

    static func number(_ value: Double, _ places: Int) -> String {
        value.isFinite ? String(format: "%.\(places)f", value) : value > 0 ? "∞" : "–"
    }

    /// A share as a percentage; small ones are not shown as none.
    static func percent(_ share: Double) -> String {
        share > 0 && share < 0.0005 ? "&lt; 0.1 %" : number(share * 100, 1) + " %"
    }

    /// A count in millions.
    static func millions(_ count: Int) -> String {
        count == 0 ? "" : count < 5_000 ? "&lt; 0.01" : number(Double(count) / 1e6, 2)
    }
}
