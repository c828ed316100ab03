import Foundation

/// Panels above each other over the same seconds, as one SVG.
struct TimePlot {
    static let width = 900.0
    /// Room for the labels of the axis, on the right.
    private static let margin = 110.0
    private static let gap = 26.0

    let seconds: Int
    private var body = ""
    private var top = 14.0

    init(seconds: Int) { self.seconds = max(1, seconds) }

    /// A panel's range of values, linear from 0 or logarithmic.
    struct Scale {
        let low: Double
        let high: Double
        let isLogarithmic: Bool

        static func linear(to high: Double) -> Scale { Scale(low: 0, high: max(high, 1e-9), isLogarithmic: false) }

        static func logarithmic(_ low: Double, _ high: Double) -> Scale {
            Scale(low: low, high: max(high, low * 1.01), isLogarithmic: true)
        }

        /// 0 at the foot of the panel, 1 at its top.
        func share(_ value: Double) -> Double {
            let share = isLogarithmic ? log(max(value, low) / low) / log(high / low) : (value - low) / (high - low)
            return min(1, max(0, share))
        }
    }

    struct Panel {
        fileprivate let top: Double
        fileprivate let height: Double
        fileprivate let scale: Scale

        func y(_ value: Double) -> Double { top + height * (1 - scale.share(value)) }
    }

    func x(_ second: Double) -> Double { Self.width * second / Double(seconds) }

    /// Opens a panel below the last one.
    mutating func panel(_ title: String, height: Double, _ scale: Scale, marks: [(Double, String)]) -> Panel {
        let panel = Panel(top: top + 16, height: height, scale: scale)
        body += "<text class='title' x='0' y='\(text(top + 8))'>\(title)</text>"
        for (value, label) in marks {
            let y = panel.y(value)
            body += "<line x1='0' x2='900' y1='\(text(y))' y2='\(text(y))'/>"
            body += "<text x='906' y='\(text(y + 4))'>\(label)</text>"
        }
        top += 16 + height + Self.gap
        return panel
    }

    /// A line through the values of the seconds; it breaks where there is none.
    mutating func line(_ values: [Double?], _ style: String, in panel: Panel) {
        var path = ""
        var isDrawing = false
        for (second, value) in values.enumerated() {
            guard let value else {
                isDrawing = false
                continue
            }
            path += "\(isDrawing ? "L" : "M")\(text(x(Double(second) + 0.5))) \(text(panel.y(value)))"
            isDrawing = true
        }
        body += "<path class='\(style)' d='\(path)'/>"
    }

    /// Steps from the foot of the panel.
    mutating func steps(_ values: [Double], _ style: String, in panel: Panel) {
        stack(values.map { (0, $0) }, style, in: panel)
    }

    /// A band for each second, from one value to another.
    mutating func stack(_ values: [(Double, Double)], _ style: String, in panel: Panel) {
        guard values.contains(where: { $0.1 > $0.0 }) else { return }
        var above = ""
        var below = ""
        for (second, (low, high)) in values.enumerated() {
            let left = text(x(Double(second))), right = text(x(Double(second + 1)))
            above += "\(second == 0 ? "M" : "L")\(left) \(text(panel.y(high)))L\(right) \(text(panel.y(high)))"
            below = "L\(right) \(text(panel.y(low)))L\(left) \(text(panel.y(low)))" + below
        }
        body += "<path class='area \(style)' d='\(above)\(below)Z'/>"
    }

    /// A dashed line across at one value.
    mutating func limit(_ value: Double, _ label: String, in panel: Panel) {
        let y = text(panel.y(value))
        body += "<line class='limit' x1='0' x2='900' y1='\(y)' y2='\(y)'/>"
        body += "<text class='limit' x='906' y='\(text(panel.y(value) + 4))'>\(label)</text>"
    }

    /// A mark for each of some seconds, with a text that appears under the pointer.
    mutating func marks(_ points: [(second: Int, value: Double, note: String)], _ style: String, in panel: Panel) {
        for point in points {
            let x = text(x(Double(point.second) + 0.5)), y = text(panel.y(point.value))
            body += "<circle class='\(style)' cx='\(x)' cy='\(y)' r='3'><title>\(point.note)</title></circle>"
        }
    }

    /// The whole, with an axis of seconds below.
    func svg(label: String) -> String {
        let step = [5, 10, 20, 60, 300, 600].first { seconds / $0 <= 12 } ?? 3600
        var axis = ""
        for second in stride(from: 0, through: seconds, by: step) {
            axis += "<text class='tick' x='\(text(x(Double(second))))' y='\(text(top))'>\(second) s</text>"
        }
        return """
            <svg class="time" viewBox="-14 0 \(text(Self.width + Self.margin + 14)) \(text(top + 8))" role="img" \
            aria-label="\(label)">\(body)\(axis)</svg>
            """
    }

    private func text(_ value: Double) -> String { String(format: "%.1f", value) }
}
