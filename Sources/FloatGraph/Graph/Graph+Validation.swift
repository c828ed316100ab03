extension Graph {
    /// Checks every rule of the graph: indices, order of execution, constants where weights belong, shapes.
    ///
    /// An executor, a quantizer pass or a printer may rely on all of it afterwards.
    public func validated() throws(GraphError) {
        try validateValues()
        var isDefined = values.map { $0.constant != nil }
        isDefined[input] = true
        for node in nodes {
            func require(_ holds: Bool, _ reason: @autoclosure () -> String) throws(GraphError) {
                if !holds { throw .node(name: node.name, operator: node.kind.label, reason: reason()) }
            }
            let ids = node.inputs + [node.output]
            try require(ids.allSatisfy(values.indices.contains), "names a value that does not exist")
            for id in node.inputs { try require(isDefined[id], "reads \(values[id].name) before it is computed") }
            try require(!isDefined[node.output], "writes \(values[node.output].name), which has a value already")
            let expected: [Int]
            do {
                expected = try Graph.outputShape(node.kind, node.inputs.map(shape))
            } catch {
                throw .node(name: node.name, operator: node.kind.label, reason: error.description)
            }
            let output = shape(node.output)
            if node.kind == .reshape {
                try require(
                    output.reduce(1, *) == expected.reduce(1, *), "\(expected) cannot be seen as \(output)")
            } else {
                try require(output == expected, "its output is declared as \(output) and is \(expected)")
            }
            for index in node.kind.constantInputs.clamped(to: node.inputs.indices) {
                try require(constant(node.inputs[index]) != nil, "input \(index) must be a constant")
            }
            isDefined[node.output] = true
        }
        for id in outputs where !isDefined[id] {
            throw .value(name: values[id].name, reason: "is an output that no node computes")
        }
    }

    private func validateValues() throws(GraphError) {
        guard values.indices.contains(input), outputs.allSatisfy(values.indices.contains) else {
            throw .value(name: name, reason: "the graph's input or outputs name values that do not exist")
        }
        guard values[input].constant == nil else {
            throw .value(name: values[input].name, reason: "the input is a constant")
        }
        for value in values {
            do {
                _ = try Graph.elementCount(value.shape)
            } catch {
                throw .value(name: value.name, reason: error.description)
            }
            if let constant = value.constant, constant.shape != value.shape {
                throw .value(name: value.name, reason: "is declared as \(value.shape) and holds \(constant.shape)")
            }
        }
    }
}
