import FloatGraph

/// Gives the layers that read a residual stream a copy of it.
///
/// The stream itself then stays int16 from sum to sum, so that no rounding to int8 is handed on to all blocks behind;
/// the copies are int8, so that no multiply-add becomes int16. A copy is a concatenation of one part.
enum SeparateResiduals: GraphPass {
    static let name = "int8 copies of int16 residual sums"

    static func run(on graph: inout Graph) -> Int {
        let consumers = graph.consumers
        var copies: [ValueID: ValueID] = [:]
        for value in graph.values.indices where graph.constant(value) == nil {
            let readers = consumers[value].map { graph.nodes[$0] }
            guard readers.contains(where: graph.isResidualSum),
                readers.contains(where: { graph.isWeighted($0) && $0.inputs[0] == value })
            else { continue }
            copies[value] = graph.addValue(graph.values[value].name + ":copy", shape: graph.shape(value))
        }
        var nodes: [Node] = []
        for var node in graph.nodes {
            if graph.isWeighted(node), let copy = copies[node.inputs[0]] { node.inputs[0] = copy }
            nodes.append(node)
            guard let copy = copies[node.output] else { continue }
            let kind = FloatOperator.concatenate(axis: graph.shape(copy).count - 1)
            nodes.append(Node(name: node.name + ":copy", kind: kind, inputs: [node.output], output: copy))
        }
        graph.nodes = nodes
        return copies.count
    }
}

extension Graph {
    /// Whether the node adds two maps of one shape.
    func isResidualSum(_ node: Node) -> Bool {
        switch node.kind {
        case .arithmetic(.add), .arithmetic(.subtract):
            node.inputs.allSatisfy { constant($0) == nil && shape($0) == shape(node.output) }
        default: false
        }
    }

    /// Whether the node is what `SeparateResiduals` made.
    func isCopy(_ node: Node) -> Bool {
        if case .concatenate = node.kind { node.inputs.count == 1 } else { false }
    }
}
