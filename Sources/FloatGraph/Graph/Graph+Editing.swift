extension Graph {
    /// For every value the indices of the nodes that read it, in order, each once.
    public var consumers: [[Int]] {
        var table = Array(repeating: [Int](), count: values.count)
        for (index, node) in nodes.enumerated() {
            for id in node.inputs where table[id].last != index { table[id].append(index) }
        }
        return table
    }

    /// For every value the index of the node that computes it; `nil` for constants and the input.
    public var producers: [Int?] {
        var table = [Int?](repeating: nil, count: values.count)
        for (index, node) in nodes.enumerated() { table[node.output] = index }
        return table
    }

    /// Lets every node and the graph's outputs read `new` instead of `old`.
    public mutating func replaceUses(of old: ValueID, with new: ValueID) {
        for index in nodes.indices {
            for i in nodes[index].inputs.indices where nodes[index].inputs[i] == old { nodes[index].inputs[i] = new }
        }
        for i in outputs.indices where outputs[i] == old { outputs[i] = new }
    }

    /// Adds a node at the end, with a new value for its output.
    ///
    /// - Parameter shape: only for `.reshape`, whose output shape is a choice.
    @discardableResult
    public mutating func append(
        _ kind: FloatOperator, _ inputs: [ValueID], name: String, shape: [Int]? = nil
    ) throws(GraphError) -> ValueID {
        try insert(kind, inputs, name: name, at: nodes.count, shape: shape)
    }

    /// Adds a node in front of the node at `index`, with a new value for its output, which is returned.
    @discardableResult
    public mutating func insert(
        _ kind: FloatOperator, _ inputs: [ValueID], name: String, at index: Int, shape: [Int]? = nil
    ) throws(GraphError) -> ValueID {
        let inferred = try Graph.outputShape(kind, inputs.map(self.shape))
        let output = addValue(name, shape: shape ?? inferred)
        nodes.insert(Node(name: name, kind: kind, inputs: inputs, output: output), at: index)
        return output
    }

    /// Removes nodes whose results reach no output. Values keep their identifiers.
    public mutating func removeDeadNodes() {
        var isRead = Array(repeating: false, count: values.count)
        for id in outputs { isRead[id] = true }
        var kept: [Node] = []
        for node in nodes.reversed() where isRead[node.output] {
            for id in node.inputs { isRead[id] = true }
            kept.append(node)
        }
        nodes = kept.reversed()
    }
}
