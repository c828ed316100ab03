import FloatGraph
import TFLiteFormat

extension TFLiteImporter {
    mutating func unary(_ function: UnaryFunction, _ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0)
        try define(node, try append(.unary(function), [x.value], node), shape: x.shape)
    }

    /// Broadcast by NumPy's rules, as in the float graph.
    mutating func arithmetic(
        _ function: ArithmeticFunction, _ node: TFLiteNode, activation: Int = 0
    ) throws(ImportFailure) {
        let (id, shape) = try combined(function, node)
        try define(node, id, shape: shape, activation: activation)
    }

    private mutating func combined(
        _ function: ArithmeticFunction, _ node: TFLiteNode
    ) throws(ImportFailure) -> (ValueID, shape: [Int]) {
        guard let first = node.input(0), let second = node.input(1) else { throw .invalid("needs two inputs") }
        switch (try operand(first), try operand(second)) {
        case (.activation, .activation):
            let x = try self.activation(node, 0), y = try self.activation(node, 1)
            let shape = try broadcast(x.shape, y.shape)
            if x.shape == y.shape, graph.shape(x.value) == graph.shape(y.value) {
                if function == .multiply, let (gated, x) = gate(x.value, y.value) ?? gate(y.value, x.value) {
                    return (try append(.unary(gated), [x], node), shape)
                }
                return (try append(.arithmetic(function), [x.value, y.value], node), shape)
            }
            return (try append(.arithmetic(function), [value(x), value(y)], node), shape)
        case (.activation, .constant(let y)):
            let x = try self.activation(node, 0)
            let shape = try broadcast(x.shape, y.tensor.shape)
            if let clip = clip(function, y.tensor) { return (try append(.unary(clip), [x.value], node), shape) }
            let id = place(factor: y, node, input: 1)
            return (try append(.arithmetic(function), [value(x), id], node), shape)
        case (.constant(let x), .activation):
            let y = try self.activation(node, 1)
            let shape = try broadcast(x.tensor.shape, y.shape)
            if let clip = clip(function, x.tensor) { return (try append(.unary(clip), [y.value], node), shape) }
            let id = place(factor: x, node, input: 0)
            return (try append(.arithmetic(function), [id, value(y)], node), shape)
        default:
            throw .invalid("its inputs cannot be broadcast")
        }
    }

    /// Of any number of computed tensors of one shape.
    mutating func sum(_ node: TFLiteNode) throws(ImportFailure) {
        var total = try activation(node, 0)
        for index in node.inputs.indices.dropFirst() {
            let next = try activation(node, index)
            guard next.shape == total.shape else { throw .invalid("adds \(next.shape) to \(total.shape)") }
            total = Activation(try append(.arithmetic(.add), [value(total), value(next)], node), shape: total.shape)
        }
        try define(node, total.value, shape: total.shape)
    }

    /// A constant without leading axes of extent 1: they are broadcast anyway.
    private mutating func place(factor: TFLiteConstant, _ node: TFLiteNode, input: Int) -> ValueID {
        let trimmed = Array(factor.tensor.shape.drop { $0 == 1 })
        return place(
            factor, factor.tensor.floats, shape: trimmed.isEmpty ? [1] : trimmed, axis: trimmed.count - 1,
            layout: "factor", node, input: input)
    }

    private func broadcast(_ x: [Int], _ y: [Int]) throws(ImportFailure) -> [Int] {
        guard !x.contains(0), !y.contains(0) else { throw .invalid("combines an empty tensor") }
        do {
            return try Graph.outputShape(.arithmetic(.add), [x, y])
        } catch {
            throw .invalid(error.description)
        }
    }

    /// The smaller or larger of a value and one number.
    private func clip(_ function: ArithmeticFunction, _ constant: ConstantTensor) -> UnaryFunction? {
        guard constant.count == 1 else { return nil }
        let bound = constant.floats[0], largest = Float.greatestFiniteMagnitude
        switch function {
        case .minimum: return .clip(-largest, bound)
        case .maximum: return bound == 0 ? .relu : .clip(bound, largest)
        default: return nil
        }
    }

    /// x · sigmoid(x) is swish, unless the sigmoid is quantized by itself.
    private func gate(_ x: ValueID, _ y: ValueID) -> (UnaryFunction, ValueID)? {
        guard let node = graph.nodes.last(where: { $0.output == y }), node.inputs == [x],
            node.kind == .unary(.sigmoid), graph.values[y].quantization == nil
        else { return nil }
        return (.swish, x)
    }

    mutating func squaredDifference(_ node: TFLiteNode) throws(ImportFailure) {
        let (id, shape) = try combined(.subtract, node)
        try define(node, try append(.unary(.square), [id], node), shape: shape)
    }

    mutating func power(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0), exponent = try requiredConstant(node, 1).tensor
        try require(exponent.count == 1, "has \(exponent.count) exponents, supported is one")
        let function: UnaryFunction =
            switch exponent.floats[0] {
            case 2: .square
            case 0.5: .squareRoot
            case -1: .reciprocal
            case let other: .power(other)
            }
        try define(node, try append(.unary(function), [x.value], node), shape: x.shape)
    }

    mutating func prelu(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0), slope = try requiredConstant(node, 1)
        let count = slope.tensor.count
        try require(
            count == 1 || count == slope.tensor.shape.last && count == x.shape.last,
            "has slopes \(slope.tensor.shape), supported are one, and one a channel")
        let id = place(slope, slope.tensor.floats, shape: [count], axis: 0, layout: "slope", node, input: 1)
        try define(node, try append(.prelu, [value(x), id], node), shape: x.shape)
    }
}
