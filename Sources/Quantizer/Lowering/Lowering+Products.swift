import FloatGraph
import ModelFile

extension Lowering {
    // MARK: Products of two activations

    /// The second factor becomes int8 with zero point 0; the first stays int16 as long as sums of products fit.
    mutating func matmul(_ node: Node, _ step: LoweringPlan.Step, transposeB: Bool) throws(QuantizerError) {
        let output = matrices(node.output)
        let products = graph.shape(node.inputs[0]).last!
        let isWide = products <= Lowering.widestProduct
        let a = try factor(node.inputs[0], output.batch, node, isWide ? readable(node.inputs[0], node) : nil)
        let b = try factor(node.inputs[1], output.batch, node, nil)
        let unit = a.quantization.scale * b.quantization.scale
        let (quantization, scale) = try fit(step.output, node) { FixedMultiplier(unit / $0.scale) }
        let kind = Operator.matmul(
            transposed: !transposeB, multiplier: scale.multiplier, shift: scale.shift, quantization.clamp(step.clip))
        try result(step.output, quantization, as: [output.batch.reduce(1, *)] + output.matrix, node) {
            $0.emit(node, kind, [a.tensor, b.tensor], $1)
        }
    }

    /// Products of int16 and int8 that an accumulator holds.
    static let widestProduct = (1 << 30) / (32_768 * 127) - 1

    private func matrices(_ value: ValueID) -> (batch: [Int], matrix: [Int]) {
        let full = graph.shape(value)
        let axes = seesOneFrame && full.count > 2 ? Array(full.dropFirst()) : full
        return (Array(axes.dropLast(2)), Array(axes.suffix(2)))
    }

    /// A factor as `[batch, rows, columns]`, repeated where the other one has more matrices.
    private mutating func factor(
        _ value: ValueID, _ batch: [Int], _ node: Node, _ form: Operand?
    ) throws(QuantizerError) -> Operand {
        let operand = form ?? symmetric(value, node)
        let (own, matrix) = matrices(value)
        let spread = broadcast(operand, of: own + matrix, to: batch + matrix, node)
        return view(spread, as: [batch.reduce(1, *)] + matrix, node)
    }

    // MARK: Normalization of rows

    mutating func normalize(_ node: Node, _ epsilon: Float) throws(QuantizerError) {
        var x = readable(node.inputs[0], node)
        let channels = Double(x.shape.last!)
        func reached(_ x: Operand) -> Double { channels * channels * channels * x.quantization.magnitude * x.quantization.magnitude }
        if reached(x) >= 0x1p61 { x = symmetric(node.inputs[0], node) }
        guard reached(x) < 0x1p61 else {
            throw .range(node: node.name, reason: "rows of \(Int(channels)) are too long")
        }
        let scale = x.quantization.scale
        let added = Double(epsilon) * channels * channels * channels / (scale * scale)
        let (quantization, back) = try fit(node.output, node) {
            FixedMultiplier(channels.squareRoot() * 0x1p-29 / $0.scale)
        }
        let kind = Operator.normalize(
            centres: true, epsilon: Int64(min(added.rounded(), 0x1p60 - 0x1p8)), multiplier: back.multiplier,
            shift: back.shift)
        emit(node, kind, [x.tensor], define(node.output, quantization))
    }
}
