import FloatGraph

extension ONNXImporter {
    mutating func unary(_ function: UnaryFunction, _ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        define(node, View(try emit(.unary(function), [view.value], node), axes: view.axes))
    }

    /// Bounds are attributes before operator set 11, inputs afterwards.
    mutating func clip(_ node: ONNXNode) throws(ImportFailure) {
        func bound(_ constant: ConstantTensor?, _ name: String, default value: Float) throws(ImportFailure) -> Float {
            guard let constant else { return node.float(name, default: value) }
            guard constant.count == 1 else { throw .invalid("its \(name) must be one number") }
            return constant.floats[0]
        }
        let largest = Float.greatestFiniteMagnitude
        let low = try bound(try constant(node, 1), "min", default: -largest)
        let high = try bound(try constant(node, 2), "max", default: largest)
        guard low <= high else { throw .invalid("clips to \(low)…\(high)") }
        try unary(low == 0 && high == largest ? .relu : .clip(low, high), node)
    }

    mutating func arithmetic(_ function: ArithmeticFunction, _ node: ONNXNode) throws(ImportFailure) {
        guard node.inputs.count == 2 else { throw .invalid("has \(node.inputs.count) inputs, needs 2") }
        switch (try operand(node.inputs[0]), try operand(node.inputs[1])) {
        case (.activation, .activation):
            try arithmetic(function, try activation(node, 0), try activation(node, 1), node)
        case (.activation, .constant(let y)):
            let x = try activation(node, 0)
            try arithmetic(function, x, y, named: node.inputs[1], node) { [$0, $1] }
        case (.constant(let x), .activation):
            let y = try activation(node, 1)
            try arithmetic(function, y, x, named: node.inputs[0], node) { [$1, $0] }
        default:
            throw .invalid("its inputs cannot be broadcast")
        }
    }

    private mutating func arithmetic(
        _ function: ArithmeticFunction, _ x: View, _ y: View, _ node: ONNXNode
    ) throws(ImportFailure) {
        if x.axes == y.axes, graph.shape(x.value) == graph.shape(y.value) {
            let id: ValueID
            if function == .multiply, let (gated, x) = gate(x.value, y.value) ?? gate(y.value, x.value) {
                id = try emit(.unary(gated), [x], node)
            } else {
                id = try emit(.arithmetic(function), [x.value, y.value], node)
            }
            return define(node, View(id, axes: x.axes))
        }
        let rank = max(x.rank, y.rank)
        let (x, y) = (x.padded(to: rank), y.padded(to: rank))
        let larger = x.shape(graph).reduce(1, *) >= y.shape(graph).reduce(1, *) ? x : y
        let orders = [View.channelLast(rank: rank), larger.memoryOrder, Array(0..<rank)]
        guard let order = orders.first(where: { x.isInMemoryOrder($0) && y.isInMemoryOrder($0) }) else {
            throw transposeNeeded(x)
        }
        let id = try emit(.arithmetic(function), [try value(x, order: order), try value(y, order: order)], node)
        define(node, View(id, shape: graph.shape(id), order: order))
    }

    /// x · sigmoid(x) is swish, x · hardSigmoid(x) with the usual slope is hardSwish.
    private func gate(_ x: ValueID, _ y: ValueID) -> (UnaryFunction, ValueID)? {
        guard let node = graph.nodes.last(where: { $0.output == y }), node.inputs == [x] else { return nil }
        switch node.kind {
        case .unary(.sigmoid): return (.swish, x)
        case .unary(.hardSigmoid(let slope, let offset)) where abs(slope - 1 / 6) < 1e-6 && offset == 0.5:
            return (.hardSwish, x)
        default: return nil
        }
    }

    private mutating func arithmetic(
        _ function: ArithmeticFunction, _ x: View, _ constant: ConstantTensor, named name: String, _ node: ONNXNode,
        _ inOrder: (ValueID, ValueID) -> [ValueID]
    ) throws(ImportFailure) {
        let rank = max(x.rank, constant.shape.count)
        let view = x.padded(to: rank)
        guard constant.count > 0 else { throw .invalid("its constant is empty") }
        if constant.count == 1 {
            let y = place(constant.floats, shape: [1], name: name, node)
            let id = try emit(.arithmetic(function), inOrder(view.value, y), node)
            return define(node, View(id, axes: view.axes))
        }
        let orders = [View.channelLast(rank: rank), view.memoryOrder]
        guard let order = orders.first(where: view.isInMemoryOrder) else { throw transposeNeeded(view) }
        let laidOut = aligned(constant, order: order)
        let y = place(laidOut.floats, shape: laidOut.shape, name: name, layout: "\(order)", node)
        let id = try emit(.arithmetic(function), inOrder(try value(view, order: order), y), node)
        define(node, View(id, shape: graph.shape(id), order: order))
    }

    /// A constant as it is broadcast against a value with its ONNX axes in `order`, without leading axes of extent 1.
    private func aligned(_ constant: ConstantTensor, order: [Int]) -> ConstantTensor {
        let shape = Array(repeating: 1, count: order.count - constant.shape.count) + constant.shape
        let laidOut = constant.reshaped(shape).transposed(order)
        let trimmed = Array(laidOut.shape.drop { $0 == 1 })
        return laidOut.reshaped(trimmed.isEmpty ? [1] : trimmed)
    }

    mutating func prelu(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let slope = try requiredConstant(node, 1)
        let order = View.channelLast(rank: view.rank)
        guard slope.shape.count <= view.rank, slope.count > 0 else {
            throw .invalid("its slope has shape \(slope.shape)")
        }
        let laidOut = aligned(slope, order: order)
        try require(
            laidOut.shape.count == 1, "its slope has shape \(slope.shape), supported are one, and one a channel")
        let y = place(laidOut.floats, shape: laidOut.shape, name: node.input(1), layout: "slope", node)
        let id = try emit(.prelu, [try value(view, order: order), y], node)
        define(node, View(id, shape: graph.shape(id), order: order))
    }

    mutating func batchNormalization(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        try require(node.integer("training_mode", default: 0) == 0, "is exported for training; export for evaluation")
        guard view.rank >= 2 else { throw .invalid("normalizes \(view.rank) axes") }
        let order = [0] + Array(2..<view.rank) + [1]
        var inputs = [try value(view, order: order)]
        for index in 1...4 {
            let parameter = try requiredConstant(node, index)
            inputs.append(place(parameter.floats, shape: parameter.shape, name: node.input(index), node))
        }
        guard graph.constant(inputs[4])!.values.allSatisfy({ $0 >= 0 }) else {
            throw .invalid("has a negative variance")
        }
        let id = try emit(.batchNormalization(epsilon: node.float("epsilon", default: 1e-5)), inputs, node)
        define(node, View(id, shape: graph.shape(id), order: order))
    }
}
