import FloatGraph

extension ONNXImporter {
    /// Functions of single elements, one after the other.
    mutating func unary(_ functions: [UnaryFunction], _ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        var id = view.value
        for (index, function) in functions.enumerated() {
            id = index == functions.count - 1
                ? try emit(.unary(function), [id], node) : try emit(.unary(function), [id], node, part: "\(index)")
        }
        define(node, View(id, axes: view.axes))
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
        try unary([low == 0 && high == largest ? .relu : .clip(low, high)], node)
    }

    /// alpha · elu(x / alpha)
    mutating func celu(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let alpha = node.float("alpha", default: 1)
        guard alpha != 0 else { throw .invalid("divides by its alpha, which is 0") }
        let scaled = try emit(.arithmetic(.multiply), [view.value, place(1 / alpha, node)], node, part: "scaled")
        let curve = try emit(.unary(.elu(1)), [scaled], node, part: "elu")
        define(node, View(try emit(.arithmetic(.multiply), [curve, place(alpha, node)], node), axes: view.axes))
    }

    /// A power with a constant exponent.
    mutating func power(_ node: ONNXNode) throws(ImportFailure) {
        let exponent = try requiredConstant(node, 1)
        try require(exponent.count == 1, "has exponents of shape \(exponent.shape), supported is one number")
        switch exponent.floats[0] {
        case 1: define(node, try activation(node, 0))
        case 2: try unary([.square], node)
        case 0.5: try unary([.squareRoot], node)
        case -1: try unary([.reciprocal], node)
        case let other: try unary([.power(other)], node)
        }
    }

    // MARK: Two operands

    mutating func arithmetic(_ function: ArithmeticFunction, _ node: ONNXNode) throws(ImportFailure) {
        guard node.inputs.count == 2 else { throw .invalid("has \(node.inputs.count) inputs, needs 2") }
        let view = try combine(function, try operand(node.inputs[0]), try operand(node.inputs[1]), node, part: nil)
        define(node, view)
    }

    /// Any number of operands, from the left; then times a factor.
    mutating func variadic(
        _ function: ArithmeticFunction, _ node: ONNXNode, factor: Float = 1
    ) throws(ImportFailure) {
        guard let first = node.input(0) else { throw .invalid("has no input 0") }
        var result = try operand(first)
        for (index, name) in node.inputs.enumerated().dropFirst() {
            let isLast = index == node.inputs.count - 1 && factor == 1
            let part = isLast ? nil : "\(index)"
            result = .activation(try combine(function, result, try operand(name), node, part: part))
        }
        guard case .activation(let view) = result else { throw .unsupported("combines constants") }
        if factor == 1 { return define(node, view) }
        define(node, View(try emit(.arithmetic(.multiply), [view.value, place(factor, node)], node), axes: view.axes))
    }

    /// - Parameter part: names a step on the way, `nil` the node's result.
    mutating func combine(
        _ function: ArithmeticFunction, _ x: Operand, _ y: Operand, _ node: ONNXNode, part: String?
    ) throws(ImportFailure) -> View {
        switch (x, y) {
        case (.activation(let x), .activation(let y)):
            try combine(function, x, y, node, part)
        case (.activation(let x), .constant(let y)):
            try combine(function, x, y, named: node.input(1), node, part) { [$0, $1] }
        case (.constant(let x), .activation(let y)):
            try combine(function, y, x, named: node.input(0), node, part) { [$1, $0] }
        default:
            throw .unsupported("combines constants in a way that is not folded")
        }
    }

    private mutating func emit(
        _ kind: FloatOperator, _ inputs: [ValueID], _ node: ONNXNode, orPart part: String?
    ) throws(ImportFailure) -> ValueID {
        if let part { try emit(kind, inputs, node, part: part) } else { try emit(kind, inputs, node) }
    }

