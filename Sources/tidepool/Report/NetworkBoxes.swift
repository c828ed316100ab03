import FloatGraph
import Foundation
import Quantizer

/// The boxes of a drawing from what is known of each node.
struct NetworkBoxes {
    let boxes: [GraphDrawing.Box]

    init(_ content: ReportPage.Content) {
        let graph = content.prepared
        let sqnr = Dictionary(
            (content.comparison?.layers ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let layers = Dictionary(content.report.layers.map { ($0.value, $0) }, uniquingKeysWith: { first, _ in first })
        var ranked: [String: [Ranking.Entry]] = [:]
        for entry in content.ranking?.entries ?? [] { ranked[entry.value, default: []].append(entry) }
        let producers = graph.producers
        boxes = graph.nodes.map { node in
            let name = graph.values[node.output].name
            let shape = graph.shape(node.output)
            let entries = ranked[name] ?? []
            let compared = sqnr[name]
            var note = ["\(node.name): \(node.kind.label), \(shape)"]
            if node.name != name { note.append("value \(name)") }
            if let compared {
                note.append("\(compared.type), SQNR here \(Markup.number(compared.sqnr, 1)) dB")
            } else {
                note.append("has no tensor of its own")
            }
            for entry in entries {
                note.append(
                    "\(entry.kind.rawValue): \(Markup.number(100 * entry.share, 1)) % of the loss, alone "
                        + "\(Markup.number(entry.worstAlone, 1)) dB")
            }
            if graph.multiplyAdds(node) > 0 {
                note.append(String(format: "%.2f M multiply-adds", Double(graph.multiplyAdds(node)) / 1e6))
            }
            return GraphDrawing.Box(
                title: Self.title(node.kind.label, shape),
                name: node.name, sqnr: compared?.sqnr, share: entries.reduce(0) { $0 + $1.share },
                isWide: compared.map { $0.type != .int8 } ?? false, isClip: layers[name]?.program == "clip",
                note: note.joined(separator: "\n"), predecessors: node.inputs.compactMap { producers[$0] })
        }
    }

    /// The operator, cut where it leaves the shape no room.
    private static func title(_ label: String, _ shape: [Int]) -> String {
        let extents = shape.dropFirst().map(String.init).joined(separator: "×")
        let room = max(4, 22 - extents.count)
        return (label.count > room ? label.prefix(room - 1) + "…" : label) + " " + extents
    }
}
