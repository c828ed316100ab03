import ModelFile

/// A layer whose integers were found on calibration inputs.
struct RefinedLayer: Sendable {
    var rows: [RoundedChannel]
    /// In real units.
    var bias: [Double]
    /// The mean squared error of the layer's output on inputs kept back: rounded to nearest, and as it is here.
    var errors: (nearest: Double, refined: Double)
    /// Of the layer's output.
    var variance: Double
    /// Whether the refined integers were better on the inputs kept back, and so are the ones here.
    var isKept: Bool
    /// Whether the weights keep their precision, and only the bias was fitted.
    var isExact = false
}

/// Finds a layer's integers from moments of its inputs and of the outputs wanted.
struct LayerRefinement {
    let matrix: WeightMatrix
    let bias: [Double]
    /// Sums of the inputs that the weights are fitted to, and of those that judge them.
    let fitted: LayerMoments
    let heldOut: LayerMoments?
    /// How strongly weights are held where the inputs say little, as a part of the inputs' mean square.
    let damping: Double
    /// How the layer's input is quantized.
    let input: Quantization

    /// Weights rounded to nearest; the bias makes up for the mean error of inputs and weights together.
    func nearest() -> RefinedLayer {
        let importance = (0..<fitted.groups).map(fitted.spreads)
        var chosen = [Candidate?](repeating: nil, count: matrix.channels)
        chosen.withUnsafeMutableBufferPointer { chosen in
            nonisolated(unsafe) let places = chosen
            concurrently(matrix.channels) { channel in
                let (group, output) = fitted.groups == 1 ? (0, channel) : (channel, 0)
                let row = fitting(bias[channel]) { round(matrix[channel], importance[group], atLeast: $0) }
                places[channel] = candidate(row, group, output)
            }
        }
        return RefinedLayer(
            rows: chosen.map { $0!.row }, bias: chosen.map { $0!.bias }, errors: (0, 0), variance: 0, isKept: false)
    }

    /// Weights by least squares, where that is better on the inputs kept back than rounding to nearest.
    func adaptive() -> RefinedLayer {
        let channels = matrix.channels
        var nearest = [Candidate?](repeating: nil, count: channels), refined = nearest
        var errors = [(Double, Double)](repeating: (0, 0), count: channels)
        for group in 0..<fitted.groups {
            let covariance = fitted.covariance(group)
            let judging = heldOut?.covariance(group) ?? covariance
            let damped = DampedMoments(covariance, count: fitted.inputs, damping: damping)
            let importance = fitted.spreads(group)
            let judge = heldOut ?? fitted
            withPlaces(&nearest, &refined, &errors) { nearest, refined, errors in
                concurrently(fitted.outputs) { output in
                    let channel = fitted.groups == 1 ? output : group
                    let weights = matrix[channel]
                    let row = fitting(bias[channel]) { round(weights, importance, atLeast: $0) }
                    let plain = candidate(row, group, output)
                    nearest[channel] = plain
                    errors[channel].0 = judge.error(plain.weights, bias: plain.bias, judging, group, output)
                    guard let damped else { return }
                    let fittedRow = fitting(bias[channel]) { least in
                        damped.refine(
                            weights, fitted.correlation(group, output), near: plain.row.scale, atLeast: least)
                    }
                    let better = candidate(fittedRow, group, output)
                    refined[channel] = better
                    errors[channel].1 = judge.error(better.weights, bias: better.bias, judging, group, output)
                }
            }
        }
        let before = errors.reduce(0) { $0 + $1.0 }
        let after = errors.reduce(0) { $0 + $1.1 }
        let isKept = refined.allSatisfy { $0 != nil } && after < before
        let chosen = isKept ? refined : nearest
        return RefinedLayer(
            rows: chosen.map { $0!.row }, bias: chosen.map { $0!.bias },
            errors: (before, isKept ? after : before), variance: (heldOut ?? fitted).variance, isKept: isKept)
    }

    /// The bias that makes up for the mean error of the inputs, with the weights as they are.
    func exact() -> RefinedLayer {
        let rows = (0..<matrix.channels).map { channel in fitting(bias[channel]) { round(matrix[channel], [], atLeast: $0) } }
        let fittedBias = (0..<matrix.channels).map { fitted.bias(matrix[$0], 0, $0) }
        return RefinedLayer(
            rows: rows, bias: fittedBias, errors: (0, 0), variance: 0, isKept: false, isExact: true)
    }

