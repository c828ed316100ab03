import Dispatch
import FloatGraph
import ModelFile

/// Where a weighted sum goes: a value whose scale may be raised, or a fixed quantization.
enum SumTarget {
    case value(ValueID)
    case fixed(Quantization)
}

extension Lowering {
    /// Rounds a layer's weights and finds the scales around its sums, such that every accumulator stays below 2³⁰ for
    /// any input and every multiplier is representable.
    mutating func constants(
        _ node: Node, _ matrix: WeightMatrix, _ bias: [Double], input: Quantization, statistics: ValueStatistics?,
        output target: SumTarget
    ) throws(QuantizerError) -> WeightedConstants {
        let moments = InputMoments(statistics, matrix, correctsBias: options.correctsBias)
        let refined = calibration.refined[node.output]
        var rows = refined.map { coarsened($0, matrix, input) } ?? round(matrix, bias, input, moments)
        // the largest multiplier must stay below one half, whatever the divisions round to
        let least = (rows.map(\.scale).max() ?? 0) * input.scale / FixedMultiplier.largest * (1 + 1e-9)
        let output: Quantization
        switch target {
        case .value(let value): output = quantization(of: value, atLeast: least)
        case .fixed(let quantization): output = quantization
        }
        represent(&rows, matrix, input, output)
        var shifted = refined?.bias ?? bias
        if refined == nil {
            for channel in rows.indices {
                for (product, lost) in matrix.remainder(rows[channel], channel).enumerated() {
                    shifted[channel] += lost * moments.mean(channel, product)
                }
            }
        }
        return try integers(node, matrix, rows, shifted, input: input, output: output)
    }

    /// Gives rows of zeros a scale, and those so fine that their multipliers would vanish a coarser one.
    func represent(_ rows: inout [RoundedChannel], _ matrix: WeightMatrix, _ input: Quantization, _ output: Quantization) {
        let finest = output.scale * FixedMultiplier.smallest * 2 / input.scale
        for channel in rows.indices {
            if rows[channel].scale == 0 {
                // no weights: any scale does that leaves room for the bias
                rows[channel].scale = output.scale * 0x1p-8 / input.scale
            } else if rows[channel].scale < finest {
                rows[channel] = RoundedChannel(matrix[channel], importance: nil, method: .largest, atLeast: finest)
            }
        }
    }

    /// The constants of rounded rows, such that every accumulator stays below 2³⁰ for any input.
    func integers(
        _ node: Node, _ matrix: WeightMatrix, _ rows: [RoundedChannel], _ bias: [Double], input: Quantization,
        output: Quantization
    ) throws(QuantizerError) -> WeightedConstants {
        var result = WeightedConstants(
            weights: [], bias: [], multiplier: [], shift: [], output: output, weightSQNR: .infinity)
        var signal = 0.0, noise = 0.0
        for (channel, row) in rows.enumerated() {
            signal += matrix[channel].reduce(0) { $0 + $1 * $1 }
            noise += matrix.remainder(row, channel).reduce(0) { $0 + $1 * $1 }
            let integer = (bias[channel] / (input.scale * row.scale)).rounded()
            let room = Rescale.accumulatorLimit - 1 - row.absoluteSum * input.magnitude
            guard room >= 0, row.absoluteSum == 0 || abs(integer) <= room else {
                throw .range(node: node.name, reason: "channel \(channel) reaches 2^30")
            }
            let factor = input.scale * row.scale / output.scale
            guard let multiplier = FixedMultiplier(factor) else {
                let reason = factor > FixedMultiplier.largest
                    ? "its sums are coarser than the fixed output scale \(output.scale)"
                    : "channel \(channel) needs the multiplier \(factor)"
                throw .range(node: node.name, reason: reason)
            }
            result.bias.append(Int32(min(max(integer, -room), room)))
            result.multiplier.append(multiplier.multiplier)
            result.shift.append(multiplier.shift)
        }
        result.weights = matrix.assemble(rows.map(\.values))
        if noise > 0 { result.weightSQNR = decibels(signal: signal, noise: noise) }
        return result
    }

    /// Refined channels; those whose accumulators have no room, since the input became wider, are rounded again.
    func coarsened(_ layer: RefinedLayer, _ matrix: WeightMatrix, _ input: Quantization) -> [RoundedChannel] {
        let limit = 0.99 * Rescale.accumulatorLimit
        return layer.rows.indices.map { channel in
            var row = layer.rows[channel]
            while row.scale > 0 {
                let bias = abs(layer.bias[channel]) / (input.scale * row.scale)
                let reached = row.absoluteSum * input.magnitude + bias
                if reached < limit { break }
                let coarser = row.scale * max(1.001, min(reached / limit, 2))
                row = RoundedChannel(matrix[channel], importance: nil, method: .largest, atLeast: coarser)
            }
            return row
        }
    }

    /// All channels at the scales that their weights and the accumulator's limit ask for.
    func round(
        _ matrix: WeightMatrix, _ bias: [Double], _ input: Quantization, _ moments: InputMoments
    ) -> [RoundedChannel] {
        let method = options.weights
        let rounded = UnsafeMutableBufferPointer<RoundedChannel?>.allocate(capacity: matrix.channels)
        rounded.initialize(repeating: nil)
        defer { rounded.deinitialize(); rounded.deallocate() }
        nonisolated(unsafe) let places = rounded
        DispatchQueue.concurrentPerform(iterations: matrix.channels) { channel in
            let weights = matrix[channel], importance = moments.importance(channel, matrix.products)
            var row = RoundedChannel(weights, importance: importance, method: method, atLeast: 0)
            // 1 % of the room is left for the bias correction
            let limit = 0.99 * Rescale.accumulatorLimit
            while row.scale > 0 {
                let reached = row.absoluteSum * input.magnitude + abs(bias[channel]) / (input.scale * row.scale)
                if reached < limit { break }
                let coarser = row.scale * max(1.001, min(reached / limit, 2))
                row = RoundedChannel(weights, importance: nil, method: .largest, atLeast: coarser)
            }
            places[channel] = row
        }
        return rounded.map { $0! }
    }
}

/// Means and spreads of a layer's input channels, as its weights see them.
struct InputMoments {
    private let means: [Double]
    private let spreads: [Double]
    private let matrix: WeightMatrix
    private let correctsBias: Bool

    init(_ statistics: ValueStatistics?, _ matrix: WeightMatrix, correctsBias: Bool) {
        self.matrix = matrix
        self.correctsBias = correctsBias
        means = statistics?.mean ?? []
        // a corrected bias takes the mean's part of the error away; a part of it stays, since other pictures differ
        spreads = zip(statistics?.meanSquare ?? [], means).map { square, mean in
            correctsBias ? max(square - 0.95 * mean * mean, 0) : square
        }
    }

    /// What the input of a product is on average; 0 when that is not to be corrected.
    func mean(_ channel: Int, _ product: Int) -> Double {
        guard correctsBias, !means.isEmpty else { return 0 }
        return means[matrix.inputChannel(channel, product, inputs: means.count)]
    }

    /// How much each product's squared weight error counts; `nil` where nothing is known or all count alike.
    func importance(_ channel: Int, _ products: Int) -> [Double]? {
        guard !spreads.isEmpty else { return nil }
        let values = (0..<products).map { spreads[matrix.inputChannel(channel, $0, inputs: spreads.count)] }
        let total = values.reduce(0, +)
        // inputs that never varied in calibration still get a little weight
        return total > 0 ? values.map { $0 + 1e-3 * total / Double(products) } : nil
    }
}
