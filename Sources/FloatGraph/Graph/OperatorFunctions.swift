/// Functions of one number, applied to every element.
public enum UnaryFunction: Equatable, Sendable {
    case relu
    /// max(low, min(high, x)): ReLU6 is `clip(0, 6)`.
    case clip(Float, Float)
    case leakyRelu(Float)
    /// x where it is above the threshold, else 0.
    case thresholdedRelu(Float)
    /// x, or alpha · (eˣ − 1) where x is negative.
    case elu(Float)
    /// gamma · elu(alpha)
    case selu(alpha: Float, gamma: Float)
    case sigmoid
    case tanh
    /// x · sigmoid(x)
    case swish
    case hardSigmoid(alpha: Float, beta: Float)
    /// x · max(0, min(1, x/6 + 1/2))
    case hardSwish
    /// ln(1 + eˣ)
    case softplus
    /// x / (1 + |x|)
    case softsign
    /// x · Φ(x), Φ the normal distribution: x/2 · (1 + erf(x/√2))
    case gelu
    /// The approximation x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³)))
    case geluTanh
    /// x · tanh(softplus(x))
    case mish
    case erf
    case exp
    case logarithm
    case squareRoot
    case square
    /// x to a constant power.
    case power(Float)
    case reciprocal
    case absolute
    case negate
}

/// Functions of two numbers.
public enum ArithmeticFunction: Equatable, Sendable { case add, subtract, multiply, divide, minimum, maximum }

public enum ReduceFunction: Equatable, Sendable { case mean, maximum, minimum, sum, product }

/// What a pool makes of the pixels under its window.
public enum PoolFunction: Equatable, Sendable {
    /// Padding is never the largest.
    case maximum
    /// Padding counts as zeros, or not at all.
    case average(countsPadding: Bool)
}

/// Where on the input's axis an output index `i` lies; `scale` is input extent / output extent.
public enum ResizeCoordinates: Equatable, Sendable {
    /// (i + ½) · scale − ½
    case halfPixel
    /// i · scale
    case asymmetric
    /// i · (input extent − 1) / (output extent − 1)
    case alignCorners
}

/// How a coordinate becomes the index of the nearest pixel.
public enum ResizeRounding: Equatable, Sendable { case floor, ceiling, halfDown, halfUp }

public enum ResizeFunction: Equatable, Sendable {
    case nearest(ResizeRounding, ResizeCoordinates)
    /// Between the two neighbours on each axis; coordinates are clamped to the picture.
    case linear(ResizeCoordinates)
}

/// What stands around a padded tensor.
public enum PadMode: Equatable, Sendable {
    case constant(Float)
    /// Mirrored at the first and last element, which are not repeated.
    case reflect
    /// The first and last element repeated.
    case edge
}
