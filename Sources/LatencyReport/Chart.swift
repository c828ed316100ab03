import Recognition

/// A drawing with a vertical axis from 0, as SVG.
struct Chart {
    private static let width = 900.0
    private static let height = 200.0
    private static let left = 48.0

    private let label: String
    private let top: Double
    private let end: Double
    private var content = ""

    /// - Parameters:
    ///   - label: What is drawn, for those who do not see it.
    ///   - top: The greatest value on the vertical axis.
    ///   - end: The greatest value on the horizontal axis.
    init(_ label: String, top: Double, unit: String, end: Double) {
        self.label = label
        self.top = max(top, 1e-6)
        self.end = max(end, 1e-6)
        for value in Chart.ticks(self.top) {
            content += across(value, "grid")
            content += text("\(short(value)) \(unit)", x: 0, y: Self.height * (1 - value / self.top) + 4, "")
        }
    }

    mutating func bar(from start: Double, to stop: Double, high: Double, _ style: String, tip: String) {
        guard high > 0 else { return }
        let wide = max(0.5, (stop - start) / end * (Self.width - Self.left) - 0.6)
        let tall = max(0.8, min(high, top) / top * Self.height)
        content += "<rect class=\"\(style)\" x=\"\(x(start))\" y=\"\(y(high))\" width=\"\(short(wide))\" "
        content += "height=\"\(short(tall))\"><title>\(markup(tip))</title></rect>"
    }

    private func across(_ value: Double, _ style: String) -> String {
        "<line class=\"\(style)\" x1=\"\(Self.left)\" x2=\"\(Self.width)\" y1=\"\(y(value))\" y2=\"\(y(value))\"/>"
    }

    /// A horizontal line across, with its name.
    mutating func level(_ value: Double, _ name: String) {
        guard value <= top else { return }
        content += across(value, "budget")
        content += text(name, x: Self.width - 4, y: Self.height * (1 - value / top) - 4, "budget-text", anchor: "end")
    }

    /// A vertical line, with what it means on it.
    mutating func mark(_ at: Double, _ style: String, _ tip: String) {
        content += "<line class=\"\(style)\" x1=\"\(x(at))\" x2=\"\(x(at))\" y1=\"0\" y2=\"\(Self.height)\">"
        content += "<title>\(markup(tip))</title></line>"
    }

    mutating func line(_ points: [(at: Double, value: Double)]) {
        let path = points.map { "\(x($0.at)),\(y($0.value))" }.joined(separator: " ")
        content += "<polyline class=\"line\" points=\"\(path)\"/>"
    }

    /// Names below the horizontal axis.
    mutating func below(_ at: Double, _ name: String, anchor: String = "middle") {
        content += text(name, x: Double(x(at)) ?? 0, y: Self.height + 16, "", anchor: anchor)
    }

    var svg: String {
        let box = "0 -8 \(short(Self.width)) \(short(Self.height + 30))"
        return "<svg viewBox=\"\(box)\" role=\"img\" aria-label=\"\(markup(label))\">" + content + "</svg>"
    }

    private func x(_ value: Double) -> String {
        short(Self.left + min(max(value / end, 0), 1) * (Self.width - Self.left))
    }

    private func y(_ value: Double) -> String { short(Self.height * (1 - min(max(value / top, 0), 1))) }

    private func text(_ text: String, x: Double, y: Double, _ style: String, anchor: String = "start") -> String {
        "<text class=\"\(style)\" x=\"\(short(x))\" y=\"\(short(y))\" text-anchor=\"\(anchor)\">\(markup(text))</text>"
    }

    /// Three to five round values up to the top.
    private static func ticks(_ top: Double) -> [Double] {
        var unit = 1.0
        while unit * 10 <= top { unit *= 10 }
        while unit > top { unit /= 10 }
        let step = top / unit >= 5 ? 2 * unit : top / unit >= 2 ? unit : unit / 2
        var values: [Double] = []
        var value = 0.0
        while value <= top {
            values.append(value)
            value += step
        }
        return values
    }
}

/// A coordinate or a round number: one decimal, none where it is 0.
private func short(_ value: Double) -> String {
    let text = decimal(value, places: 1) ?? "0"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
