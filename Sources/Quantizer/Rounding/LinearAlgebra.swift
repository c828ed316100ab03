import Dispatch

/// A dense matrix of floats, row-major.
struct Matrix: Equatable, Sendable {
    let rows: Int
    let columns: Int
    var values: [Float]

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        values = Array(repeating: 0, count: rows * columns)
    }

    subscript(row: Int, column: Int) -> Float {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }
}

/// Runs `body` for every index on all cores; the parts write to different places, which is the caller's promise.
func concurrently(_ count: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
        nonisolated(unsafe) let body = body
        DispatchQueue.concurrentPerform(iterations: count) { body($0) }
    }
}

extension Matrix {
    /// Adds aᵀ·b, for `count` rows of `a` (`rows` floats each) and of `b` (`columns` floats each).
    ///
    /// - Parameter isSymmetric: a and b are the same, and only the lower triangle is wanted.
    mutating func addProduct(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int, isSymmetric: Bool = false
    ) {
        let (m, n) = (rows, columns)
        let tiles = (m + 3) / 4
        let band = max(1, min((tiles + 7) / 8, 64))
        values.withUnsafeMutableBufferPointer { values in
            let c = values.baseAddress!
            concurrently((tiles + band - 1) / band) { part in
                // rows in blocks that stay in the cache, however long they are
                for first in stride(from: 0, to: count, by: 128) {
                    let block = min(128, count - first)
                    for j in stride(from: 0, to: n, by: 16) {
                        for tile in part * band..<min(tiles, (part + 1) * band) {
                            let i = 4 * tile
                            if isSymmetric, j > i + 3 { continue }
                            if i + 4 <= m, j + 16 <= n {
                                addTile(a + first * m + i, m, b + first * n + j, n, block, c + i * n + j)
                            } else {
                                addEdge(
                                    a + first * m + i, m, b + first * n + j, n, block, c + i * n + j,
                                    min(4, m - i), min(16, n - j))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// 4 × 16 sums in registers.
@inline(__always)
private func addTile(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int, _ count: Int,
    _ c: UnsafeMutablePointer<Float>
) {
    typealias Vector = SIMD16<Float>
    var (s0, s1, s2, s3) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
    var (x, y) = (a, b)
    for _ in 0..<count {
        let v = UnsafeRawPointer(y).loadUnaligned(as: Vector.self)
        s0 += v * x[0]
        s1 += v * x[1]
        s2 += v * x[2]
        s3 += v * x[3]
        x += aStride
        y += bStride
    }
    func add(_ sum: Vector, to c: UnsafeMutablePointer<Float>) {
        let place = UnsafeMutableRawPointer(c)
        place.storeBytes(of: place.loadUnaligned(as: Vector.self) + sum, as: Vector.self)
    }
    add(s0, to: c)
    add(s1, to: c + bStride)
    add(s2, to: c + 2 * bStride)
    add(s3, to: c + 3 * bStride)
}

private func addEdge(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int, _ count: Int,
    _ c: UnsafeMutablePointer<Float>, _ height: Int, _ width: Int
) {
    for i in 0..<height {
        for r in 0..<count {
            let x = a[r * aStride + i]
            for j in 0..<width { c[i * bStride + j] += x * b[r * bStride + j] }
        }
    }
}

/// The factor L of a symmetric positive definite matrix: L·Lᵀ.
struct CholeskyFactor: Sendable {
    let count: Int
    /// The lower triangle, row-major.
    private(set) var lower: [Double]

    /// - Parameter matrix: symmetric, `[count, count]`; only its lower triangle is read.
    /// - Returns: `nil` when the matrix is not positive definite.
    init?(_ matrix: [Double], count: Int) {
        self.count = count
        lower = matrix
        let width = 48
        var isDefinite = true
        lower.withUnsafeMutableBufferPointer { buffer in
            let l = buffer.baseAddress!
            for first in stride(from: 0, to: count, by: width) {
                let last = min(first + width, count)
                // the panel's own square, then all rows below it at once
                for i in first..<last where isDefinite {
                    isDefinite = Self.eliminate(l, count, row: i, from: first, i + 1)
                }
                guard isDefinite else { return }
                let bands = (count - last + 31) / 32
                concurrently(bands) { band in
                    for i in last + band * 32..<min(count, last + (band + 1) * 32) {
                        _ = Self.eliminate(l, count, row: i, from: first, last)
                    }
                }
            }
        }
        if !isDefinite { return nil }
    }

    /// Finishes the entries `from..<to` of a row whose earlier entries are finished.
    private static func eliminate(
        _ l: UnsafeMutablePointer<Double>, _ n: Int, row i: Int, from: Int, _ to: Int
    ) -> Bool {
        for j in from..<to {
            let sum = l[i * n + j] - dot(l + i * n, l + j * n, j)
            if i == j {
                guard sum > 0 else { return false }
                l[i * n + i] = sum.squareRoot()
            } else {
                l[i * n + j] = sum / l[j * n + j]
            }
        }
        return true
    }

    /// x of L·Lᵀ·x = b, in place.
    func solve(_ b: inout [Double]) {
        let n = count
        lower.withUnsafeBufferPointer { lower in
            let l = lower.baseAddress!
            b.withUnsafeMutableBufferPointer { b in
                let x = b.baseAddress!
                for i in 0..<n { x[i] = (x[i] - dot(l + i * n, x, i)) / l[i * n + i] }
                for i in (0..<n).reversed() {
                    x[i] /= l[i * n + i]
                    let (factor, row) = (x[i], l + i * n)
                    for j in 0..<i { x[j] -= factor * row[j] }
                }
            }
        }
    }
}

/// Σ aᵢ·bᵢ.
@inline(__always)
func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    typealias Vector = SIMD8<Double>
    var sum = Vector.zero
    var i = 0
    while i + 8 <= count {
        sum += UnsafeRawPointer(a + i).loadUnaligned(as: Vector.self)
            * UnsafeRawPointer(b + i).loadUnaligned(as: Vector.self)
        i += 8
    }
    var result = sum.sum()
    while i < count {
        result += a[i] * b[i]
        i += 1
    }
    return result
}
