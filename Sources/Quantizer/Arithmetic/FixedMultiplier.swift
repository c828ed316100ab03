import ModelFile

/// A positive real factor as `multiplier · 2^−(31 + shift)`, the form of every requantization.
///
/// 2³⁰ ≤ multiplier < 2³¹ and 1 ≤ shift ≤ 31, so that 2⁻³² ≤ value < 0.5; the relative error is at most 2⁻³¹.
public struct FixedMultiplier: Equatable, Sendable {
    public let multiplier: Int32
    public let shift: Int32

    /// The largest factor that is sure to be representable: close to 0.5, with room for the rounding of the multiplier.
    public static let largest = 0.5 - 0x1p-31
    public static let smallest = 0x1p-32

    /// `nil` when `factor` is outside `smallest…largest` or not a number.
    public init?(_ factor: Double) {
        guard factor >= FixedMultiplier.smallest, factor <= FixedMultiplier.largest else { return nil }
        // factor = fraction · 2^exponent with 0.5 ≤ fraction < 1
        var exponent = Int32(factor.exponent) + 1
        var rounded = (factor.significand * 0x1p30).rounded()
        if rounded == 0x1p31 {
            rounded = 0x1p30
            exponent += 1
        }
        multiplier = Int32(rounded)
        shift = -exponent
    }

    /// The factor that the pair stands for.
    public var value: Double { Double(multiplier) * Double(sign: .plus, exponent: Int(-31 - shift), significand: 1) }

    /// `(a·multiplier + 2^(30+shift)) >> (31+shift)`: one rounding, halves upward.
    public func requantize(_ a: Int64) -> Int64 {
        (a * Int64(multiplier) + (1 << (30 + Int64(shift)))) >> (31 + Int64(shift))
    }
}

extension Rescale {
    /// No accumulator may reach this magnitude before it is requantized.
    static let accumulatorLimit: Double = 0x1p30

    /// A change of scale by `factor` for integers of magnitude up to `bound`, lifted by a power of two where the factor
    /// is 0.5 or more. `nil` when the factor is not representable or the lifted integers reach 2³⁰.
    init?(factor: Double, bound: Double) {
        guard factor.isFinite, factor > 0 else { return nil }
        var left: Int32 = 0
        var rest = factor
        while rest > FixedMultiplier.largest, left < 30 {
            left += 1
            rest /= 2
        }
        guard bound * Double(1 << left) < Rescale.accumulatorLimit, let fixed = FixedMultiplier(rest) else {
            return nil
        }
        self.init(left: left, multiplier: fixed.multiplier, shift: fixed.shift)
    }
}
