// What every operator computes, exactly. The scalar kernels are these formulas; all other kernels equal them bit for
// bit.
//
//     requantize(a, m, s) = (a·m + 2^(30+s)) >> (31+s)      in 64-bit integers; 2^30 ≤ m < 2^31, 1 ≤ s ≤ 31, |a| < 2^30
//
// One rounding, halves upward. `saturate` clamps to the output's element type, `clamp` to the operator's own bounds.

/// `requantize((q − z)·2^left, multiplier, shift)`: a change of scale by `2^left · multiplier · 2^−(31+shift)`.
///
/// `left` exists because a single requantization is always < 0.5: small integers are first lifted.
/// The quantizer guarantees |q − z|·2^left < 2^30.
public struct Rescale: Equatable, Sendable {
    public var left: Int32
    public var multiplier: Int32
    public var shift: Int32

    public init(left: Int32, multiplier: Int32, shift: Int32) {
        self.left = left
        self.multiplier = multiplier
        self.shift = shift
    }
}

/// The bounds of an output, in quantized units: a fused ReLU or ReLU6 is only a tighter pair.
public struct Clamp: Equatable, Sendable {
    public var low: Int32
    public var high: Int32

    public init(low: Int32, high: Int32) {
        self.low = low
        self.high = high
    }
}

/// Strides, zero-padding and dilation of a convolution. Padding contributes the input's zero point.
public struct Window: Equatable, Sendable {
    public var strideY: Int32
    public var strideX: Int32
    public var padTop: Int32
    public var padLeft: Int32
    public var padBottom: Int32
    public var padRight: Int32
    /// Input rows and columns from one tap of the kernel to the next.
    public var dilationY: Int32
    public var dilationX: Int32

    public init(
        strideY: Int32 = 1, strideX: Int32 = 1, padTop: Int32 = 0, padLeft: Int32 = 0, padBottom: Int32 = 0,
        padRight: Int32 = 0, dilationY: Int32 = 1, dilationX: Int32 = 1
    ) {
        self.strideY = strideY
        self.strideX = strideX
        self.padTop = padTop
        self.padLeft = padLeft
        self.padBottom = padBottom
        self.padRight = padRight
        self.dilationY = dilationY
        self.dilationX = dilationX
    }
}

