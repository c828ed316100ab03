import FloatGraph

extension ONNXImporter {
    /// Adds a node to the float graph, named as the ONNX node, its output as the ONNX node's.
    mutating func emit(
        _ kind: FloatOperator, _ inputs: [ValueID], _ node: ONNXNode, output index: Int = 0
    ) throws(ImportFailure) -> ValueID {
        do {
            let id = try graph.append(kind, inputs, name: node.name)
            graph.values[id].name = node.output(index) ?? node.name
            return id
        } catch {
            throw .invalid(error.description)
        }
    }

    /// Lets a name of the ONNX graph stand for a view.
    mutating func define(_ node: ONNXNode, output index: Int = 0, _ view: View) {
        if let name = node.output(index) { operands[name] = .activation(view) }
    }

    /// A view's elements as a value with one axis for each ONNX axis, in the given order of those.
    mutating func value(_ view: View, order: [Int]) throws(ImportFailure) -> ValueID {
        guard view.isInMemoryOrder(order) else { throw transposeNeeded(view) }
        let shape = view.shape(graph)
        return reshape(view.value, to: order.map { shape[$0] })
    }

    func transposeNeeded(_ view: View) -> ImportFailure {
        .unsupported(
            "needs \(graph.values[view.value].name) with its axes in another order than channel-last; "
                + "supported are transposes that weights can take up")
    }

    /// The same elements under another shape; chains of reshapes become one, or none.
    mutating func reshape(_ id: ValueID, to shape: [Int]) -> ValueID {
        if graph.shape(id) == shape { return id }
        if let node = graph.nodes.last(where: { $0.output == id }), node.kind == .reshape {
            return reshape(node.inputs[0], to: shape)
        }
        if let twin = graph.nodes.first(where: {
            $0.kind == .reshape && $0.inputs[0] == id && graph.shape($0.output) == shape
        }) {
            return twin.output
        }
        let name = graph.values[id].name
        let output = graph.addValue("\(name) as \(shape)", shape: shape)
        graph.nodes.append(Node(name: "\(name) as \(shape)", kind: .reshape, inputs: [id], output: output))
        return output
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

    /// A matrix operand `[rows…, columns]`: axes of extent 1 among the rows left out, at least one row axis kept.
    ///
    /// - Returns: the value, the view's axes of a result that replaces the columns by others, and, where the columns
    ///   are joined axes in another order than in memory (Flatten of N×C×H×W), the ONNX column of every column in
    ///   memory.
    mutating func matrix(
        _ view: View, rows: [Int], column: Int
    ) throws(ImportFailure) -> (value: ValueID, axes: [[Int]], columns: [Int]?) {
        let group = view.axes[column]
        let rowAxes = rows.flatMap { view.axes[$0] }
        guard rowAxes == rowAxes.sorted(), (rowAxes.last ?? -1) < (group.min() ?? .max) else {
            throw transposeNeeded(view)
        }
        let shape = graph.shape(view.value)
        let onnxShape = view.shape(graph)
        let filled = rows.filter { !view.axes[$0].isEmpty }
        let rowShape = filled.isEmpty ? [1] : filled.map { onnxShape[$0] }
        var axes = Array(repeating: [Int](), count: view.rank)
        for (j, row) in filled.enumerated() { axes[row] = [j] }
        axes[column] = [rowShape.count]
        let id = reshape(view.value, to: rowShape + [onnxShape[column]])
        guard group != group.sorted() else { return (id, axes, nil) }
        let extents = group.map { shape[$0] }
        let strides = rowMajorStrides(extents)
        let inMemory = group.indices.sorted { group[$0] < group[$1] }
        return (id, axes, offsets(inMemory.map { (extents[$0], strides[$0]) }))
    }

    /// A view after its axes were set for a result, without those of extent 1.
    func trimmed(_ view: View) -> View {
        let shape = graph.shape(view.value)
        return View(view.value, axes: view.axes.map { $0.filter { shape[$0] > 1 } })
    }

    /// Throws unless an attribute has the value that is implemented.
    func require(_ holds: Bool, _ reason: @autoclosure () -> String) throws(ImportFailure) {
        if !holds { throw .unsupported(reason()) }
    }
}