    private mutating func combine(
        _ function: ArithmeticFunction, _ x: View, _ y: View, _ node: ONNXNode, _ part: String?
    ) throws(ImportFailure) -> View {
        if function == .divide, let terms = softmaxTerms(x.value, over: y.value) {
            return View(try emit(.softmax, [terms], node, orPart: part), axes: x.axes)
        }
        if x.axes == y.axes, graph.shape(x.value) == graph.shape(y.value) {
            if function == .multiply, let (gated, x0) = gate(x.value, y.value) ?? gate(y.value, x.value) {
                return View(try emit(.unary(gated), [x0], node, orPart: part), axes: x.axes)
            }
            return View(try emit(.arithmetic(function), [x.value, y.value], node, orPart: part), axes: x.axes)
        }
        let rank = max(x.rank, y.rank)
        let (x, y) = (x.padded(to: rank), y.padded(to: rank))
        let order = commonOrder([x, y])
        let operands = [try framedValue(x, order: order), try framedValue(y, order: order)]
        let id = try emit(.arithmetic(function), operands, node, orPart: part)
        return View(id, shape: graph.shape(id), order: order)
    }

    /// z of e^z / Σ e^z over the last axis; a maximum that was subtracted before makes no difference.
    private func softmaxTerms(_ x: ValueID, over sum: ValueID) -> ValueID? {
        guard let total = producer(sum), let exponential = producer(x), exponential.kind == .unary(.exp),
            total.kind == .reduce(.sum, axes: [graph.shape(x).count - 1], keep: true), total.inputs == [x]
        else { return nil }
        let z = exponential.inputs[0]
        guard let difference = producer(z), difference.kind == .arithmetic(.subtract),
            let largest = producer(source(difference.inputs[1])), case .reduce(.maximum, _, true) = largest.kind,
            source(largest.inputs[0]) == source(difference.inputs[0])
        else { return z }
        return difference.inputs[0]
    }

    /// The value behind reshapes.
    private func source(_ id: ValueID) -> ValueID {
        guard let node = producer(id), node.kind == .reshape else { return id }
        return source(node.inputs[0])
    }

    /// x · sigmoid(x) is swish, x · hardSigmoid(x) with the usual slope is hardSwish.
    private func gate(_ x: ValueID, _ y: ValueID) -> (UnaryFunction, ValueID)? {
        guard let node = producer(y), node.inputs == [x] else { return nil }
        switch node.kind {
        case .unary(.sigmoid): return (.swish, x)
        case .unary(.hardSigmoid(let slope, let offset)) where abs(slope - 1 / 6) < 1e-6 && offset == 0.5:
            return (.hardSwish, x)
        default: return nil
        }
    }

    private mutating func combine(
        _ function: ArithmeticFunction, _ x: View, _ constant: ConstantTensor, named name: String?, _ node: ONNXNode,
        _ part: String?, _ inOrder: (ValueID, ValueID) -> [ValueID]
    ) throws(ImportFailure) -> View {
        guard constant.count > 0 else { throw .invalid("its constant is empty") }
        let view = x.padded(to: max(x.rank, constant.shape.count))
        if constant.count == 1 {
            let y = place(constant.floats, shape: [1], name: name, node)
            return View(try emit(.arithmetic(function), inOrder(view.value, y), node, orPart: part), axes: view.axes)
        }
        if let laidOut = laidOut(constant, for: view) {
            let y = place(laidOut.floats, shape: laidOut.shape, name: name, layout: "\(view.axes)", node)
            return View(try emit(.arithmetic(function), inOrder(view.value, y), node, orPart: part), axes: view.axes)
        }
        let order = commonOrder([view])
        let laidOut = aligned(constant, order: order)
        let y = place(laidOut.floats, shape: laidOut.shape, name: name, layout: "\(order)", node)
        let operands = inOrder(try framedValue(view, order: order), y)
        let id = try emit(.arithmetic(function), operands, node, orPart: part)
        return View(id, shape: graph.shape(id), order: order)
    }

