/// The operators of the float graph. Shapes as in `Graph`; inputs in the order given.
public enum FloatOperator: Equatable, Sendable {
    // MARK: Weighted sums

    /// x `[N, H, W, C]`, weights `[M, kh, kw, C]`, optional bias `[M]` → `[N, H', W', M]`.
    case convolution(ConvolutionWindow)
    /// x `[N, H, W, C]`, weights `[kh, kw, C]`, optional bias `[C]` → `[N, H', W', C]`.
    case depthwise(ConvolutionWindow)
    /// x `[N, H, W, C]`, weights `[M, kh, kw, C]`, optional bias `[M]` → `[N, H', W', M]`: every input pixel adds its
    /// multiple of the kernel to the output, `stride` pixels apart; the padding is cut off the result, the output
    /// padding (bias only) added at its bottom and right.
    case transposedConvolution(ConvolutionWindow, outputPadY: Int, outputPadX: Int)
    /// x `[…, K]`, weights `[M, K]`, optional bias `[M]` → `[…, M]`.
    case dense
    /// Two activations, a `[…, M, K]` and b `[…, K, N]`, or `[…, N, K]` with `transposeB` → `[…, M, N]`; the leading
    /// axes are broadcast by NumPy's rules.
    case matmul(transposeB: Bool)

    // MARK: Elementwise

    /// x `[…, C]`, scale, offset, mean, variance, each `[C]`: scale · (x − mean) / √(variance + epsilon) + offset.
    case batchNormalization(epsilon: Float)
    /// x `[…, C]`, scale `[C]`, offset `[C]`: as batch normalization, with mean and variance of the last axis.
    case layerNormalization(epsilon: Float)
    /// Two inputs (either may be a constant), broadcast by NumPy's rules.
    case arithmetic(ArithmeticFunction)
    case unary(UnaryFunction)
    /// x `[…, C]`, slope `[C]` or `[1]`.
    case prelu

    // MARK: Reductions

    /// Over `axes`, which stay with extent 1 when `keep` is set.
    case reduce(ReduceFunction, axes: [Int], keep: Bool)
    /// x `[N, H, W, C]` → `[N, H', W', C]`. No window lies in the padding alone.
    case pool(PoolFunction, kernelY: Int, kernelX: Int, ConvolutionWindow)
    /// Over the last axis.
    case softmax

    // MARK: Sequences

    /// x `[T, C]`, weights `[4H, C]`, recurrent `[4H, H]`, bias `[4H]` (both sides' sum) → `[T, H]`; gates in the order
    /// input, forget, cell, output; sigmoid and tanh; h and c start at 0.
    case lstm(hidden: Int)
    /// x `[T, C]`, weights `[3H, C]`, recurrent `[3H, H]`, biases `[2, 3H]` (input's side, recurrent side) → `[T, H]`;
    /// gates in the order update z, reset r, hidden n; h = z·h + (1 − z)·n starts at 0; the reset gate scales the
    /// recurrent side's sum (`resetAfter`) or the h that goes into it.
    case gru(hidden: Int, resetAfter: Bool)
    /// SeqSelfAttention, additive: x `[T, C]`, queryWeights `[U, C]`, keyWeights `[U, C]`, bias `[U]`, scoreWeights
    /// `[U]`, scoreBias `[1]` → `[T, C]`: h(t,u) = tanh(Wq·x(t) + Wk·x(u) + b), e = sigmoid(w·h + s), a = softmax over
    /// u, out(t) = Σ a(t,u)·x(u).
    case selfAttention(units: Int)

    // MARK: Movement of data

    /// The same elements under the output's shape.
    case reshape
    /// Inputs joined on one axis, counted from 0; the last one is the common case.
    case concatenate(axis: Int)
    /// Axis `i` of the output is axis `order[i]` of x: true movement (channel shuffle, attention heads), never layout.
    case transpose([Int])
    /// For every axis the elements `start`, `start + step`, …, `extent` of them; steps may be negative, never 0.
    case slice(starts: [Int], extents: [Int], steps: [Int])
    /// So many elements more on every axis, before and after.
    case pad(before: [Int], after: [Int], PadMode)
    /// x `[N, H, W, C]` → `[N, height, width, C]`.
    case resize(ResizeFunction, height: Int, width: Int)
}
