/// Strides and zero-padding of a convolution or pool.
public struct ConvolutionWindow: Equatable, Sendable {
    public var strideY = 1, strideX = 1
    public var padTop = 0, padLeft = 0, padBottom = 0, padRight = 0

    public init(
        strideY: Int = 1, strideX: Int = 1, padTop: Int = 0, padLeft: Int = 0, padBottom: Int = 0, padRight: Int = 0
    ) {
        self.strideY = strideY
        self.strideX = strideX
        self.padTop = padTop
        self.padLeft = padLeft
        self.padBottom = padBottom
        self.padRight = padRight
    }
}

/// Functions of one number, applied to every element.
public enum UnaryFunction: Equatable, Sendable {
    case relu
    /// max(low, min(high, x)): ReLU6 is `clip(0, 6)`.
    case clip(Float, Float)
    case leakyRelu(Float)
    case sigmoid
    case tanh
    /// x · sigmoid(x)
    case swish
    case hardSigmoid(alpha: Float, beta: Float)
    /// x · max(0, min(1, x/6 + 1/2))
    case hardSwish
    case exp
    case negate
}

public enum ArithmeticFunction: Equatable, Sendable { case add, subtract, multiply, divide }
public enum ReduceFunction: Equatable, Sendable { case mean, maximum }

/// The operators of the float graph. Shapes as in `Graph`; inputs in the order given.
public enum FloatOperator: Equatable, Sendable {
    /// x `[N, H, W, C]`, weights `[M, kh, kw, C]`, optional bias `[M]` → `[N, H', W', M]`.
    case convolution(ConvolutionWindow)
    /// x `[N, H, W, C]`, weights `[kh, kw, C]`, optional bias `[C]` → `[N, H', W', C]`.
    case depthwise(ConvolutionWindow)
    /// x `[…, K]`, weights `[M, K]`, optional bias `[M]` → `[…, M]`.
    case dense
    /// x `[…, C]`, scale, offset, mean, variance, each `[C]`: scale · (x − mean) / √(variance + epsilon) + offset.
    case batchNormalization(epsilon: Float)
    /// Two inputs (either may be a constant), broadcast by NumPy's rules.
    case arithmetic(ArithmeticFunction)
    case unary(UnaryFunction)
    /// x `[…, C]`, slope `[C]` or `[1]`.
    case prelu
    /// Inputs joined on the last axis.
    case concatenate
    /// x → mean or maximum over `axes`, which stay with extent 1 when `keep` is set.
    case reduce(ReduceFunction, axes: [Int], keep: Bool)
    /// Over the last axis.
    case softmax
    /// x `[T, C]`, weights `[4H, C]`, recurrent `[4H, H]`, bias `[4H]` (both sides' sum) → `[T, H]`; gates in the order
    /// input, forget, cell, output; sigmoid and tanh; h and c start at 0.
    case lstm(hidden: Int)
    /// SeqSelfAttention, additive: x `[T, C]`, queryWeights `[U, C]`, keyWeights `[U, C]`, bias `[U]`, scoreWeights
    /// `[U]`, scoreBias `[1]` → `[T, C]`: h(t,u) = tanh(Wq·x(t) + Wk·x(u) + b), e = sigmoid(w·h + s), a = softmax over
    /// u, out(t) = Σ a(t,u)·x(u).
    case selfAttention(units: Int)
    /// The same elements under the output's shape.
    case reshape

    public var label: String {
        switch self {
        case .convolution: "convolution"
        case .depthwise: "depthwise"
        case .dense: "dense"
        case .batchNormalization: "batchNormalization"
        case .arithmetic(let f): "\(f)"
        case .unary(let f): "\(f)"
        case .prelu: "prelu"
        case .concatenate: "concatenate"
        case .reduce(let f, _, _): "\(f)"
        case .softmax: "softmax"
        case .lstm: "lstm"
        case .selfAttention: "selfAttention"
        case .reshape: "reshape"
        }
    }
}
