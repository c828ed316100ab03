import FloatGraph
import Foundation

/// A trained network as a listing: layer by layer as it was understood.
struct GraphListing: Encodable {
    struct Layer: Encodable {
        var name: String
        var kind: String
        var shape: [Int]
        /// Of the constants that no layer before it has used.
        var parameters: Int
        var multiplyAdds: Int
    }

    struct Output: Encodable {
        var name: String
        var shape: [Int]
    }

    var name: String
    var input: [Int]
    var outputs: [Output]
    var parameters: Int
    var multiplyAdds: Int
    var notes: [String]
    var layers: [Layer]

    init(_ graph: Graph) {
        name = graph.name
        input = graph.shape(graph.input)
        outputs = graph.outputs.map { Output(name: graph.values[$0].name, shape: graph.shape($0)) }
        parameters = graph.parameterCount
        multiplyAdds = graph.multiplyAdds()
        notes = graph.notes
        var counted: Set<ValueID> = []
        layers = graph.nodes.map { node in
            let constants = node.inputs[node.kind.constantInputs.clamped(to: node.inputs.indices)]
            let fresh = constants.filter { counted.insert($0).inserted }
            return Layer(
                name: node.name, kind: node.kind.label, shape: graph.shape(node.output),
                parameters: fresh.reduce(0) { $0 + (graph.constant($1)?.count ?? 0) },
                multiplyAdds: graph.multiplyAdds(node))
        }
    }

    var text: String {
        func extents(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }
        func millions(_ count: Int) -> String { String(format: "%.2f", Double(count) / 1e6) }
        var facts = [["name", name], ["input", extents(input)]]
        facts += outputs.map { ["output \($0.name)", extents($0.shape)] }
        facts += [
            ["layers", "\(layers.count)"], ["parameters", "\(parameters)"],
            ["multiply-adds", "\(millions(multiplyAdds)) million"],
        ]
        let rows = layers.map { layer in
            [
                layer.name, layer.kind, extents(layer.shape), layer.parameters > 0 ? "\(layer.parameters)" : "",
                layer.multiplyAdds > 0 ? millions(layer.multiplyAdds) : "",
            ]
        }
        return textTable(facts) + "\n\n"
            + textTable([["layer", "operator", "shape", "parameters", "MMAC"]] + rows, numbers: [3, 4])
    }
}
