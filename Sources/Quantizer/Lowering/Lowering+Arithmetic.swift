import FloatGraph
import ModelFile

extension Lowering {
    // MARK: Sums and products of two values, one of which may be a constant

    /// x ± y: both lifted to 2^−k of the output's scale, whose way back is exact.
    mutating func sum(_ node: Node, _ step: LoweringPlan.Step, negated: Bool) throws(QuantizerError) {
        let constantFirst = graph.constant(node.inputs[0]) != nil
        let inputs = constantFirst ? node.inputs.reversed() : node.inputs
        let output = extents(step.output)
        let x = broadcast(readable(inputs[0], node), of: extents(inputs[0]), to: output, node)
        let y = try summand(inputs[1], output, node)
        try sum(
            node, step, x, y, signs: (negated && constantFirst ? -1 : 1, negated && !constantFirst ? -1 : 1))
    }

    /// ±x ± y as the step's output.
    mutating func sum(
        _ node: Node, _ step: LoweringPlan.Step, _ x: Operand, _ y: Operand, signs: (x: Double, y: Double) = (1, 1)
    ) throws(QuantizerError) {
        let (quantization, factors) = try fit(step.output, node) { q -> (mx: Int32, my: Int32, bits: Int)? in
            let px = x.quantization.scale / q.scale, py = y.quantization.scale / q.scale
            for bits in stride(from: 28, through: 2, by: -1) {
                let unit = Double(1 << bits)
                let mx = (px * unit).rounded(), my = (py * unit).rounded()
                if x.quantization.magnitude * mx + y.quantization.magnitude * my < Rescale.accumulatorLimit {
                    return (Int32(signs.x * mx), Int32(signs.y * my), bits)
                }
            }
            return nil
        }
        let back = FixedMultiplier(1 / Double(1 << factors.bits))!
        let kind = Operator.add(
            mx: factors.mx, my: factors.my, multiplier: back.multiplier, shift: back.shift,
            quantization.clamp(step.clip))
        emit(node, kind, [x.tensor, y.tensor], define(step.output, quantization))
    }

    private mutating func summand(
        _ value: ValueID, _ output: [Int], _ node: Node
    ) throws(QuantizerError) -> Operand {
        if let constant = graph.constant(value) { return repeated(constant, to: output, node) }
        return broadcast(readable(value, node), of: extents(value), to: output, node)
    }

    mutating func multiply(_ node: Node, _ step: LoweringPlan.Step) throws(QuantizerError) {
        let shape = self.shape(step.output)
        var (x, y) = try factors(node, extents(step.output))
        if x.shape != shape { swap(&x, &y) }
        let product = x.quantization.scale * y.quantization.scale
        // int16 · int16 reaches 2³⁰ only for −32768 twice, which a requantization still takes
        let bound = min(x.quantization.magnitude * y.quantization.magnitude, Rescale.accumulatorLimit - 1)
        let (quantization, rescale) = try fit(step.output, node) { q in
            Rescale(factor: product / q.scale, bound: bound)
        }
        let output = define(step.output, quantization)
        emit(node, .multiply(rescale, quantization.clamp(step.clip)), [x.tensor, y.tensor], output)
    }

    /// Both factors: one of the output's shape, the other of that shape, one a channel, or one a position.
    private mutating func factors(_ node: Node, _ output: [Int]) throws(QuantizerError) -> (Operand, Operand) {
        var (a, b) = (node.inputs[0], node.inputs[1])
        if graph.constant(a) != nil { swap(&a, &b) }
        if let constant = graph.constant(b) {
            let x = broadcast(readable(a, node), of: extents(a), to: output, node)
            let isPosition = constant.shape.last == 1 && constant.count == output.dropLast().reduce(1, *)
            return (x, repeated(constant, to: isPosition ? output.dropLast() + [1] : output, node))
        }
        let isFull = extents(a) == output
        if !isFull, extents(b) == output { swap(&a, &b) }
        let x = broadcast(readable(a, node), of: extents(a), to: output, node)
        let y = readable(b, node), channels = output.last!, factor = extents(b)
        if factor.last == channels, factor.reduce(1, *) == channels { return (x, view(y, as: [channels], node)) }
        if factor.last == 1, factor.reduce(1, *) == output.dropLast().reduce(1, *) {
            return (x, view(y, as: x.shape.dropLast() + [1], node))
        }
        return (x, broadcast(y, of: factor, to: output, node))
    }

    /// A constant as int16, repeated to the given extents.
    mutating func repeated(_ constant: FloatTensor, to output: [Int], _ node: Node) -> Operand {
        let largest = constant.values.reduce(0) { max($0, abs(Double($1))) }
        let quantization = Quantization.int16(magnitude: largest)
        let own = Array(constant.shape.suffix(output.count))
        let aligned = Array(repeating: 1, count: output.count - own.count) + own
        var indices = [0], stride = constant.count
        for (axis, extent) in aligned.enumerated() {
            stride /= extent
            indices = indices.flatMap { first in
                (0..<output[axis]).map { first + (extent == 1 ? 0 : $0 * stride) }
            }
        }
        let shape = Lowering.joined(output)
        let tensor = builder.addConstant(
            name: node.name + ".constant", shape: shape, scale: quantization.scale,
            indices.map { Int16(quantization.quantize(Double(constant.values[$0]))) })
        return Operand(tensor: tensor, shape: shape, quantization: quantization)
    }
}
