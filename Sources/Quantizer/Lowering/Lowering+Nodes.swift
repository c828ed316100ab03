import FloatGraph
import ModelFile

extension Lowering {
    /// Writes the operations of one step of the plan and records them for the report.
    mutating func lower(_ step: LoweringPlan.Step) throws(QuantizerError) {
        let node = graph.nodes[step.node]
        let first = operations.count
        switch node.kind {
        case .convolution, .depthwise, .dense: try weighted(node, step)
        case .batchNormalization: try affine(node, step)
        case .arithmetic(.multiply): try multiply(node, step)
        case .arithmetic(.add): try sum(node, step, negated: false)
        case .arithmetic(.subtract): try sum(node, step, negated: true)
        case .matmul(let transposeB): try matmul(node, step, transposeB: transposeB)
        case .layerNormalization(let epsilon): try normalize(node, epsilon)
        case .unary(let function): try table(node, function)
        case .prelu: try prelu(node)
        case .concatenate where graph.isCopy(node): try copy(node)
        case .concatenate(let axis): try concatenate(node, axis)
        case .transpose, .slice, .pad, .resize(.nearest, _, _): try move(node)
        case .resize(.linear(let coordinates), _, _): try interpolate(node, coordinates)
        case .pool(.maximum, let kernelY, let kernelX, let window): maximumPool(node, kernelY, kernelX, window)
        case .reduce(.mean, let axes, _): try mean(node, axes, isSum: false)
        case .reduce(.sum, let axes, _): try mean(node, axes, isSum: true)
        case .reduce(.maximum, let axes, _): maximum(node, axes)
        case .softmax: softmax(node)
        case .lstm(let hidden): try lstm(node, hidden: hidden, index: step.node)
        case .gru(let hidden, let resetAfter): try gru(node, hidden: hidden, resetAfter: resetAfter)
        case .selfAttention: try attention(node)
        case .reshape: reshape(node)
        case .transposedConvolution, .pool(.average, _, _, _), .arithmetic, .reduce:
            // expanded into others, or refused by `Support`
            throw .unsupported([.init(node: node.name, operation: node.kind.label, reason: "has no integer form")])
        }
        report(node, step.output, operations[first...])
    }

    // MARK: Shape

    /// The value as int8 beside its int16 form; where both are int16, the same integers.
    private mutating func copy(_ node: Node) throws(QuantizerError) {
        let x = readable(node.inputs[0], node)
        guard plan.types[node.output] != x.quantization.type else { return reshape(node) }
        let (quantization, rescale) = try fit(node.output, node) {
            Rescale(factor: x.quantization.scale / $0.scale, bound: x.quantization.magnitude)
        }
        emit(node, .rescale(rescale), [x.tensor], define(node.output, quantization))
    }

    private mutating func reshape(_ node: Node) {
        let x = operands[node.inputs[0]]!
        emit(node, .reshape, [x.tensor], define(node.output, x.quantization))
    }

    /// On the last axis, or on the last but for what lies behind the axis, which moves together.
    private mutating func concatenate(_ node: Node, _ axis: Int) throws(QuantizerError) {
        let rank = graph.shape(node.output).count
        let outer = graph.shape(node.output)[..<axis].reduce(1, *) / (seesOneFrame && axis > 0 ? frames : 1)
        func rows(_ shape: [Int]) -> [Int] {
            axis == rank - 1 ? shape : [outer, shape.reduce(1, *) / outer]
        }
        let parts = node.inputs.map { input in
            let part = graph.constant(input).map { repeated($0, to: extents(input), node) } ?? readable(input, node)
            return view(part, as: rows(part.shape), node)
        }
        let (quantization, rescales) = try fit(node.output, node) { q -> [Rescale?]? in
            var rescales: [Rescale?] = []
            for part in parts {
                if part.quantization == q {
                    rescales.append(nil)
                } else {
                    let factor = part.quantization.scale / q.scale
                    guard let rescale = Rescale(factor: factor, bound: part.quantization.magnitude) else { return nil }
                    rescales.append(rescale)
                }
            }
            return rescales
        }
        try result(node.output, quantization, as: rows(shape(node.output)), node) { lowering, output in
            lowering.emit(node, .concatenate(rescales), parts.map(\.tensor), output)
        }
    }

    // MARK: Reductions

    /// The axes of the graph as `[outer, count, inner]` of the program's shape.
    private func extents(_ node: Node, _ axes: [Int]) -> (outer: Int32, count: Int32, inner: Int32) {
        let full = graph.shape(node.inputs[0]), x = extents(node.inputs[0])
        let offset = full.count - x.count
        let kept = axes.map { $0 - offset }.filter { $0 >= 0 }.sorted()
        guard let first = kept.first, let last = kept.last else { return (1, 1, Int32(x.reduce(1, *))) }
        return (
            Int32(x[..<first].reduce(1, *)), Int32(x[first...last].reduce(1, *)), Int32(x[(last + 1)...].reduce(1, *))
        )
    }

    private mutating func mean(_ node: Node, _ axes: [Int], isSum: Bool) throws(QuantizerError) {
        let x = readable(node.inputs[0], node)
        let (outer, count, inner) = extents(node, axes)
        let (quantization, rescale) = try fit(node.output, node) { q in
            Rescale(
                factor: x.quantization.scale / ((isSum ? 1 : Double(count)) * q.scale),
                bound: Double(count) * x.quantization.magnitude)
        }
        let output = define(node.output, quantization)
        emit(node, .mean(outer: outer, count: count, inner: inner, rescale), [x.tensor], output)
    }

    private mutating func maximum(_ node: Node, _ axes: [Int]) {
        let x = readable(node.inputs[0], node)
        let (outer, count, inner) = extents(node, axes)
        let output = define(node.output, x.quantization)
        emit(node, .maximum(outer: outer, count: count, inner: inner), [x.tensor], output)
    }

    // MARK: Softmax

    private mutating func softmax(_ node: Node) {
        let x = readable(node.inputs[0], node)
        let (high, low) = exponentTables(scale: x.quantization.scale, node.name)
        emit(node, .softmax, [x.tensor, high, low], define(node.output, .probabilities))
    }

    /// Constants of exp(−d·scale).
    mutating func exponentTables(scale: Double, _ name: String) -> (high: Int, low: Int) {
        let tables = FunctionTable.exponent(scale: scale)
        return (
            builder.addConstant(name: name + ".high", shape: [256], tables.high),
            builder.addConstant(name: name + ".low", shape: [256], tables.low)
        )
    }
}
