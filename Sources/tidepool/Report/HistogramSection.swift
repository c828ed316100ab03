import Foundation
import Quantizer

/// How weights and values are spread, and which range their integers cover: small pictures, the worst layers first.
struct HistogramSection {
    let parts: [(entry: Ranking.Entry, distribution: Distribution)]

    private static let width = 220.0, height = 64.0

    var html: String {
        let pictures = parts.map(picture).joined(separator: "\n")
        return "<p>Heights are logarithmic. Between the two lines lies what the integers can hold; the rest saturates.</p>"
            + "<div class='small-multiples'>\(pictures)</div>"
    }

    private func picture(_ entry: Ranking.Entry, _ distribution: Distribution) -> String {
        let low = min(distribution.extent.lowerBound, distribution.covered.lowerBound)
        let high = max(distribution.extent.upperBound, distribution.covered.upperBound)
        let span = max(high - low, 1e-30)
        func x(_ value: Double) -> Double { (value - low) / span * Self.width }
        let most = log(1 + Double(distribution.counts.max() ?? 1))
        let left = x(distribution.extent.lowerBound)
        let step = (x(distribution.extent.upperBound) - left) / Double(distribution.counts.count)
        var path = "M\(text(left)) \(text(Self.height))"
        for (index, count) in distribution.counts.enumerated() {
            let y = Self.height * (1 - log(1 + Double(count)) / most)
            path += "V\(text(y))H\(text(left + Double(index + 1) * step))"
        }
        path += "V\(text(Self.height))Z"
        let limits = [distribution.covered.lowerBound, distribution.covered.upperBound].map { value in
            "<line class='limit' x1='\(text(x(value)))' x2='\(text(x(value)))' y1='0' y2='\(text(Self.height))'/>"
        }
        let full = entry.kind == .weights ? entry.node : entry.value
        let name = Markup.escape(full), short = Markup.escape(GraphDrawing.shorten(full, 30))
        return """
            <figure><figcaption title="\(name)"><b>\(short)</b><br>\(entry.kind.rawValue), \(distribution.type), \
            \(Markup.percent(entry.share)) of the loss</figcaption>
            <svg viewBox="-2 -2 224 82" role="img" aria-label="Histogram of \(name)">
            <path class="area" d="\(path)"/>\(limits.joined())
            <text x="0" y="78">\(Self.short(low))</text><text class="right" x="220" y="78">\(Self.short(high))</text></svg></figure>
            """
    }

    private static func short(_ value: Double) -> String { String(format: "%.3g", value) }

    private func text(_ value: Double) -> String { Markup.number(value, 1) }
}
