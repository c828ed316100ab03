import Foundation

/// max(low, min(high, x)); the library's `clamped` is not compiled to two instructions.
@inline(__always)
func clip(_ x: SIMD8<Float>, _ low: Float, _ high: Float) -> SIMD8<Float> {
    let (low, high) = (SIMD8<Float>(repeating: low), SIMD8<Float>(repeating: high))
    let bounded = x.replacing(with: low, where: x .< low)
    return bounded.replacing(with: high, where: bounded .> high)
}

/// eˣ of eight numbers, within 4 units in the last place; 0 below −87, +∞ above 88.
///
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2; 2ⁿ by the exponent's bits, eʳ by its Taylor series to r⁷.
@inline(__always)
func exponential(_ x: SIMD8<Float>) -> SIMD8<Float> {
    typealias V = SIMD8<Float>
    let bounded = clip(x, -87, 88)
    // Added to a small number, 1.5·2²³ rounds it to an integer that stands in the sum's low bits.
    let rounder = V(repeating: 12_582_912)
    let shifted = bounded * Float(1.442_695_04) + rounder
    let n = shifted - rounder
    // ln 2 in two parts, the first with few bits, so that n times it is exact.
    let r = (bounded - n * Float(0.693_359_375)) + n * Float(2.121_944_4e-4)
    var sum = V(repeating: 1 / 5040)
    sum = sum * r + Float(1.0 / 720)
    sum = sum * r + Float(1.0 / 120)
    sum = sum * r + Float(1.0 / 24)
    sum = sum * r + Float(1.0 / 6)
    sum = sum * r + Float(0.5)
    sum = (sum * r) * r + r + Float(1)
    let integer = unsafeBitCast(shifted, to: SIMD8<Int32>.self) &- unsafeBitCast(rounder, to: SIMD8<Int32>.self)
    let power = unsafeBitCast((integer &+ 127) &<< 23, to: V.self)
    return (sum * power)
        .replacing(with: V(repeating: .infinity), where: x .> V(repeating: 88))
        .replacing(with: V.zero, where: x .< V(repeating: -87))
}

/// 1 / (1 + e⁻ˣ)
@inline(__always)
func sigmoid(_ x: SIMD8<Float>) -> SIMD8<Float> { Float(1) / (exponential(SIMD8<Float>.zero - x) + Float(1)) }

func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