    /// A constant as it is broadcast against a value with its ONNX axes in `order`, without leading axes of extent 1.
    func aligned(_ constant: ConstantTensor, order: [Int]) -> ConstantTensor {
        let shape = Array(repeating: 1, count: order.count - constant.shape.count) + constant.shape
        let laidOut = constant.reshaped(shape).transposed(order)
        let trimmed = Array(laidOut.shape.drop { $0 == 1 })
        return laidOut.reshaped(trimmed.isEmpty ? [1] : trimmed)
    }

    /// A slope of each channel, or else relu(x) + slope · min(x, 0).
    mutating func prelu(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let slope = try requiredConstant(node, 1)
        guard slope.count > 0, let laidOut = laidOut(slope, for: view) else {
            throw .invalid("its slope has shape \(slope.shape)")
        }
        let y = place(laidOut.floats, shape: laidOut.shape, name: node.input(1), layout: "slope \(view.axes)", node)
        if laidOut.shape.count == 1 {
            return define(node, View(try emit(.prelu, [view.value, y], node), axes: view.axes))
        }
        let positive = try emit(.unary(.relu), [view.value], node, part: "positive")
        let bounds = UnaryFunction.clip(-Float.greatestFiniteMagnitude, 0)
        let negative = try emit(.unary(bounds), [view.value], node, part: "negative")
        let scaled = try emit(.arithmetic(.multiply), [negative, y], node, part: "scaled")
        define(node, View(try emit(.arithmetic(.add), [positive, scaled], node), axes: view.axes))
    }

    /// Where with a constant condition: condition · x + (1 − condition) · y.
    /// Greater: only what chooses between a number and its softplus is understood.
    mutating func compare(_ node: ONNXNode) throws(ImportFailure) {
        let reason = "compares what depends on the picture; " + cutAdvice(node)
        guard let name = node.input(0), case .activation(let view) = try operand(name),
            let bound = try constant(node, 1), bound.count == 1, let output = node.output(0)
        else { throw .unsupported(reason) }
        comparisons[output] = (view, bound.floats[0])
        operands[output] = .missing(reason)
    }

    /// Softplus as PyTorch writes it: above 20 the number itself, which differs by 2·10⁻⁹.
    private mutating func softplus(_ node: ONNXNode) throws(ImportFailure) -> View? {
        guard node.inputs.count == 3, let (view, bound) = comparisons[node.inputs[0]], bound >= 15,
            case .activation(let x) = try operand(node.inputs[1]),
            case .activation(let y) = try operand(node.inputs[2]),
            x.value == view.value, let producer = producer(y.value), producer.kind == .unary(.softplus),
            producer.inputs == [view.value]
        else { return nil }
        return y
    }

    mutating func select(_ node: ONNXNode) throws(ImportFailure) {
        if let view = try softplus(node) { return define(node, view) }
        guard let name = node.input(0), case .constant(let condition) = try operand(name), node.inputs.count == 3 else {
            throw .unsupported("its condition depends on the picture; " + cutAdvice(node))
        }
        let (x, y) = (try operand(node.inputs[1]), try operand(node.inputs[2]))
        if condition.floats.allSatisfy({ $0 != 0 }), case .activation(let view) = x { return define(node, view) }
        if condition.floats.allSatisfy({ $0 == 0 }), case .activation(let view) = y { return define(node, view) }
        let inverse = ConstantTensor(condition.floats.map { $0 != 0 ? 0 : 1 }, shape: condition.shape)
        let mask = ConstantTensor(condition.floats.map { $0 != 0 ? 1 : 0 }, shape: condition.shape)
        let left = try masked(x, mask, node, part: "then")
        let right = try masked(y, inverse, node, part: "else")
        define(node, try combine(.add, left, right, node, part: nil))
    }

    private mutating func masked(
        _ operand: Operand, _ mask: ConstantTensor, _ node: ONNXNode, part: String
    ) throws(ImportFailure) -> Operand {
        if case .constant(let tensor) = operand { return .constant(try arithmetic(.multiply, tensor, mask)) }
        return .activation(try combine(.multiply, operand, .constant(mask), node, part: part))
    }
}
