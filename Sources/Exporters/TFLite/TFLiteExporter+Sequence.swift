import ModelFile
import TFLiteFormat

extension TFLiteExporter {
    /// UNIDIRECTIONAL_SEQUENCE_LSTM in floats, on the int8 weights.
    mutating func lstm(_ operation: Operation) {
        note("LSTM runs in floats on the int8 weights; ours rounds gates to 2⁻¹² and states to 16 bits at every step")
        let x = source.tensor(operation.inputs[0]), hidden = source.tensor(operation.output)
        let (channels, h, name) = (x.shape[1], hidden.shape[1], operation.name)
        let gate = 0x1p-12
        let input = WeightedLayer(
            weights: source.int8s(operation.inputs[1]), bias: source.int32s(operation.inputs[3]),
            factors: source.factors(operation.inputs[4], operation.inputs[5]), inputScale: x.scale, outputScale: gate)
        let recurrent = WeightedLayer(
            weights: source.int8s(operation.inputs[2]), bias: nil,
            factors: source.factors(operation.inputs[6], operation.inputs[7]), inputScale: hidden.scale,
            outputScale: gate)
        func weights(_ layer: WeightedLayer, _ columns: Int, _ gate: Int, _ side: String) -> Int {
            let rows = gate * h..<(gate + 1) * h
            let integers = writer.constant(
                "\(name).\(side)", .int8, [h, columns], Array(layer.weights[gate * h * columns..<(gate + 1) * h * columns]),
                .init(scales: Array(layer.scales[rows])))
            let real = writer.tensor("\(name).\(side) real", .float32, [h, columns])
            writer.add(.dequantize, [integers], real)
            return real
        }
        var inputs = [real(operation.inputs[0])]
        for index in 0..<4 { inputs.append(weights(input, channels, index, "weights \(index)")) }
        for index in 0..<4 { inputs.append(weights(recurrent, h, index, "recurrent \(index)")) }
        inputs += [-1, -1, -1]
        for index in 0..<4 {
            let rows = index * h..<(index + 1) * h
            let bias = rows.map { Double(input.bias[$0]) * input.scales[$0] * x.scale }
            inputs.append(writer.floats("\(name).bias \(index)", bias))
        }
        inputs += [-1, -1]
        for state in ["state", "cell"] {
            inputs.append(writer.tensor("\(name) \(state)", .float32, [1, h], isVariable: true))
        }
        inputs += [-1, -1, -1, -1]
        let result = float(operation.output, " states")
        writer.add(.unidirectionalSequenceLSTM, inputs, result, [
            Schema.SequenceLSTM.activation: .int8(Int8(FusedActivation.tanh.rawValue)),
            Schema.SequenceLSTM.isTimeMajor: .bool(false),
        ])
        store(result, operation.output)
    }

    /// Additive self-attention from its query and key.
    mutating func attention(_ operation: Operation) {
        note("attention's scores are floats; ours are rounded to 16 bits")
        let name = operation.name, query = source.tensor(operation.inputs[1])
        let (steps, units) = (query.shape[0], query.shape[1])
        guard case .attention(let multiplier, let shift, let outputMultiplier, let outputShift) = operation.kind else {
            return
        }
        let layer = WeightedLayer(
            weights: source.int8s(operation.inputs[3]), bias: source.int32s(operation.inputs[4]),
            factors: [Rescale(left: 0, multiplier: multiplier, shift: shift).factor], inputScale: 0x1p-15,
            outputScale: 0x1p-12)
        func tensor(_ suffix: String, _ shape: [Int]) -> Int { writer.tensor("\(name) \(suffix)", .float32, shape) }
        let rows = tensor("rows", [1, steps, 1, units]), columns = tensor("columns", [1, 1, steps, units])
        reshape(real(operation.inputs[1]), into: rows, [steps, 1, units])
        reshape(real(operation.inputs[2]), into: columns, [1, steps, units])
        let pairs = tensor("pairs", [1, steps, steps, units]), hidden = tensor("hidden", [1, steps, steps, units])
        writer.add(.add, [rows, columns], pairs, [0: .int8(0)])
        writer.add(.tanh, [pairs], hidden)
        let integers = writer.constant(
            "\(name).weights", .int8, [1, units], layer.weights, .init(scales: [layer.scales[0]]))
        let weights = tensor("weights real", [1, units]), energies = tensor("energies", [1, steps, steps, 1])
        writer.add(.dequantize, [integers], weights)
        let bias = writer.floats("\(name).bias", [Double(layer.bias[0]) * layer.scales[0] * 0x1p-15])
        writer.add(.fullyConnected, [hidden, weights, bias], energies, [Schema.Dense.keepsAxes: .bool(true)])
        let square = tensor("square", [1, steps, steps]), scores = tensor("scores", [1, steps, steps])
        reshape(energies, into: square, [steps, steps])
        writer.add(.logistic, [square], scores)
        let shares = tensor("shares", [1, steps, steps])
        writer.add(.softmax, [scores], shares, [Schema.Softmax.beta: .float(1)])
        let result = float(operation.output, " sum")
        writer.add(.batchMatMul, [shares, real(operation.inputs[0])], result, [0: .bool(false), 1: .bool(false)])
        let factor = Rescale(left: 0, multiplier: outputMultiplier, shift: outputShift).factor
        let gain = factor * 0x1p16 * ratio(operation.output, operation.inputs[0])
        store(scaled(result, by: gain, operation.output), operation.output)
    }
}
