import FloatGraph
import ModelFile

extension Lowering {
    // MARK: Unary functions

    /// A table from int16, or from int8 where the input has no more.
    mutating func table(_ node: Node, _ function: UnaryFunction) throws(QuantizerError) {
        var output = quantization(of: node.output)
        if output.type == .int16, function == .sigmoid || function == .tanh { output = .int16(bits: 15) }
        var x = operands[node.inputs[0]]!
        if x.quantization.type == .uint16 || (x.quantization.type == .int8 && output.type == .int16) {
            x = wide(node.inputs[0], node)
        }
        let constant: Int
        if x.quantization.type == .int8 {
            let values = FunctionTable.int8(function, from: x.quantization, to: output)
            constant = builder.addConstant(name: node.name + ".table", shape: [256], values)
        } else {
            let values = FunctionTable.int16(function, from: x.quantization, to: output)
            constant = builder.addConstant(name: node.name + ".table", shape: [513], values)
        }
        emit(node, .table, [x.tensor, constant], define(node.output, output))
    }

    /// Sigmoid or tanh from 2⁻¹² to Q0.15, one constant a file.
    mutating func gateTable(_ function: UnaryFunction, _ name: String) -> Int {
        shared(name) { builder in builder.addConstant(name: name, shape: [513], FunctionTable.gate(function)) }
    }

    mutating func prelu(_ node: Node) throws(QuantizerError) {
        let x = readable(node.inputs[0], node)
        let channels = x.shape.last!
        let slopes = graph.constant(node.inputs[1])!.values.map(Double.init)
        let perChannel = (0..<channels).map { slopes[slopes.count == 1 ? 0 : $0] }
        let steepest = perChannel.reduce(1) { max($0, abs($1)) }
        let (quantization, left) = try fit(node.output, node) { q -> Int32? in
            // one lift serves both sides: the steeper one decides
            let factor = x.quantization.scale / q.scale
            guard let steep = Rescale(factor: factor * steepest, bound: x.quantization.magnitude),
                FixedMultiplier(factor / Double(1 << steep.left)) != nil
            else { return nil }
            return steep.left
        }
        let unit = x.quantization.scale / quantization.scale / Double(1 << left)
        let positive = FixedMultiplier(unit)!
        let negative = perChannel.map { slope in
            FixedMultiplier(abs(slope) * unit).map { ($0.multiplier * (slope < 0 ? -1 : 1), $0.shift) } ?? (0, 1)
        }
        let rescale = Rescale(left: left, multiplier: positive.multiplier, shift: positive.shift)
        let multiplier = builder.addConstant(name: node.name + ".multiplier", shape: [channels], negative.map(\.0))
        let shift = builder.addConstant(name: node.name + ".shift", shape: [channels], negative.map(\.1))
        emit(node, .prelu(rescale), [x.tensor, multiplier, shift], define(node.output, quantization))
    }

    // MARK: Two activations

    /// x ± y: both lifted to 2^−k of the output's scale, whose way back is exact.
    mutating func sum(_ node: Node, _ step: LoweringPlan.Step, negated: Bool) throws(QuantizerError) {
        let x = readable(node.inputs[0], node), y = readable(node.inputs[1], node)
        let (quantization, factors) = try fit(step.output, node) { q -> (mx: Int32, my: Int32, bits: Int)? in
            let px = x.quantization.scale / q.scale, py = y.quantization.scale / q.scale
            for bits in stride(from: 28, through: 2, by: -1) {
                let unit = Double(1 << bits)
                let mx = (px * unit).rounded(), my = (py * unit).rounded()
                if x.quantization.magnitude * mx + y.quantization.magnitude * my < Rescale.accumulatorLimit {
                    return (Int32(mx), Int32(negated ? -my : my), bits)
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

    mutating func multiply(_ node: Node, _ step: LoweringPlan.Step) throws(QuantizerError) {
        var (x, y) = (readable(node.inputs[0], node), readable(node.inputs[1], node))
        let shape = self.shape(step.output)
        if x.shape != shape { swap(&x, &y) }
        if y.shape != shape, y.shape.last == shape.last, y.shape.reduce(1, *) == shape.last {
            y = view(y, as: [shape.last!], node)
        }
        let product = x.quantization.scale * y.quantization.scale
        // int16 · int16 reaches 2³⁰ only for −32768 twice, which a requantization still takes
        let bound = min(x.quantization.magnitude * y.quantization.magnitude, Rescale.accumulatorLimit - 1)
        let (quantization, rescale) = try fit(step.output, node) { q in
            Rescale(factor: product / q.scale, bound: bound)
        }
        let output = define(step.output, quantization)
        emit(node, .multiply(rescale, quantization.clamp(step.clip)), [x.tensor, y.tensor], output)
    }
}
