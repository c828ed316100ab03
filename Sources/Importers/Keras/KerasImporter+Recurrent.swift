import FloatGraph

extension KerasImporter {
    /// LSTM, GRU and SimpleRNN over one sequence, which has the frame axis: `[1, T, C]`.
    mutating func recurrent(
        _ type: KerasLayerType, _ layer: KerasLayer, _ x: KerasTensor
    ) throws(ImportFailure) -> [KerasTensor] {
        let sequence = try sequence(type, layer, x, isReversed: layer.config["go_backwards"].bool ?? false)
        let last = try row(sequence, sequence.shape[1] - 1)
        let output = layer.config["return_sequences"].bool ?? false ? sequence : last
        return layer.config["return_state"].bool ?? false ? [output, last] : [output]
    }

    /// Both directions, and their results merged.
    mutating func bidirectional(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        guard let type = KerasLayerType(rawValue: layer.layers[0].type), [.lstm, .gru, .simpleRNN].contains(type) else {
            throw .unsupported("wraps \(layer.layers[0].type); supported are LSTM, GRU and SimpleRNN")
        }
        let keepsSequence = layer.layers[0].config["return_sequences"].bool ?? false
        var results: [KerasTensor] = []
        for (inner, isReversed) in zip(layer.layers, [false, true]) {
            var result = try sequence(type, inner, x, isReversed: isReversed)
            if !keepsSequence {
                result = try row(result, result.shape[1] - 1)
            } else if isReversed {
                result = try reversed(result)
            }
            results.append(result)
        }
        switch layer.config["merge_mode"].string {
        case "concat": return try concatenate(results, axis: -1)
        case "sum": return try arithmetic(.add, results[0], results[1])
        case "mul": return try arithmetic(.multiply, results[0], results[1])
        case "ave": return try scale(arithmetic(.add, results[0], results[1]), by: 0.5)
        default: throw .unsupported("does not merge its directions; supported are concat, sum, mul and ave")
        }
    }

    private mutating func sequence(
        _ type: KerasLayerType, _ layer: KerasLayer, _ x: KerasTensor, isReversed: Bool
    ) throws(ImportFailure) -> KerasTensor {
        guard let hidden = layer.config["units"].integer, hidden > 0 else { throw .invalid("has no units") }
        try require(x.rank == 3 && x.shape[0] == 1, "runs over \(x.shape); supported is one sequence [1, T, C]")
        let gates = type == .lstm ? 4 : type == .gru ? 3 : 1
        let kernel = try requiredWeight("kernel", layer, shape: [x.shape[2], gates * hidden], layout: [1, 0])
        let recurrent = try requiredWeight(
            "recurrent_kernel", layer, shape: [hidden, gates * hidden], layout: [1, 0])
        let x = isReversed ? try reversed(x) : x
        let activation = layer.config["activation"].string ?? "tanh"
        let gate = layer.config["recurrent_activation"].string ?? "sigmoid"
        let cell = Cell(hidden: hidden, recurrent: recurrent, activation: activation, gate: gate)
        switch type {
        case .gru:
            try require(
                activation == "tanh" && gate == "sigmoid",
                "has activations \(activation) and \(gate); supported are tanh and sigmoid")
            let after = layer.config["reset_after"].bool ?? true
            var biases = [Float](repeating: 0, count: 6 * hidden)
            let shape = after ? [2, 3 * hidden] : [3 * hidden]
            if let stored = try weights.weight("bias", of: layer, shape: shape) {
                biases.replaceSubrange(0..<stored.count, with: stored)
            }
            let bias = place(biases, shape: [2, 3 * hidden], "biases of \(layer.name)")
            let output = try emit(.gru(hidden: hidden, resetAfter: after), [x.value, kernel, recurrent, bias])
            return tensor(output, [1, x.shape[1], hidden])
        case .lstm where activation == "tanh" && gate == "sigmoid":
            let bias = try weight("bias", layer, shape: [4 * hidden])
                ?? place(Array(repeating: 0, count: 4 * hidden), shape: [4 * hidden], "bias of \(layer.name)")
            let output = try emit(.lstm(hidden: hidden), [x.value, kernel, recurrent, bias])
            return tensor(output, [1, x.shape[1], hidden])
        default:
            let bias = try weight("bias", layer, shape: [gates * hidden])
            let sums = try emit(.dense, [x.value, kernel] + (bias.map { [$0] } ?? []))
            return try unrolled(cell, tensor(sums, [1, x.shape[1], gates * hidden]), isLSTM: type == .lstm)
        }
    }

    // MARK: Step by step

    private struct Cell {
        var hidden: Int
        var recurrent: ValueID
        var activation, gate: String
    }

    /// Cells whose activations no operator has: every step in nodes of its own.
    private mutating func unrolled(
        _ cell: Cell, _ sums: KerasTensor, isLSTM: Bool
    ) throws(ImportFailure) -> KerasTensor {
        try require(sums.shape[1] <= 256, "runs over more than 256 steps with unusual activations")
        var states: [KerasTensor] = []
        var memory: KerasTensor?
        for step in 0..<sums.shape[1] {
            var sum = try row(sums, step)
            if let state = states.last {
                sum = try arithmetic(.add, sum, emit(.dense, on: state, [cell.recurrent], channels: sum.shape[1]))
            }
            guard isLSTM else {
                states.append(try activation(sum, cell.activation))
                continue
            }
            var gates: [KerasTensor] = []
            for index in 0..<4 {
                let part = try emit(
                    .slice(starts: [0, index * cell.hidden], extents: [1, cell.hidden], steps: [1, 1]), [sum.value])
                let name = index == 2 ? cell.activation : cell.gate
                gates.append(try activation(tensor(part, [1, cell.hidden]), name))
            }
            var fresh = try arithmetic(.multiply, gates[0], gates[2])
            if let old = memory { fresh = try arithmetic(.add, fresh, arithmetic(.multiply, gates[1], old)) }
            memory = fresh
            states.append(try arithmetic(.multiply, gates[3], activation(fresh, cell.activation)))
        }
        let rows = states.map { tensor($0.value, [1, 1, cell.hidden]) }
        return rows.count == 1 ? rows[0] : try concatenate(rows, axis: 1)
    }

    private mutating func activation(_ x: KerasTensor, _ name: String) throws(ImportFailure) -> KerasTensor {
        guard let result = try activate(x, named: name) else { throw .unsupported("activation \(name) is not known") }
        return result
    }

    private mutating func emit(
        _ kind: FloatOperator, on x: KerasTensor, _ constants: [ValueID], channels: Int
    ) throws(ImportFailure) -> KerasTensor {
        KerasTensor(value: try emit(kind, [x.value] + constants), shape: x.shape.dropLast() + [channels])
    }

    /// `[1, T, C]` → `[1, C]`
    private mutating func row(_ x: KerasTensor, _ index: Int) throws(ImportFailure) -> KerasTensor {
        guard x.shape[1] > 1 else { return tensor(x.value, [1, x.shape[2]]) }
        let output = try emit(.slice(starts: [index, 0], extents: [1, x.shape[2]], steps: [1, 1]), [x.value])
        return tensor(output, [1, x.shape[2]])
    }

    private mutating func reversed(_ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        guard x.shape[1] > 1 else { return x }
        return KerasTensor(
            value: try emit(
                .slice(starts: [x.shape[1] - 1, 0], extents: [x.shape[1], x.shape[2]], steps: [-1, 1]), [x.value]),
            shape: x.shape)
    }
}