    private struct Candidate {
        var row: RoundedChannel
        var weights: [Double]
        var bias: Double
    }

    private func candidate(_ row: RoundedChannel, _ group: Int, _ output: Int) -> Candidate {
        let weights = row.values.map { Double($0) * row.scale }
        return Candidate(row: row, weights: weights, bias: fitted.bias(weights, group, output))
    }

    /// The row at the finest scale whose accumulators stay in their room, whatever the input.
    private func fitting(_ bias: Double, _ body: (Double) -> RoundedChannel) -> RoundedChannel {
        let limit = 0.98 * Rescale.accumulatorLimit
        var row = body(0)
        while row.scale > 0 {
            let reached = row.absoluteSum * input.magnitude + abs(bias) / (input.scale * row.scale)
            if reached < limit { break }
            row = body(row.scale * max(1.001, min(reached / limit, 2)))
        }
        return row
    }

    private func round(_ weights: [Double], _ importance: [Double], atLeast least: Double) -> RoundedChannel {
        let total = importance.reduce(0, +)
        let floor = 1e-3 * total / Double(max(1, importance.count))
        return RoundedChannel(
            weights, importance: total > 0 ? importance.map { $0 + floor } : nil, method: .leastSquares,
            atLeast: least)
    }

    private func withPlaces<A, B, C>(
        _ a: inout [A], _ b: inout [B], _ c: inout [C],
        _ body: (UnsafeMutableBufferPointer<A>, UnsafeMutableBufferPointer<B>, UnsafeMutableBufferPointer<C>) -> Void
    ) {
        a.withUnsafeMutableBufferPointer { a in
            b.withUnsafeMutableBufferPointer { b in c.withUnsafeMutableBufferPointer { c in body(a, b, c) } }
        }
    }
}

/// A group's input moments, damped and factored: weights are fitted to the wanted outputs, then rounded.
struct DampedMoments: Sendable {
    private let count: Int
    private let damping: Double
    private let solver: CholeskyFactor
    private let rounding: RowRounding
    /// Scales to try, as multiples of the one to expect.
    private let factors: [Double]

    init?(_ covariance: [Double], count: Int, damping: Double) {
        var moments = covariance
        let mean = (0..<count).reduce(0) { $0 + covariance[$1 * count + $1] } / Double(max(1, count))
        guard mean > 0 else { return nil }
        for i in 0..<count { moments[i * count + i] += damping * mean }
        guard let solver = CholeskyFactor(moments, count: count), let rounding = RowRounding(moments, count: count)
        else { return nil }
        self.count = count
        self.damping = damping * mean
        self.solver = solver
        self.rounding = rounding
        // errors of short rows differ most from scale to scale, and cost least to compute
        let tries = min(max(200_000 / (count * count), 5), 48)
        factors = [1] + (1..<tries).map { 0.8 + 0.26 * Double($0) / Double(tries - 1) }
    }

    /// - Parameters:
    ///   - correlation: of the wanted output with the inputs.
    ///   - scale: about the one to expect.
    func refine(
        _ weights: [Double], _ correlation: [Double], near scale: Double, atLeast least: Double
    ) -> RoundedChannel {
        var wanted = zip(weights, correlation).map { damping * $0 + $1 }
        solver.solve(&wanted)
        guard scale > 0 else { return RoundedChannel(scale: 0, values: Array(repeating: 0, count: count)) }
        var best: (values: [Int8], scale: Double, error: Double)?
        for factor in factors {
            let scale = max(scale * factor, least)
            let candidate = rounding.round(wanted, scale: scale)
            if candidate.error < best?.error ?? .infinity { best = (candidate.values, scale, candidate.error) }
            let nearest = wanted.map { Int8(min(max(($0 / scale).rounded(), -127), 127)) }
            let error = rounding.error(wanted, nearest.map { Double($0) * scale })
            if error < best!.error { best = (nearest, scale, error) }
        }
        return RoundedChannel(scale: best!.scale, values: best!.values)
    }
}