/// The operators of a program. `x`, `y` are activations (int8 or int16), the other inputs constants, in the order
/// given. The `y` of `add` and `multiply` and inputs of `concatenate` may be constants (int8 or
/// int16) instead.
///
/// "Per channel" constants: `bias` int32 `[N]` in units of s_in·s_w[n], `multiplier` and `shift` int32 `[N]`.
public enum Operator: Equatable, Sendable {
    /// x `[H, W, C]`, weights int8 `[N, kh, kw, C]`, bias, multiplier, shift → `[H', W', N]` int8 or int16.
    /// a = Σ (x − z_x)·w + bias[n]; y = clamp(requantize(a, multiplier[n], shift[n]) + z_y).
    case convolution(Window, Clamp)
    /// x `[H, W, C]`, weights int8 `[kh, kw, C]`, bias, multiplier, shift → `[H', W', C]`; as `convolution`, per
    /// channel.
    case depthwise(Window, Clamp)
    /// x `[…, K]`, weights int8 `[N, K]`, bias, multiplier, shift → `[…, N]`; as `convolution`, on the last axis.
    case dense(Clamp)
    /// x, y of equal shape. a = (x − z_x)·mx + (y − z_y)·my, |a| < 2^30; out = clamp(requantize(a, multiplier, shift)
    /// + z).
    case add(mx: Int32, my: Int32, multiplier: Int32, shift: Int32, Clamp)
    /// x, and y of the same shape, or `[C]` (one factor a channel), or `[H, W, 1]` (one factor a position).
    /// a = (x − z_x)·(y − z_y); out = clamp(rescale(a) + z). int16 · int16 may reach 2^30, but only unlifted (left 0).
    case multiply(Rescale, Clamp)
    /// Inputs joined on the last axis; each out = saturate(rescale_i(q − z_i) + z). `nil`: equal quantization, copied.
    case concatenate([Rescale?])
    /// x viewed as `[outer, count, inner]` → `[outer, inner]`. a = Σ_count (q − z_x); out = saturate(rescale(a) + z).
    /// The rescale contains 1/count.
    case mean(outer: Int32, count: Int32, inner: Int32, Rescale)
    /// x viewed as `[outer, count, inner]` → `[outer, inner]`, the largest q; input and output share their
    /// quantization.
    case maximum(outer: Int32, count: Int32, inner: Int32)
    /// out = saturate(rescale(q − z_x) + z): a change of scale or of element type, to int8 or int16. The input may be
    /// uint16 too: the probabilities of a softmax become int16 before a dense layer reads them.
    case rescale(Rescale)
    /// A unary function as a table. int8 → int8: table int8 `[256]`, out = table[q + 128].
    ///
    /// int16 → int8 or int16: table int16 `[513]`; u = q + 32768, i = u >> 7, f = u & 127, v = t[i]·(128 − f) +
    /// t[i+1]·f; int16 out = (v + 2^6) >> 7; int8 out = saturate((v + 2^14) >> 15), whose table holds 256 × the
    /// output.
    case table
    /// x `[…, C]`, multiplier and shift int32 `[C]` for negative x.
    /// a = x − z_x; out = saturate((a ≥ 0 ? rescale(a) : requantize(a·2^left, multiplier[c], shift[c])) + z); a
    /// negative slope is stored as a negated multiplier: |multiplier[c]| in range.
    case prelu(Rescale)
    /// x `[…, C]` → uint16 `[…, C]` in units of 2⁻¹⁶ over the last axis. Constants int32 high `[256]`, low `[256]` in
    /// Q30: d = max − q; e = (high[d >> 8]·low[d & 255] + 2^29) >> 30; out = min(65535, (e·2^16 + S/2) / S), S = Σ e.
    case softmax
    /// x `[T, C]`; weights int8 `[4H, C]`, recurrent int8 `[4H, H]`, bias int32 `[4H]`, multiplier, shift int32
    /// `[4H]` (input side), recurrentMultiplier, recurrentShift int32 `[4H]`, sigmoid, tanh int16 `[513]` (2⁻¹² →
    /// Q0.15) → hidden `[T, H]` int8 in units of 2⁻⁷ or int16 in units of 2⁻¹⁵, zero point 0. Gates in the order
    /// input, forget, cell, output:
    ///
    ///     g      = saturate16(saturate16(requantize(Wx·(x − z_x) + bias)) + saturate16(requantize(Wh·h)))   2⁻¹²
    ///     i,f,o  = sigmoid(g), j = tanh(g)                                   Q0.15, int16 → int16 table rule
    ///     c      = saturate16((f·c·2^(15−p) + i·j + 2^(29−p)) >> (30−p))     units of 2^−p, p = cellBits, 0…15
    ///     h      = (o·tanh(c at 2⁻¹²) + 2^14) >> 15 at 2⁻¹⁵; int8: saturate((o·tanh + 2^22) >> 23)
    ///
    /// c at 2⁻¹²: p ≤ 12: saturate16(c·2^(12−p)); p > 12: (c + 2^(p−13)) >> (p − 12). h and c start at 0.
    case lstm(cellBits: Int32)
    /// Additive self-attention over T steps (SeqSelfAttention). x `[T, C]`; query, key int16 `[T, U]` in units of
    /// 2⁻¹² (dense projections made before); weights int8 `[U]`, bias int32 `[1]`; sigmoid, tanh int16 `[513]`; high,
    /// low int32 `[256]` (softmax of Q0.15) → `[T, C]`:
    ///
    ///     h(t,u) = tanh(saturate16(query[t] + key[u]))
    ///     e(t,u) = sigmoid(saturate16(requantize(Σ w·h(t,u) + bias, scoreMultiplier, scoreShift)))
    ///     a(t,·) = softmax(e(t,·))                                           2⁻¹⁶
    ///     out[t] = saturate(requantize(Σ_u a(t,u)·(x[u] − z_x), outputMultiplier, outputShift) + z)
    ///
    /// The sum over u may reach 2^31 for int16 x: its product with the multiplier still fits 64 bits.
    case attention(scoreMultiplier: Int32, scoreShift: Int32, outputMultiplier: Int32, outputShift: Int32)
    /// The same elements under another shape; no work.
    case reshape
    /// Elements in another order: slices, transpositions, repetitions, padding. x int8, int16 or uint16 of any shape,
    /// constants int32 t_1 `[n_1]`, … t_k `[n_k]`, 1 ≤ k ≤ 6, n_1·…·n_k elements in the output; −1 ≤ t_j, and the sum
    /// of the largest entries is an element of x. Input and output share their quantization.
    /// out[i_1, …, i_k] = x[t_1[i_1] + … + t_k[i_k]], or `fill` where one of them is −1.
    case gather(fill: Int32)
    /// x `[H, W, C]` → `[H', W', C]`, the largest q of a window of kernelY × kernelX; padding has no elements. Input
    /// and output share their quantization.
    case maximumPool(Window, kernelY: Int32, kernelX: Int32)
    /// x viewed as `[outer, count, inner]`; lower, upper int32 `[n]` in 0..<count, fraction int16 `[n]` in units of
    /// 2⁻¹⁴, 0…2¹⁴ → `[outer, n, inner]`: one axis of a linear resize.
    /// a = (x[lower[i]] − z_x)·(2¹⁴ − fraction[i]) + (x[upper[i]] − z_x)·fraction[i];
    /// out = saturate(requantize(a, multiplier, shift) + z).
    case interpolate(outer: Int32, count: Int32, inner: Int32, multiplier: Int32, shift: Int32)
    /// Two activations: x `[…, M, K]`, y int8 with zero point 0 `[…, N, K]`, or `[…, K, N]` when `transposed`
    /// → `[…, M, N]`. a = Σ_k (x − z_x)·max(y, −127); out = clamp(requantize(a, multiplier, shift) + z).
    case matmul(transposed: Bool, multiplier: Int32, shift: Int32, Clamp)
    /// Every row of x `[…, C]` divided by its spread: (x − mean)/√(variance + ε) when `centres`, else x/√(mean of
    /// squares + ε). `epsilon` is ε·C³ in units of the square of x's scale. All in integers:
    ///
    ///     d_i = C·(x_i − z_x) − (centres ? Σ (x − z_x) : 0),  V = Σ d² + epsilon;  V = 0: out = z
    ///     j the even number with 2^60 ≤ V·2^j < 2^62,  R = ⌊√(V·2^j)⌋,  I = ⌊2^61 / R⌋
    ///     p_i = (d_i·2^(j/2)·I + 2^31) >> 32        d_i / √V in units of 2⁻²⁹
    ///     out_i = saturate(requantize(p_i, multiplier, shift) + z)      multiplier and shift contain √C·2⁻²⁹
    ///
    /// C³·max(x − z_x)² < 2^61 and 0 ≤ epsilon < 2^60.
    case normalize(centres: Bool, epsilon: Int64, multiplier: Int32, shift: Int32)
    /// x `[T, C]`; weights int8 `[3H, C]`, recurrent int8 `[3H, H]`, bias, multiplier, shift int32 `[3H]` (input
    /// side), recurrentBias, recurrentMultiplier, recurrentShift int32 `[3H]`, sigmoid, tanh int16 `[513]` (2⁻¹² →
    /// Q0.15) → hidden `[T, H]` int16 in units of 2⁻¹⁵. Gates in the order update, reset, hidden; a = saturate16(
    /// requantize(Wx·(x − z_x) + bias)), u(h) = saturate16(requantize(Wh·h + recurrentBias)), both at 2⁻¹²:
    ///
    ///     z, r = sigmoid(saturate16(a + u(h)))                               Q0.15
    ///     g    = resetAfter ? (r·u_g(h) + 2^14) >> 15 : u_g((r·h + 2^14) >> 15)
    ///     n    = tanh(saturate16(a_g + saturate16(g)))
    ///     h    = saturate16((z·h + (2^15 − z)·n + 2^14) >> 15)               h starts at 0
    case gru(resetAfter: Bool)

    /// The name in listings and error messages.
    public var label: String {
        switch self {
        case .convolution: "convolution"
        case .depthwise: "depthwise"
        case .dense: "dense"
        case .add: "add"
        case .multiply: "multiply"
        case .concatenate: "concatenate"
        case .mean: "mean"
        case .maximum: "maximum"
        case .rescale: "rescale"
        case .table: "table"
        case .prelu: "prelu"
        case .softmax: "softmax"
        case .lstm: "lstm"
        case .attention: "attention"
        case .reshape: "reshape"
        case .gather: "gather"
        case .maximumPool: "maximumPool"
        case .interpolate: "interpolate"
        case .matmul: "matmul"
        case .normalize: "normalize"
        case .gru: "gru"
        }
    }
}
