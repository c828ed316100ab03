/// The right-hand side of `A·Wᵀ + bias`, packed once into panels of eight output columns.
///
/// `vectors[p][k]` holds `W[8p ..< 8p + 8][k]`, so that the inner loop reads one vector a step. Columns beyond the last
/// are 0.
final class PackedMatrix: @unchecked Sendable {
    typealias Vector = SIMD8<Float>

    let columns: Int
    let depth: Int
    private let panelCount: Int
    private let vectors: UnsafeMutablePointer<Vector>
    private let bias: UnsafeMutablePointer<Vector>

    /// - Parameters:
    ///   - weights: `[columns, depth]`
    ///   - bias: `[columns]` or `nil`
    init(weights: [Float], bias: [Float]?, columns: Int, depth: Int) {
        self.columns = columns
        self.depth = depth
        panelCount = (columns + 7) / 8
        vectors = .allocate(capacity: panelCount * depth)
        self.bias = .allocate(capacity: panelCount)
        for p in 0..<panelCount {
            let width = min(8, columns - 8 * p)
            for k in 0..<depth {
                var vector = Vector.zero
                for i in 0..<width { vector[i] = weights[(8 * p + i) * depth + k] }
                (vectors + p * depth + k).initialize(to: vector)
            }
            var vector = Vector.zero
            if let bias { for i in 0..<width { vector[i] = bias[8 * p + i] } }
            (self.bias + p).initialize(to: vector)
        }
    }

    /// All panels.
    var panels: Range<Int> { 0..<panelCount }

    deinit {
        vectors.deallocate()
        bias.deallocate()
    }

    /// `c[r] = W·a[r] + bias` for `rows` rows of `a`, `depth` floats each, to rows of `columns` floats.
    func multiply(_ a: UnsafePointer<Float>, rows: Int, into c: UnsafeMutablePointer<Float>, _ parallel: Parallel) {
        let grain = max(1, 65_536 / max(1, depth))
        if rows >= 4 * parallel.threads {
            parallel((rows + 3) / 4, grain: grain / columns + 1) { tiles in
                let first = 4 * tiles.lowerBound
                let count = min(rows, 4 * tiles.upperBound) - first
                self.multiply(
                    a + first * self.depth, rows: count, panels: self.panels, into: c + first * self.columns)
            }
        } else {
            parallel(panelCount, grain: grain / (8 * rows) + 1) { panels in
                self.multiply(a, rows: rows, panels: panels, into: c)
            }
        }
    }

    /// One thread's part.
    func multiply(_ a: UnsafePointer<Float>, rows: Int, panels: Range<Int>, into c: UnsafeMutablePointer<Float>) {
        var row = 0
        while row < rows {
            let tile = rows - row >= 4 ? 4 : 1
            for p in panels {
                let output = c + row * columns + 8 * p
                let width = min(8, columns - 8 * p)
                if tile == 4 {
                    multiplyFour(a + row * depth, panel: p, into: output, width)
                } else {
                    multiplyOne(a + row * depth, panel: p, into: output, width)
                }
            }
            row += tile
        }
    }

    /// Four rows times one panel: 4 × 8 sums in registers.
    @inline(__always)
    private func multiplyFour(
        _ a: UnsafePointer<Float>, panel: Int, into c: UnsafeMutablePointer<Float>, _ width: Int
    ) {
        let w = UnsafePointer(vectors + panel * depth)
        let (a0, a1, a2, a3) = (a, a + depth, a + 2 * depth, a + 3 * depth)
        var (s0, s1, s2, s3) = (bias[panel], bias[panel], bias[panel], bias[panel])
        for k in 0..<depth {
            let v = w[k]
            s0 += v * a0[k]
            s1 += v * a1[k]
            s2 += v * a2[k]
            s3 += v * a3[k]
        }
        store(s0, to: c, width)
        store(s1, to: c + columns, width)
        store(s2, to: c + 2 * columns, width)
        store(s3, to: c + 3 * columns, width)
    }

    /// One row times one panel; even and odd steps have sums of their own, so that neither waits for the other.
    @inline(__always)
    private func multiplyOne(
        _ a: UnsafePointer<Float>, panel: Int, into c: UnsafeMutablePointer<Float>, _ width: Int
    ) {
        let w = UnsafePointer(vectors + panel * depth)
        var even = bias[panel]
        var odd = Vector.zero
        var k = 0
        while k + 1 < depth {
            even += w[k] * a[k]
            odd += w[k + 1] * a[k + 1]
            k += 2
        }
        if k < depth { even += w[k] * a[k] }
        store(even + odd, to: c, width)
    }

    @inline(__always)
    private func store(_ vector: Vector, to c: UnsafeMutablePointer<Float>, _ width: Int) {
        if width == 8 {
            UnsafeMutableRawPointer(c).storeBytes(of: vector, as: Vector.self)
        } else {
            for i in 0..<width { c[i] = vector[i] }
        }
    }
}
