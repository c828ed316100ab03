/// Rounds a layer's rows of weights one after the other weight, each error passed on to the weights not yet rounded.
///
/// For rows w and the inputs' second moments H = R·ᵀR it looks for integers q with a small (w − s·q)·H·(w − s·q)ᵀ: the
/// squared error of the layer's output on calibration inputs. Going from the last weight to the first, each is rounded
/// to the nearest step of what makes up best for the errors so far (Babai's nearest plane; the same result as the
/// OBQ/GPTQ recursion of Frantar et al. 2022, without an inverse).
struct RowRounding: Sendable {
    /// Weights in the order of rounding's end: the one with the largest moment is rounded first, and stands last.
    private let order: [Int]
    /// Rᵀ's rows: entries behind the diagonal divided by it.
    private let following: [Float]
    private let diagonal: [Float]
    private let count: Int

    /// - Parameter moments: symmetric, `[count, count]`, row-major, damped.
    /// - Returns: `nil` when they are not positive definite.
    init?(_ moments: [Double], count: Int) {
        let order = (0..<count).sorted { (moments[$0 * count + $0], $0) < (moments[$1 * count + $1], $1) }
        var permuted = [Double](repeating: 0, count: count * count)
        for (i, from) in order.enumerated() {
            for j in 0...i { permuted[i * count + j] = moments[max(from, order[j]) * count + min(from, order[j])] }
        }
        guard let factor = CholeskyFactor(permuted, count: count) else { return nil }
        var following = [Float](repeating: 0, count: count * count)
        diagonal = (0..<count).map { Float(factor.lower[$0 * count + $0]) }
        // R = Lᵀ: row j of R is column j of L
        let block = 32
        for i0 in stride(from: 0, to: count, by: block) {
            for j0 in stride(from: 0, through: i0, by: block) {
                for i in i0..<min(i0 + block, count) {
                    for j in j0..<min(j0 + block, i) {
                        following[j * count + i] = Float(factor.lower[i * count + j] / factor.lower[j * count + j])
                    }
                }
            }
        }
        self.order = order
        self.following = following
        self.count = count
    }

    /// The integers of one row at a scale, and their squared error.
    func round(_ weights: [Double], scale: Double) -> (values: [Int8], error: Double) {
        var values = [Int8](repeating: 0, count: count)
        var errors = [Float](repeating: 0, count: count)
        var total = 0.0
        following.withUnsafeBufferPointer { following in
            errors.withUnsafeMutableBufferPointer { errors in
                for j in (0..<count).reversed() {
                    let row = following.baseAddress! + j * count
                    // what the weights behind owe, as this one sees it
                    let owed = dot(row + j + 1, errors.baseAddress! + j + 1, count - j - 1)
                    let wanted = weights[order[j]] + Double(owed)
                    let q = min(max((wanted / scale).rounded(), -127), 127)
                    values[order[j]] = Int8(q)
                    errors[j] = Float(weights[order[j]] - q * scale)
                    let rest = (wanted - q * scale) * Double(diagonal[j])
                    total += rest * rest
                }
            }
        }
        return (values, total)
    }

    /// The squared error of any real row in place of `weights`.
    func error(_ weights: [Double], _ other: [Double]) -> Double {
        var errors = [Float](repeating: 0, count: count)
        for j in 0..<count { errors[j] = Float(weights[order[j]] - other[order[j]]) }
        var total = 0.0
        following.withUnsafeBufferPointer { following in
            errors.withUnsafeBufferPointer { errors in
                for j in 0..<count {
                    let row = following.baseAddress! + j * count
                    let sum = errors[j] + dot(row + j + 1, errors.baseAddress! + j + 1, count - j - 1)
                    total += Double(sum * diagonal[j]) * Double(sum * diagonal[j])
                }
            }
        }
        return total
    }
}

/// Σ aᵢ·bᵢ.
@inline(__always)
private func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
    typealias Vector = SIMD16<Float>
    var sum = Vector.zero
    var i = 0
    while i + 16 <= count {
        sum += UnsafeRawPointer(a + i).loadUnaligned(as: Vector.self)
            * UnsafeRawPointer(b + i).loadUnaligned(as: Vector.self)
        i += 16
    }
    var result = sum.sum()
    while i < count {
        result += a[i] * b[i]
        i += 1
    }
    return result
}
