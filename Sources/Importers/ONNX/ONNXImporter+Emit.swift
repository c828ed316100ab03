import FloatGraph

extension ONNXImporter {
    /// Adds a node to the float graph, named as the ONNX node, its output as the ONNX node's.
    mutating func emit(
        _ kind: FloatOperator, _ inputs: [ValueID], _ node: ONNXNode, output index: Int = 0
    ) throws(ImportFailure) -> ValueID {
        let id = try emit(kind, inputs, name: node.name)
        graph.values[id].name = node.output(index) ?? node.name
        return id
    }

    /// A step on the way to an ONNX node's result.
    mutating func emit(
        _ kind: FloatOperator, _ inputs: [ValueID], _ node: ONNXNode, part: String
    ) throws(ImportFailure) -> ValueID {
        try emit(kind, inputs, name: "\(node.output(0) ?? node.name).\(part)")
    }

    mutating func emit(_ kind: FloatOperator, _ inputs: [ValueID], name: String) throws(ImportFailure) -> ValueID {
        do {
            let id = try graph.append(kind, inputs, name: name)
            noteProducers()
            return id
        } catch {
            throw .invalid(error.description)
        }
    }

    /// Lets a name of the ONNX graph stand for a view.
    mutating func define(_ node: ONNXNode, output index: Int = 0, _ view: View) {
        if let name = node.output(index) { operands[name] = .activation(trimmed(view)) }
    }

    /// Lets a node's result stand for a value whose last axes are the ONNX axes in `order`.
    mutating func define(_ node: ONNXNode, output index: Int = 0, _ id: ValueID, order: [Int]) {
        define(node, output: index, View(id, shape: graph.shape(id), order: order))
    }

    /// The node that computes a value.
    func producer(_ id: ValueID) -> Node? { producerIndex[id].map { graph.nodes[$0] } }

    /// Enters the nodes that were added since the last time.
    mutating func noteProducers() {
        for index in notedNodes..<graph.nodes.count { producerIndex[graph.nodes[index].output] = index }
        notedNodes = graph.nodes.count
    }

    /// A constant as a value of the float graph; `layout` tells apart the ways one constant may be laid out.
    mutating func place(
        _ values: [Float], shape: [Int], name: String?, layout: String = "", _ node: ONNXNode
    ) -> ValueID {
        let name = name ?? "\(node.name) parameter"
        let key = "\(name) \(layout) \(shape)"
        if let id = placedConstants[key], graph.constant(id)?.values == values { return id }
        let id = graph.addConstant(name, FloatTensor(shape: shape, values: values))
        placedConstants[key] = id
        return id
    }

    /// A number that the ONNX node only means.
    mutating func place(_ number: Float, _ node: ONNXNode) -> ValueID {
        place([number], shape: [1], name: "\(number)", node)
    }

    /// Throws unless what is implemented suffices.
    func require(_ holds: Bool, _ reason: @autoclosure () -> String) throws(ImportFailure) {
        if !holds { throw .unsupported(reason()) }
    }
}
