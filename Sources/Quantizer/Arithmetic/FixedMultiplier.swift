import ModelFile

/// A positive real factor as `multiplier · 2^−(31 + shift)`, the form of every requantization.
///
/// 2³⁰ ≤ multiplier < 2³¹ and 1 ≤ shift ≤ 31, so that 2⁻³² ≤ value < 0.5. The multiplier is an odd multiple of 2⁷: a
/// float holds it, and no product of it is an exact half of the result (`CKernels/exact_scale.h`), so that kernels may
/// requantize by one fused multiply-add of floats. The relative error is at most 2⁻²³.
public struct FixedMultiplier: Equatable, Sendable {
    public let multiplier: Int32
    public let shift: Int32

    /// The largest factor that is representable: just below 0.5.
    public static let largest = 0.5 - 0x1p-31
    public static let smallest = 0x1p-32

    /// `nil` when `factor` is outside `smallest…largest` or not a number.
    public init?(_ factor: Double) {
        guard factor >= FixedMultiplier.smallest, factor <= FixedMultiplier.largest else { return nil }
        // factor = fraction · 2^exponent with 0.5 ≤ fraction < 1; the nearest odd multiple of 2⁻²⁴ is below 1.
        let exponent = Int32(factor.exponent) + 1
        let odd = 2 * (factor.significand * 0x1p22).rounded(.down) + 1
        multiplier = Int32(odd) << 7
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
