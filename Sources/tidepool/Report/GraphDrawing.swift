import FloatGraph
import Foundation

/// The network as a drawing: a box for each node, coloured by the error of what it computes.
struct GraphDrawing {
    struct Box {
        /// The operator and its output's shape.
        var title: String
        var name: String
        /// Signal to noise of its value in the quantized network; `nil` where it has no tensor of its own.
        var sqnr: Double?
        /// The share of the loss that is its own, 0…1.
        var share: Double
        var isWide: Bool
        var isClip: Bool
        /// What is said under the pointer.
        var note: String
        var predecessors: [Int]
    }

    let boxes: [Box]
    private let layout: LayeredLayout
    /// Left edges of the slots.
    private let lefts: [Double]
    private let width: Double

    private static let boxWidth = 190.0, boxHeight = 34.0, pitch = 50.0, laneWidth = 20.0, gap = 14.0

    init(_ boxes: [Box]) {
        self.boxes = boxes
        layout = LayeredLayout(predecessors: boxes.map(\.predecessors))
        var lefts: [Double] = [], x = 4.0
        for holdsNodes in layout.holdsNodes {
            lefts.append(x)
            x += (holdsNodes ? Self.boxWidth : Self.laneWidth) + Self.gap
        }
        self.lefts = lefts
        width = max(x, Self.boxWidth)
    }

    var svg: String {
        let height = Double(layout.layerCount) * Self.pitch + 8
        let edges = boxes.indices.flatMap { reader in
            boxes[reader].predecessors.map { edge(from: $0, to: reader) }
        }
        return """
            <svg class="graph" width="\(text(width))" height="\(text(height))" viewBox="0 0 \(text(width)) \(text(height))" \
            role="img" aria-label="The network, node by node"><path class="edge" d="\(edges.joined())"/>
            \(boxes.indices.map(box).joined(separator: "\n"))</svg>
            """
    }

    /// Upper ends of the classes e0 … e5, in dB; what lies above is e6.
    private static let steps = [10.0, 15, 20, 25, 30, 35]

    /// The class of a signal-to-noise ratio.
    static func style(_ sqnr: Double?) -> String {
        guard let sqnr else { return "none" }
        return "e\(steps.firstIndex { sqnr < $0 } ?? steps.count)"
    }

    static var legend: String {
        var names = ["below \(Int(steps[0])) dB"]
        names += zip(steps, steps.dropFirst()).map { "\(Int($0))–\(Int($1))" }
        names.append("above \(Int(steps[steps.count - 1])) dB")
        let entries = names.enumerated().map { "<span><i class='e\($0)'></i>\($1)</span>" }
        return "<p class='legend'>" + entries.joined() + "<span><i class='none'></i>computed inside another</span></p>"
    }

    private func box(_ index: Int) -> String {
        let box = boxes[index], place = layout.places[index]
        let x = lefts[place.slot], y = top(place.layer)
        let decibels = box.sqnr.map { "<tspan class='db'>\($0 > 99 ? "exact" : Markup.number($0, 0) + " dB")</tspan>" }
        let strength = Self.boxWidth * min(max(box.share, 0), 1)
        let loss =
            strength >= 0.5
            ? "<rect class='loss' x='\(text(x))' y='\(text(y + Self.boxHeight - 3))' width='\(text(strength))' height='3'/>"
            : ""
        return """
            <g class="\(Self.style(box.sqnr))\(box.isWide ? " wide" : "")\(box.isClip ? " clip" : "")">\
            <title>\(Markup.escape(box.note))</title>\
            <rect class="box" x="\(text(x))" y="\(text(y))" width="\(text(Self.boxWidth))" height="\(text(Self.boxHeight))" rx="4"/>\
            <rect class="edge-of" x="\(text(x))" y="\(text(y))" width="5" height="\(text(Self.boxHeight))" rx="2"/>\(loss)\
            <text class="title" x="\(text(x + 11))" y="\(text(y + 14))">\(Markup.escape(Self.shorten(box.title, 28)))</text>\
            <text x="\(text(x + 11))" y="\(text(y + 27))">\(Markup.escape(Self.shorten(box.name, decibels == nil ? 27 : 20)))</text>\
            <text class="right" x="\(text(x + Self.boxWidth - 6))" y="\(text(y + 27))">\(decibels ?? "")</text></g>
            """
    }

    /// The end of a name tells more than its beginning.
    static func shorten(_ text: String, _ limit: Int) -> String {
        text.count <= limit ? text : "…" + text.suffix(limit - 1)
    }

    /// From the foot of one box along its lane to the head of another.
    private func edge(from source: Int, to reader: Int) -> String {
        let start = layout.places[source], end = layout.places[reader]
        let lane = layout.lanes[source].filter { $0.layer < end.layer }
        var points = [(layer: start.layer, x: middle(start.slot))]
        points += lane.map { ($0.layer, lefts[$0.slot] + Self.laneWidth / 2) }
        points.append((end.layer, middle(end.slot)))
        var path = "M\(text(points[0].x)) \(text(top(start.layer) + Self.boxHeight))"
        for (index, point) in points.enumerated().dropFirst() {
            let before = points[index - 1].x, y = top(point.layer)
            let half = text(y - (Self.pitch - Self.boxHeight) / 2)
            path += before == point.x
                ? "V\(text(y))" : "C\(text(before)) \(half) \(text(point.x)) \(half) \(text(point.x)) \(text(y))"
            if index < points.count - 1 { path += "V\(text(y + Self.boxHeight))" }
        }
        return path
    }

    private func top(_ layer: Int) -> Double { 4 + Double(layer) * Self.pitch }

    private func middle(_ slot: Int) -> Double { lefts[slot] + Self.boxWidth / 2 }

    private func text(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : Markup.number(value, 1)
    }
}
