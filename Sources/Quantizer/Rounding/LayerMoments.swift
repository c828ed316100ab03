/// Sums of products over sampled rows: all that the squared error of a layer's output depends on.
///
/// x are the rows that the partly quantized network gives, y what the float network computes at the same positions.
/// For a depthwise layer every channel is a layer of its own with one output.
struct LayerMoments: Sendable {
    /// Independent layers: the channels of a depthwise layer, otherwise 1.
    let groups: Int
    /// Inputs and outputs of one group.
    let inputs: Int, outputs: Int
    private(set) var count = 0
    /// Σ x·xᵀ: `[inputs, inputs]`, lower triangle; for depthwise layers `[inputs · inputs, groups]`.
    private var xx: Matrix
    /// Σ y·xᵀ: `[outputs, inputs]`; for depthwise layers `[inputs, groups]`.
    private var yx: Matrix
    private var x: [Double]
    private var squares: [Double]
    private var y: [Double]
    private var yy: [Double]
    private let hasProducts: Bool

    /// - Parameter hasProducts: whether products of different numbers are summed too. Without them there are means and
    ///   spreads only: enough for biases, and much faster.
    init(_ rows: LayerRows, hasProducts: Bool = true) {
        self.hasProducts = hasProducts
        let isDepthwise = rows.isDepthwise
        groups = isDepthwise ? rows.outputs : 1
        inputs = rows.width / groups
        outputs = isDepthwise ? 1 : rows.outputs
        let products = hasProducts ? 1 : 0
        xx = isDepthwise
            ? Matrix(rows: products * inputs * inputs, columns: groups)
            : Matrix(rows: products * inputs, columns: inputs)
        yx = isDepthwise
            ? Matrix(rows: products * inputs, columns: groups) : Matrix(rows: products * outputs, columns: inputs)
        x = Array(repeating: 0, count: inputs * groups)
        squares = x
        y = Array(repeating: 0, count: outputs * groups)
        yy = y
    }

    /// Adds `count` rows of inputs and of outputs.
    mutating func add(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) {
        self.count += count
        let (width, height) = (inputs * groups, outputs * groups)
        for row in 0..<count {
            for i in 0..<width {
                let value = Double(a[row * width + i])
                x[i] += value
                squares[i] += value * value
            }
            for i in 0..<height {
                let value = Double(b[row * height + i])
                y[i] += value
                yy[i] += value * value
            }
        }
        guard hasProducts else { return }
        if groups == 1 {
            xx.addProduct(a, a, count: count, isSymmetric: true)
            yx.addProduct(b, a, count: count)
        } else {
            addDepthwise(a, b, count: count)
        }
    }

    private mutating func addDepthwise(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) {
        let (inputs, groups) = (inputs, groups)
        xx.values.withUnsafeMutableBufferPointer { xx in
            yx.values.withUnsafeMutableBufferPointer { yx in
                let (xx, yx) = (xx.baseAddress!, yx.baseAddress!)
                concurrently(inputs) { i in
                    for row in 0..<count {
                        let taps = a + row * inputs * groups
                        let tap = taps + i * groups
                        for j in 0...i {
                            addProducts(tap, taps + j * groups, to: xx + (i * inputs + j) * groups, groups)
                        }
                        addProducts(tap, b + row * groups, to: yx + i * groups, groups)
                    }
                }
            }
        }
    }

    /// The centred moments of a group: Σ (x − x̄)(x − x̄)ᵀ / n, lower triangle filled to a square.
    func covariance(_ group: Int) -> [Double] {
        let n = Double(max(1, count))
        var result = [Double](repeating: 0, count: inputs * inputs)
        for i in 0..<inputs {
            let meanI = x[i * groups + group] / n
            for j in 0...i {
                let sum = groups == 1 ? xx[i, j] : xx[i * inputs + j, group]
                let value = Double(sum) / n - meanI * x[j * groups + group] / n
                result[i * inputs + j] = value
                result[j * inputs + i] = value
            }
        }
        return result
    }

    /// The inputs' variances: the covariance's diagonal.
    func spreads(_ group: Int) -> [Double] {
        let n = Double(max(1, count))
        return (0..<inputs).map { i in
            let mean = x[i * groups + group] / n
            return max(0, squares[i * groups + group] / n - mean * mean)
        }
    }

    /// Σ (y − ȳ)(x − x̄) / n of one output.
    func correlation(_ group: Int, _ output: Int) -> [Double] {
        let n = Double(max(1, count))
        let meanY = y[output * groups + group] / n
        return (0..<inputs).map { i in
            let sum = groups == 1 ? yx[output, i] : yx[i, group]
            return Double(sum) / n - meanY * x[i * groups + group] / n
        }
    }

    /// The mean of y − w·x: the bias with the least squared error.
    func bias(_ weights: [Double], _ group: Int, _ output: Int) -> Double {
        let n = Double(max(1, count))
        return (0..<inputs).reduce(y[output * groups + group] / n) { $0 - weights[$1] * x[$1 * groups + group] / n }
    }

    /// The mean of (y − w·x − bias)².
    ///
    /// - Parameter covariance: the group's.
    func error(_ weights: [Double], bias: Double, _ covariance: [Double], _ group: Int, _ output: Int) -> Double {
        let n = Double(max(1, count)), channel = output * groups + group
        let crossed = correlation(group, output)
        let shift = self.bias(weights, group, output) - bias
        var sum = yy[channel] / n - (y[channel] / n) * (y[channel] / n) + shift * shift
        weights.withUnsafeBufferPointer { w in
            covariance.withUnsafeBufferPointer { c in
                for i in 0..<inputs {
                    sum += w[i] * (dot(c.baseAddress! + i * inputs, w.baseAddress!, inputs) - 2 * crossed[i])
                }
            }
        }
        return max(0, sum)
    }

    /// The mean of (y − ȳ)², over all outputs of all groups.
    var variance: Double {
        let n = Double(max(1, count))
        return zip(y, yy).reduce(0) { $0 + $1.1 / n - ($1.0 / n) * ($1.0 / n) }
    }
}

/// c += a · b, element by element.
@inline(__always)
private func addProducts(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, to c: UnsafeMutablePointer<Float>, _ count: Int
) {
    typealias Vector = SIMD8<Float>
    var i = 0
    while i + 8 <= count {
        let product = UnsafeRawPointer(a + i).loadUnaligned(as: Vector.self)
            * UnsafeRawPointer(b + i).loadUnaligned(as: Vector.self)
        let place = UnsafeMutableRawPointer(c + i)
        place.storeBytes(of: place.loadUnaligned(as: Vector.self) + product, as: Vector.self)
        i += 8
    }
    while i < count {
        c[i] += a[i] * b[i]
        i += 1
    }
}
