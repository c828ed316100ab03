import ModelFile

/// A model seen as one graph: the frame program over a batch of frames, then the clip program.
struct SourceModel {
    let model: Model
    var description: ModelDescription { model.description }
    /// Frames in a clip; `nil` for a network of single pictures.
    var frames: Int? { description.clip?.frames }

    func tensor(_ index: Int) -> Tensor { description.tensors[index] }

    /// The elements of an int8 or int16 constant.
    func elements(_ index: Int) -> [Int16] {
        tensor(index).type == .int8 ? int8s(index).map(Int16.init) : int16s(index)
    }

    func int8s(_ index: Int) -> [Int8] { Array(model.constant(index).bindMemory(to: Int8.self)) }
    func int16s(_ index: Int) -> [Int16] { Array(model.constant(index).bindMemory(to: Int16.self)) }
    func int32s(_ index: Int) -> [Int32] { Array(model.constant(index).bindMemory(to: Int32.self)) }

    /// The factors `multiplier · 2^−(31 + shift)` of two constants.
    func factors(_ multipliers: Int, _ shifts: Int) -> [Double] {
        zip(int32s(multipliers), int32s(shifts)).map { Rescale(left: 0, multiplier: $0, shift: $1).factor }
    }
}

extension SourceModel {
    /// The element of x that each element of a gather's output is; the one behind x's last where it is filled.
    func positions(of gather: Operation) -> (elements: [Int], fills: Bool) {
        let count = tensor(gather.inputs[0]).count
        var positions = [0]
        for table in gather.inputs.dropFirst() {
            let offsets = int32s(table)
            positions = positions.flatMap { start in
                offsets.map { start == count || $0 < 0 ? count : start + Int($0) }
            }
        }
        return (positions, positions.contains(count))
    }
}

extension Tensor {
    /// ε of a row's variance, from ours in units of the scale's square and C³; never so small that zeros are divided by
    /// zero.
    func epsilon(_ epsilon: Int64) -> Double {
        let channels = Double(shape.last!)
        return max(Double(epsilon) / (channels * channels * channels), 1e-6) * scale * scale
    }
}

extension Rescale {
    /// The real factor that it stands for.
    var factor: Double {
        Double(multiplier) * Double(sign: .plus, exponent: Int(left) - 31 - Int(shift), significand: 1)
    }
}

/// A layer's constants as a quantized format wants them: a scale for each output channel instead of a multiplier.
///
/// From s_x · s_w[c] / s_y = multiplier[c] · 2^−(31 + shift[c]). A negative multiplier goes into the weights' signs.
struct WeightedLayer {
    /// Row-major, `[N, products]` or, of a depthwise layer, `[products, N]`.
    var weights: [Int8]
    var bias: [Int32]
    var scales: [Double]

    /// - Parameters:
    ///   - inputScale, outputScale: s_x and s_y.
    ///   - channelsInnermost: whether the weights are a depthwise layer's.
    init(
        weights: [Int8], bias: [Int32]?, factors: [Double], inputScale: Double, outputScale: Double,
        channelsInnermost: Bool = false
    ) {
        let channels = factors.count, products = weights.count / channels
        self.weights = weights
        self.bias = bias ?? Array(repeating: 0, count: channels)
        scales = factors.map { abs($0) * outputScale / inputScale }
        for channel in 0..<channels where factors[channel] <= 0 {
            // A factor of 0 makes a constant channel.
            let sign: Int8 = factors[channel] == 0 ? 0 : -1
            if sign == 0 { scales[channel] = 1 }
            for product in 0..<products {
                self.weights[channelsInnermost ? product * channels + channel : channel * products + product] *= sign
            }
            self.bias[channel] *= Int32(sign)
        }
    }

    /// Of a convolution or dense layer: operands x, weights, bias, multiplier, shift.
    init(_ source: SourceModel, _ operation: Operation, channelsInnermost: Bool = false) {
        self.init(
            weights: source.int8s(operation.inputs[1]), bias: source.int32s(operation.inputs[2]),
            factors: source.factors(operation.inputs[3], operation.inputs[4]),
            inputScale: source.tensor(operation.inputs[0]).scale, outputScale: source.tensor(operation.output).scale,
            channelsInnermost: channelsInnermost)
    }
}

extension Clamp {
    /// The bounds in real units, where they are tighter than the output's type or rectify.
    func bounds(_ output: Tensor) -> (low: Double, high: Double)? {
        let range: ClosedRange<Int32> = output.type == .int8 ? -128...127 : -32_768...32_767
        guard low > range.lowerBound || high < range.upperBound || isRectifier(output) else { return nil }
        return (Double(low - output.zeroPoint) * output.scale, Double(high - output.zeroPoint) * output.scale)
    }

    /// Whether the output's type itself cuts off what is negative: a reader of the real numbers has to be told.
    private func isRectifier(_ output: Tensor) -> Bool { output.type == .int8 && output.zeroPoint == -128 && low == -128 }
}

/// 1 for a factor that differs from it by no more than float scales do.
func plain(_ factor: Double) -> Double { abs(factor - 1) < 1e-7 ? 1 : factor }
