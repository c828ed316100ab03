import FloatGraph

/// Writes one node of a graph as several, of which the last computes the node's value.
struct Expansion {
    private(set) var graph: Graph
    let node: Node
    private(set) var nodes: [Node] = []

    init(_ node: Node, in graph: Graph) {
        self.node = node
        self.graph = graph
    }

    func shape(_ id: ValueID) -> [Int] { graph.shape(id) }

    /// A node in between.
    mutating func add(
        _ kind: FloatOperator, _ inputs: [ValueID], _ suffix: String, shape: [Int]? = nil
    ) throws(GraphError) -> ValueID {
        let inferred = try Graph.outputShape(kind, inputs.map(graph.shape))
        let output = graph.addValue("\(graph.values[node.output].name):\(suffix)", shape: shape ?? inferred)
        nodes.append(Node(name: "\(node.name):\(suffix)", kind: kind, inputs: inputs, output: output))
        return output
    }

    /// The node that gives the value.
    mutating func finish(_ kind: FloatOperator, _ inputs: [ValueID]) {
        nodes.append(Node(name: node.name, kind: kind, inputs: inputs, output: node.output))
    }

    mutating func constant(_ suffix: String, _ shape: [Int], _ values: [Float]) -> ValueID {
        graph.addConstant("\(node.name).\(suffix)", FloatTensor(shape: shape, values: values))
    }
}

extension Graph {
    /// Replaces every node for which `expand` returns an expansion; returns how many.
    mutating func expandNodes(
        _ expand: (Node, Graph) throws(GraphError) -> Expansion?
    ) throws(GraphError) -> Int {
        var changes = 0, expanded: [Node] = []
        for node in nodes {
            if let expansion = try expand(node, self) {
                values = expansion.graph.values
                expanded += expansion.nodes
                changes += 1
            } else {
                expanded.append(node)
            }
        }
        nodes = expanded
        return changes
    }
}
