import FloatGraph

extension ONNXImporter {
    /// alpha·A·B + beta·C with constant B and C.
    mutating func gemm(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let b = try requiredConstant(node, 1)
        let c = try constant(node, 2)
        guard view.rank == 2, b.shape.count == 2 else {
            throw .invalid("multiplies \(view.rank) by \(b.shape.count) axes")
        }
        let (alpha, beta) = (node.float("alpha", default: 1), node.float("beta", default: 1))
        let weights = node.integer("transB", default: 0) != 0 ? b : b.transposed([1, 0])
        let isTransposed = node.integer("transA", default: 0) != 0
        var bias: [Float]?
        if let c {
            let columns = weights.shape[0]
            try require(
                c.shape.dropLast().allSatisfy { $0 == 1 } && [1, columns].contains(c.count),
                "adds C \(c.shape), supported is one number, or one for each of \(columns) columns")
            bias = (c.count == 1 ? Array(repeating: c.floats[0], count: columns) : c.floats).map { $0 * beta }
        }
        let scaled = alpha == 1 ? weights : ConstantTensor(weights.floats.map { $0 * alpha }, shape: weights.shape)
        try dense(view, rows: isTransposed ? [1] : [0], column: isTransposed ? 0 : 1, scaled, bias, node)
    }

    mutating func matMul(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        if let name = node.input(1), case .activation(let other) = try operand(name) {
            return try attention(weights: view, values: other, node)
        }
        let b = try requiredConstant(node, 1)
        try require(b.shape.count == 2, "multiplies by a constant of shape \(b.shape), supported is a matrix")
        guard view.rank >= 1 else { throw .invalid("multiplies a scalar") }
        let last = view.rank - 1
        try dense(view, rows: Array(0..<last), column: last, b.transposed([1, 0]), nil, node)
    }

    /// A dense layer; `weights` are `[outputs, inputs]` with the inputs in ONNX order.
    private mutating func dense(
        _ view: View, rows: [Int], column: Int, _ weights: ConstantTensor, _ bias: [Float]?, _ node: ONNXNode
    ) throws(ImportFailure) {
        let (outputs, inputs) = (weights.shape[0], weights.shape[1])
        guard view.shape(graph)[column] == inputs, weights.count > 0 else {
            throw .invalid("multiplies \(view.shape(graph)) by a matrix with \(inputs) rows")
        }
        let operand = try matrix(view, rows: rows, column: column)
        var values = weights.floats
        if let columns = operand.columns {
            values = (0..<outputs).flatMap { row in columns.map { weights.floats[row * inputs + $0] } }
        }
        let layout = operand.columns == nil ? "outputs first" : "outputs first, inputs channel-last"
        var ids = [operand.value, place(values, shape: [outputs, inputs], name: node.input(1), layout: layout, node)]
        if let bias { ids.append(place(bias, shape: [outputs], name: node.input(2), node)) }
        let id = try emit(.dense, ids, node)
        define(node, trimmed(View(id, axes: operand.axes)))
    }

    /// A range of a layer's output channels is a narrower layer: only its weights are taken.
    mutating func slice(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let shape = view.shape(graph)
        let ranges = try sliceRanges(node, shape)
        guard let axis = ranges.indices.first(where: { ranges[$0] != Array(0..<shape[$0]) }) else {
            return define(node, view)
        }
        try require(ranges.indices.allSatisfy { $0 == axis || ranges[$0] == Array(0..<shape[$0]) }, "slices several axes")
        try narrow(view, axis, to: ranges[axis], node, output: 0)
    }

    mutating func split(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let shape = view.shape(graph)
        let axis = try normalizedAxis(node.integer("axis", default: 0), rank: shape.count)
        let parts = max(1, node.outputs.count)
        let even = Array(repeating: (shape[axis] + parts - 1) / parts, count: parts - 1)
        let sizes = try integers(node, "split", orInput: 1) ?? (even + [shape[axis] - even.reduce(0, +)])
        guard sizes.count == parts, sizes.allSatisfy((1...shape[axis]).contains), sizes.reduce(0, +) == shape[axis]
        else {
            throw .invalid("splits \(shape) into \(sizes) on axis \(axis)")
        }
        var start = 0
        for (output, size) in sizes.enumerated() {
            try narrow(view, axis, to: Array(start..<start + size), node, output: output)
            start += size
        }
    }

    private mutating func narrow(
        _ view: View, _ axis: Int, to channels: [Int], _ node: ONNXNode, output: Int
    ) throws(ImportFailure) {
        let shape = graph.shape(view.value)
        let layer = graph.nodes.last { $0.output == view.value }
        guard let layer, ["dense", "convolution"].contains(layer.kind.label),
            view.axes[axis] == [shape.count - 1], !channels.isEmpty
        else { throw .unsupported("slices something else than the channels of a Gemm, MatMul or Conv") }
        let weights = graph.constant(layer.inputs[1])!
        let width = weights.count / weights.shape[0]
        let rows = channels.flatMap { weights.values[$0 * width..<($0 + 1) * width] }
        let name = "\(node.name) \(output)"
        let narrow = [channels.count] + weights.shape[1...]
        var inputs = [layer.inputs[0], place(rows, shape: narrow, name: name, layout: "weights", node)]
        if layer.inputs.count > 2 {
            let bias = graph.constant(layer.inputs[2])!.values
            inputs.append(place(channels.map { bias[$0] }, shape: [channels.count], name: name, layout: "bias", node))
        }
        let id = try emit(layer.kind, inputs, node, output: output)
        define(node, output: output, trimmed(View(id, axes: view.axes)))
    }
}
