import Runtime

/// What a network makes of one picture or clip in order to tell persons apart: a direction, stored as a vector of
/// length one. The smaller the angle between two of them, the more alike are the persons.
///
/// Components are integers, `one` standing for 1, and all arithmetic is exact or rounded by rule: every machine finds
/// the same similarities.
public struct Embedding: Equatable {
    /// 1 as a component.
    static let one: Int64 = 1 << 16

    public let components: [Int32]

    /// The direction of a vector of up to 65,536 components; `nil` for zero, which has none.
    public init?(direction vector: [Int32]) {
        let largest = vector.reduce(0) { max($0, $1.magnitude) }
        guard largest > 0 else { return nil }
        // 23 significant bits: the squares of 65,536 components then sum up within 62.
        let shift = largest.leadingZeroBitCount - (UInt32.bitWidth - 23)
        func scaled(_ component: Int32) -> Int64 {
            shift >= 0 ? Int64(component) << Int64(shift) : Int64(component) >> Int64(-shift)
        }
        let length = squareRoot(vector.reduce(0 as UInt64) { $0 + (scaled($1) * scaled($1)).magnitude })
        components = vector.map { Int32(rounded(scaled($0) * Embedding.one, by: Int64(length))) }
    }

    /// The direction of an output after a run; `nil` when all of it is zero.
    public init?(_ output: Output) {
        self.init(direction: (0..<output.count).map { output[$0] - output.zeroPoint })
    }

    /// The cosine of the angle to another embedding of as many components, −1 … 1: a multiple of 2⁻¹⁶.
    public func cosine(_ other: Embedding) -> Double {
        var sum: Int64 = 0
        for (a, b) in zip(components, other.components) { sum += Int64(a) * Int64(b) }
        let cosine = min(max(rounded(sum, by: Embedding.one), -Embedding.one), Embedding.one)
        return Double(cosine) / Double(Embedding.one)
    }
}

/// a ÷ b for b > 0, rounded to the nearest, half away from zero.
private func rounded(_ a: Int64, by b: Int64) -> Int64 {
    let half = b / 2
    return a >= 0 ? (a + half) / b : (a - half) / b
}

/// ⌊√n⌋, two bits of n a step.
func squareRoot(_ n: UInt64) -> UInt64 {
    var remainder = n, root: UInt64 = 0
    var bit: UInt64 = 1 << 62
    while bit > n { bit >>= 2 }
    while bit > 0 {
        if remainder >= root + bit {
            remainder -= root + bit
            root = root >> 1 + bit
        } else {
            root >>= 1
        }
        bit >>= 2
    }
    return root
}
