import FloatGraph

/// Nodes that read only constants become constants.
enum EvaluateConstants: GraphPass {
    static let name = "evaluate constants"

    static func run(on graph: inout Graph) throws(GraphError) -> Int {
        var changes = 0
        for node in graph.nodes where !node.inputs.isEmpty && node.inputs.allSatisfy({ graph.constant($0) != nil }) {
            graph.values[node.output].constant = try evaluate(node, graph)
            changes += 1
        }
        let constants = Set(graph.values.indices.filter { graph.constant($0) != nil })
        graph.nodes.removeAll { constants.contains($0.output) }
        return changes
    }

    /// Runs a graph of this one node: its first input is fed, the others stay constants.
    private static func evaluate(_ node: Node, _ graph: Graph) throws(GraphError) -> FloatTensor {
        var single = Graph(name: node.name)
        let first = graph.constant(node.inputs[0])!
        single.input = single.addValue("input", shape: first.shape)
        let inputs = node.inputs.map { id in
            id == node.inputs[0] ? single.input : single.addConstant(graph.values[id].name, graph.constant(id)!)
        }
        single.outputs = [
            try single.append(node.kind, inputs, name: node.name, shape: graph.shape(node.output))
        ]
        return try FloatExecutor(single, threads: 1).run(first)[0]
    }
}
