import ModelFile

extension ONNXExporter {
    /// The operator LSTM in floats; its gates come in the order input, output, forget, cell.
    mutating func lstm(_ operation: Operation) {
        note("LSTM runs in floats on the int8 weights; ours rounds gates to 2⁻¹² and states to 16 bits at every step")
        let x = source.tensor(operation.inputs[0]), hidden = source.tensor(operation.output)
        let (channels, h) = (x.shape[1], hidden.shape[1])
        let name = operation.name, gate = 0x1p-12
        let input = WeightedLayer(
            weights: source.int8s(operation.inputs[1]), bias: source.int32s(operation.inputs[3]),
            factors: source.factors(operation.inputs[4], operation.inputs[5]), inputScale: x.scale, outputScale: gate)
        let recurrent = WeightedLayer(
            weights: source.int8s(operation.inputs[2]), bias: nil,
            factors: source.factors(operation.inputs[6], operation.inputs[7]), inputScale: hidden.scale,
            outputScale: gate)
        func reordered<T>(_ values: [T]) -> [T] {
            let rows = values.count / 4
            return [0, 3, 1, 2].flatMap { values[$0 * rows..<($0 + 1) * rows] }
        }
        func weights(_ layer: WeightedLayer, _ columns: Int, _ side: String) -> String {
            self.weights(reordered(layer.weights), reordered(layer.scales), columns, "\(name).\(side)")
        }
        let bias = reordered(zip(input.bias, input.scales).map { Double($0) * $1 * x.scale })
        recur("LSTM", operation, [
            weights(input, channels, "weights"), weights(recurrent, h, "recurrent"),
            writer.floats(bias + Array(repeating: 0, count: 4 * h), shape: [1, 8 * h], name: "\(name).bias"),
        ])
    }

    /// The operator GRU in floats; its gates come in our order.
    mutating func gru(_ operation: Operation, resetAfter: Bool) {
        note("GRU runs in floats on the int8 weights; ours rounds gates to 2⁻¹² and states to 16 bits at every step")
        let x = source.tensor(operation.inputs[0]), hidden = source.tensor(operation.output)
        let h = hidden.shape[1], name = operation.name, gate = 0x1p-12
        let input = WeightedLayer(
            weights: source.int8s(operation.inputs[1]), bias: source.int32s(operation.inputs[3]),
            factors: source.factors(operation.inputs[4], operation.inputs[5]), inputScale: x.scale, outputScale: gate)
        let recurrent = WeightedLayer(
            weights: source.int8s(operation.inputs[2]), bias: source.int32s(operation.inputs[6]),
            factors: source.factors(operation.inputs[7], operation.inputs[8]), inputScale: hidden.scale,
            outputScale: gate)
        let bias = zip(input.bias, input.scales).map { Double($0) * $1 * x.scale }
            + zip(recurrent.bias, recurrent.scales).map { Double($0) * $1 * hidden.scale }
        let inputs = [
            weights(input.weights, input.scales, x.shape[1], "\(name).weights"),
            weights(recurrent.weights, recurrent.scales, h, "\(name).recurrent"),
            writer.floats(bias, shape: [1, 6 * h], name: "\(name).bias"),
        ]
        recur("GRU", operation, inputs, ["linear_before_reset": .int(resetAfter ? 1 : 0)])
    }

    /// The weights of all gates, int8 with a scale for each row.
    private mutating func weights(_ weights: [Int8], _ scales: [Double], _ columns: Int, _ name: String) -> String {
        let integers = writer.constant(.int8, [1, scales.count, columns], weights, name: "\(name) integer")
        let steps = writer.floats(scales, name: "\(name) scales")
        return writer.add("DequantizeLinear", [integers, steps], name: name, ["axis": .int(1)])
    }

    /// A recurrent operator on x and its constants: it wants time in front of the batch.
    private mutating func recur(
        _ op: String, _ operation: Operation, _ constants: [String], _ attributes: [String: ONNXGraphWriter.Attribute] = [:]
    ) {
        let name = operation.name, shape = source.tensor(operation.output).shape
        let x = writer.add(
            "Transpose", [real(operation.inputs[0])], name: "\(name) in time", ["perm": .ints([1, 0, 2])])
        let attributes = attributes.merging(["hidden_size": .int(shape[1])]) { $1 }
        let states = writer.add(op, [x] + constants, name: name, attributes)
        let target = writer.integers([1] + shape, name: "\(name) shape")
        store(writer.add("Reshape", [states, target], name: "\(name) states"), operation.output)
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
        func unsqueezed(_ x: String, _ axis: Int, _ side: String) -> String {
            let axes = writer.integers([axis], name: "\(name) \(side) axis")
            return writer.add("Unsqueeze", [x, axes], name: "\(name) \(side)")
        }
        let sum = writer.add("Add", [
            unsqueezed(real(operation.inputs[1]), 2, "rows"), unsqueezed(real(operation.inputs[2]), 1, "columns"),
        ], name: "\(name) pairs")
        let hidden = writer.add("Tanh", [sum], name: "\(name) hidden")
        let integers = writer.constant(.int8, [units, 1], layer.weights, name: "\(name).weights integer")
        let scale = writer.floats([layer.scales[0]], shape: [], name: "\(name).weights scale")
        let weights = writer.add("DequantizeLinear", [integers, scale], name: "\(name).weights")
        let product = writer.add("MatMul", [hidden, weights], name: "\(name) product")
        let bias = writer.floats([Double(layer.bias[0]) * layer.scales[0] * 0x1p-15], shape: [], name: "\(name).bias")
        let shape = writer.integers([1, steps, steps], name: "\(name) shape")
        let square = writer.add("Reshape", [
            writer.add("Add", [product, bias], name: "\(name) energies"), shape,
        ], name: "\(name) square")
        let scores = writer.add("Sigmoid", [square], name: "\(name) scores")
        let shares = writer.add("Softmax", [scores], name: "\(name) shares", ["axis": .int(-1)])
        let factor = Rescale(left: 0, multiplier: outputMultiplier, shift: outputShift).factor
        let gain = factor * 0x1p16 * ratio(operation.output, operation.inputs[0])
        let sums = writer.add("MatMul", [shares, real(operation.inputs[0])], name: name)
        store(scaled(sums, by: gain, name), operation.output)
    }
}
