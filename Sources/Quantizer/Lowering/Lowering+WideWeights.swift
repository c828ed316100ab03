import FloatGraph
import ModelFile

extension Lowering {
    /// A dense layer whose weights are wider than int8: one layer of the rounded weights, one of what their rounding
    /// left, and the sum of both.
    ///
    /// Where inputs are int16 and rows long, the accumulator's limit leaves a weight of a single layer five bits or so.
    mutating func weightedTwice(_ node: Node, _ step: LoweringPlan.Step) throws(QuantizerError) {
        let x = readable(node.inputs[0], node)
        let tensor = graph.constant(node.inputs[1])!
        let matrix = WeightMatrix(tensor)
        let refined = calibration.refined[node.output]
        let statistics = calibration.statistics[node.inputs[0]]
        let moments = InputMoments(statistics, matrix, correctsBias: options.correctsBias)
        let bias = refined?.bias ?? graph.bias(node)
        var coarse = refined.map { coarsened($0, matrix, x.quantization) } ?? round(matrix, bias, x.quantization, moments)
        let least = (coarse.map(\.scale).max() ?? 0) * x.quantization.scale / FixedMultiplier.largest * (1 + 1e-9)
        // what is left may add to the rounded sum before a clip takes from both
        let reached = calibration.statistics[step.output].map(\.magnitude) ?? 1
        let part = Quantization.int16(magnitude: 2 * reached, atLeast: least)
        represent(&coarse, matrix, x.quantization, part)
        let rest = matrix.replacing((0..<matrix.channels).map { matrix.remainder(coarse[$0], $0) })
        let zeros = Array(repeating: 0.0, count: matrix.channels)
        var fine = round(rest, zeros, x.quantization, moments)
        represent(&fine, rest, x.quantization, part)
        var sums: [Operand] = []
        var ratio = 0.0
        for (name, matrix, rows, bias) in [("coarse", matrix, coarse, bias), ("fine", rest, fine, zeros)] {
            let constants = try integers(node, matrix, rows, bias, input: x.quantization, output: part)
            let operands = [x.tensor] + add(constants, shape: tensor.shape, node.name + "." + name)
            let sum = add(graph.values[step.output].name + ":" + name, shape(step.output), part)
            operations.append(
                Operation(
                    name: node.name + "." + name, kind: .dense(part.clamp(nil)), inputs: operands, output: sum.tensor))
            sums.append(sum)
            // the second part's signal is the first one's noise
            ratio += constants.weightSQNR
        }
        try self.sum(node, step, sums[0], sums[1])
        weightSQNR = ratio
    }
}
