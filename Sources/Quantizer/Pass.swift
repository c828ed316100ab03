/// The steps of quantization that can be left out, each by itself.
public enum Pass: String, CaseIterable, Sendable {
    /// Affine functions, such as batch normalizations, join the weights of a layer before or behind.
    case fold
    /// Cross-layer equalization of channels; off unless asked for.
    case equalize
    /// The scale of a channel's weights by least squares: the largest may saturate.
    case clip
    /// Ranges of activations by another rule than the smallest and largest number seen.
    case ranges
    /// Biases make up for the mean error of rounded weights.
    case bias
    /// Weights, or at least biases, fitted to calibration inputs layer after layer.
    case rounding
    /// Int16 for residual sums, with int8 copies for the layers that read them.
    case residuals
    /// Int16 for small values and dense weights, and for whatever else was asked for.
    case wide
}

extension QuantizerOptions {
    /// Whether a pass runs.
    public func uses(_ pass: Pass) -> Bool { without(pass) != self }

    /// The same options but for one pass.
    public func without(_ pass: Pass) -> QuantizerOptions {
        var options = self
        switch pass {
        case .fold: options.foldsAffine = false
        case .equalize: options.equalizesChannels = false
        case .clip: options.weights = .largest
        case .ranges: options.ranges = .minMax
        case .bias: options.correctsBias = false
        case .rounding: options.rounding = .nearest
        case .residuals: options.keepsResidualsWide = false
        case .wide:
            options.wideShare = 0
            options.wideElements = 0
            options.wideWeightShare = 0
            options.wideValues = []
            options.keepsProductsWide = false
            options.wideDepth = 0
        }
        return options
    }
}
