import FloatGraph
import ModelFile

import func Foundation.log2

extension Lowering {
    // MARK: LSTM

    /// Gates at 2⁻¹², int16 hidden state, the cell at the finest power of two that calibration leaves room for.
    mutating func lstm(_ node: Node, hidden: Int, index: Int) throws(QuantizerError) {
        let operand = wide(node.inputs[0], node)
        let x = view(operand, as: [operand.shape.count == 2 ? operand.shape[0] : 1, operand.shape.last!], node)
        let weights = graph.constant(node.inputs[1])!, recurrent = graph.constant(node.inputs[2])!
        let gates = Quantization.int16(bits: 12), state = Quantization.int16(bits: 15)
        let input = try constants(
            node, WeightMatrix(weights), graph.constant(node.inputs[3])!.values.map(Double.init), input: x.quantization,
            statistics: calibration.statistics[node.inputs[0]], output: .fixed(gates))
        let back = try constants(
            node, WeightMatrix(recurrent), Array(repeating: 0, count: 4 * hidden), input: state, statistics: nil,
            output: .fixed(gates))
        let rows = [4 * hidden]
        let inputs = [
            x.tensor,
            builder.addConstant(name: node.name + ".weights", shape: weights.shape, input.weights),
            builder.addConstant(name: node.name + ".recurrent", shape: recurrent.shape, back.weights),
            builder.addConstant(name: node.name + ".bias", shape: rows, input.bias),
            builder.addConstant(name: node.name + ".multiplier", shape: rows, input.multiplier),
            builder.addConstant(name: node.name + ".shift", shape: rows, input.shift),
            builder.addConstant(name: node.name + ".recurrentMultiplier", shape: rows, back.multiplier),
            builder.addConstant(name: node.name + ".recurrentShift", shape: rows, back.shift),
            gateTable(.sigmoid, "sigmoid"), gateTable(.tanh, "tanh"),
        ]
        weightSQNR = min(input.weightSQNR, back.weightSQNR)
        let kind = Operator.lstm(cellBits: cellBits(index))
        try result(node.output, state, as: [x.shape[0], hidden], node) { lowering, output in
            lowering.emit(node, kind, inputs, output)
        }
    }

    private func cellBits(_ index: Int) -> Int32 {
        let reached = max(calibration.cellMagnitude[index] ?? 1, 1e-3) * 1.25
        return Int32(min(max(log2(32767 / reached).rounded(.down), 0), 15))
    }

    // MARK: Attention

    mutating func attention(_ node: Node) throws(QuantizerError) {
        let operand = operands[node.inputs[0]]!
        let x = view(operand, as: [operand.shape.count == 2 ? operand.shape[0] : 1, operand.shape.last!], node)
        let gates = Quantization.int16(bits: 12), state = Quantization.int16(bits: 15)
        let units = graph.shape(node.inputs[1])[0]
        let query = try projection(node, ".query", x, node.inputs[1], bias: nil, gates)
        let key = try projection(node, ".key", x, node.inputs[2], bias: node.inputs[3], gates)
        let scores = FloatTensor(shape: [1, units], values: graph.constant(node.inputs[4])!.values)
        let score = try constants(
            node, WeightMatrix(scores), [Double(graph.constant(node.inputs[5])!.values[0])], input: state,
            statistics: nil, output: .fixed(gates))
        let (quantization, output) = try fit(node.output, node) { q in
            FixedMultiplier(x.quantization.scale * 0x1p-16 / q.scale)
        }
        let exponents = exponentTables(scale: state.scale, node.name)
        let inputs = [
            x.tensor, query.tensor, key.tensor,
            builder.addConstant(name: node.name + ".weights", shape: [units], score.weights),
            builder.addConstant(name: node.name + ".bias", shape: [1], score.bias),
            gateTable(.sigmoid, "sigmoid"), gateTable(.tanh, "tanh"), exponents.high, exponents.low,
        ]
        let kind = Operator.attention(
            scoreMultiplier: score.multiplier[0], scoreShift: score.shift[0], outputMultiplier: output.multiplier,
            outputShift: output.shift)
        try result(node.output, quantization, as: x.shape, node) { lowering, output in
            lowering.emit(node, kind, inputs, output)
        }
    }

    /// Query or key: a dense layer to 2⁻¹².
    private mutating func projection(
        _ node: Node, _ suffix: String, _ x: Operand, _ weights: ValueID, bias: ValueID?, _ gates: Quantization
    ) throws(QuantizerError) -> Operand {
        let tensor = graph.constant(weights)!
        let offsets = bias.map { graph.constant($0)!.values.map(Double.init) }
        let constants = try constants(
            node, WeightMatrix(tensor), offsets ?? Array(repeating: 0, count: tensor.shape[0]), input: x.quantization,
            statistics: nil, output: .fixed(gates))
        let output = add(node.name + suffix, [x.shape[0], tensor.shape[0]], gates)
        var dense = node
        dense.name += suffix
        emit(dense, .dense(gates.clamp(nil)), [x.tensor] + add(constants, shape: tensor.shape, dense.name), output)
        weightSQNR = min(weightSQNR ?? .infinity, constants.weightSQNR)
        return output
    }
}

extension Lowering {
    // MARK: GRU

    /// Gates at 2⁻¹², int16 hidden state.
    mutating func gru(_ node: Node, hidden: Int, resetAfter: Bool) throws(QuantizerError) {
        let operand = wide(node.inputs[0], node)
        let x = view(operand, as: [operand.shape.count == 2 ? operand.shape[0] : 1, operand.shape.last!], node)
        let weights = graph.constant(node.inputs[1])!, recurrent = graph.constant(node.inputs[2])!
        let biases = graph.constant(node.inputs[3])!.values.map(Double.init)
        let gates = Quantization.int16(bits: 12), state = Quantization.int16(bits: 15)
        let input = try constants(
            node, WeightMatrix(weights), Array(biases[..<(3 * hidden)]), input: x.quantization,
            statistics: calibration.statistics[node.inputs[0]], output: .fixed(gates))
        let back = try constants(
            node, WeightMatrix(recurrent), Array(biases[(3 * hidden)...]), input: state, statistics: nil,
            output: .fixed(gates))
        let first = add(input, shape: weights.shape, node.name)
        let second = add(back, shape: recurrent.shape, node.name + ".recurrent")
        let tables = [gateTable(.sigmoid, "sigmoid"), gateTable(.tanh, "tanh")]
        weightSQNR = min(input.weightSQNR, back.weightSQNR)
        try result(node.output, state, as: [x.shape[0], hidden], node) { lowering, output in
            let inputs = [x.tensor, first[0], second[0]] + first[1...] + second[1...] + tables
            lowering.emit(node, .gru(resetAfter: resetAfter), inputs, output)
        }
    }
}
