/// How activation ranges are taken from the calibration inputs.
public enum RangeMethod: Equatable, Sendable {
    /// Everything that was seen.
    case minMax
    /// The middle `percentile` percent, such as 99.99; the rest saturates.
    case percentile(Double)
    /// An exponential average of each input's minimum and maximum.
    case movingAverage(momentum: Double)
    /// The range with the least mean square error of rounding and saturation together.
    case leastSquares
    /// The range that keeps most of the distribution: the least Kullback–Leibler divergence.
    case entropy
}

/// How a channel's weights get their scale.
public enum WeightMethod: Equatable, Sendable {
    /// The largest weight at ±127.
    case largest
    /// The scale with the least square error, among those near `largest`.
    case leastSquares
}

/// How weights become integers.
public enum RoundingMethod: Equatable, Sendable {
    /// To the nearest.
    case nearest
    /// To the nearest, and biases make up for the mean error of every channel, layer after layer.
    case sequentialBias
    /// By least squares on calibration inputs, layer after layer.
    case adaptive
}

public struct QuantizerOptions: Equatable, Sendable {
    /// Whether affine functions join the weights next to them.
    public var foldsAffine = true
    /// Whether channels are equalized across layers, where only a ReLU lies between.
    public var equalizesChannels = false
    public var ranges: RangeMethod = .percentile(99.99)
    public var weights: WeightMethod = .leastSquares
    /// Adds the mean error that rounded weights cause to each channel's bias.
    public var correctsBias = true
    /// Residual sums and what they add are int16; layers read int8 copies of them.
    public var keepsResidualsWide = true
    /// So many of the first layers give int16 results where their readers cost at most `wideShare`, however large the
    /// results are: all of the network rests on them.
    public var wideDepth = 4
    /// Inputs of depthwise layers and of products of activations are int16: more memory, few multiply-adds.
    public var keepsProductsWide = false
    /// Values whose readers cost at most this share of all multiply-adds, and that are small, are int16.
    public var wideShare = 0.01
    /// … with all else that reads int16 at most this share: `wideShare` shrinks where there is more. Inputs of dense
    /// layers whose weights are two tensors stay.
    public var wideTotal = 0.05
    /// … with at most this many elements.
    public var wideElements = 8192
    /// Dense layers whose weights become two int8 tensors, one for what rounding to the other left, cost at most this
    /// share of all multiply-adds again.
    public var wideWeightShare = 0.01
    /// Values that must be int16, by name.
    public var wideValues: Set<String> = []
    /// Replaces the int16 pre-activations of tables by int8 ones: what ruins swish networks, kept to measure it.
    public var narrowPreactivations = false
    /// How weights are rounded.
    public var rounding = RoundingMethod.sequentialBias
    /// Calibration inputs used by adaptive rounding.
    public var roundingInputs = 64
    /// Pictures that biases are fitted to; half as many clips do.
    public var biasInputs = 32
    public var roundingDamping = 0.01
    /// Calibration inputs run at once.
    public var threads = 2

    public init() {}
}
