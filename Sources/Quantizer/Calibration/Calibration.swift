import FloatGraph

/// What the calibration inputs showed of one value.
struct ValueStatistics: Sendable {
    var histogram = Histogram()
    /// Each input's extremes, in the order of the inputs.
    var extremes: [ClosedRange<Float>] = []
    /// Per channel (last axis) the mean and the mean square over all inputs; kept for the inputs of weighted layers.
    var mean: [Double] = []
    var meanSquare: [Double] = []

    var isConstant: Bool { histogram.minimum == histogram.maximum }

    /// The range that an int8 tensor covers.
    func range(_ method: RangeMethod) -> ClosedRange<Double> {
        switch method {
        case .minMax: full
        case .percentile(let percent): histogram.percentile(percent)
        case .movingAverage(let momentum): movingAverage(momentum)
        case .leastSquares: histogram.leastSquares()
        case .entropy: histogram.entropy()
        }
    }

    var full: ClosedRange<Double> { Double(histogram.minimum)...Double(histogram.maximum) }
    var magnitude: Double { max(abs(full.lowerBound), abs(full.upperBound)) }

    private func movingAverage(_ momentum: Double) -> ClosedRange<Double> {
        guard let first = extremes.first else { return full }
        var low = Double(first.lowerBound), high = Double(first.upperBound)
        for extreme in extremes.dropFirst() {
            low += (1 - momentum) * (Double(extreme.lowerBound) - low)
            high += (1 - momentum) * (Double(extreme.upperBound) - high)
        }
        return low...high
    }
}

/// Everything that lowering needs to know about activations.
struct Calibration: Sendable {
    /// By value; `nil` for values that were not watched.
    var statistics: [ValueStatistics?] = []
    /// By node: the largest magnitude of an LSTM's cell.
    var cellMagnitude: [Int: Double] = [:]
    var inputCount = 0
    /// By the value that a weighted layer computes: integers found on calibration inputs.
    var refined: [ValueID: RefinedLayer] = [:]
}
