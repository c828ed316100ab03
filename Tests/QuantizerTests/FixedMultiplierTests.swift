import GraphSamples
import ModelFile
import Testing

@testable import Quantizer

struct FixedMultiplierTests {
    /// Every factor from 2⁻³² to 0.5 is hit to 2⁻²³ of itself, by an odd multiple of 2⁷ and a shift in its range.
    @Test func relativeErrorIsAtMostTwoToMinus23() throws {
        var random = SeededGenerator(1)
        for _ in 0..<100_000 {
            let exponent = Int.random(in: -32 ... -2, using: &random)
            let significand = Double.random(in: 1..<2, using: &random)
            let factor = Double(sign: .plus, exponent: exponent, significand: significand)
            guard factor <= FixedMultiplier.largest else { continue }
            let fixed = try #require(FixedMultiplier(factor))
            #expect((1 << 30..<1 << 31).contains(Int(fixed.multiplier)))
            #expect((1...31).contains(fixed.shift))
            #expect(fixed.multiplier & 0xff == 0x80)
            #expect(abs(fixed.value - factor) <= 0x1p-23 * factor)
        }
    }

    @Test func edges() throws {
        #expect(FixedMultiplier(0.25) == FixedMultiplier(0x1p-2))
        #expect(try #require(FixedMultiplier(0.25)).multiplier == (1 << 30) + (1 << 7))
        #expect(try #require(FixedMultiplier(FixedMultiplier.smallest)).shift == 31)
        // a fraction just below a power of two stays below it
        #expect(try #require(FixedMultiplier(0.25 - 0x1p-40)).value == 0.25 - 0x1p-26)
        for refused in [0, -0.1, 0.5, 1, 0x1p-33, .nan, .infinity] { #expect(FixedMultiplier(refused) == nil) }
        #expect(FixedMultiplier(FixedMultiplier.largest) != nil)
        #expect(FixedMultiplier(FixedMultiplier.largest.nextUp) == nil)
    }

    /// Requantizing is rounding the exact product once, halves upward.
    @Test func requantizeRoundsOnce() throws {
        var random = SeededGenerator(2)
        for _ in 0..<50_000 {
            let factor = Double.random(in: 0x1p-20...0.499, using: &random)
            let fixed = try #require(FixedMultiplier(factor))
            let a = Int64.random(in: -(1 << 30) + 1..<1 << 30, using: &random)
            // a < 2³⁰ and the multiplier < 2³¹: 128 bits hold twice the product
            let scaled = Int128(a) * Int128(fixed.multiplier)
            let unit = Int128(1) << Int128(31 + fixed.shift)
            let twice = 2 * scaled + unit
            let expected = twice >= 0 ? twice / (2 * unit) : -((-twice + 2 * unit - 1) / (2 * unit))
            #expect(Int128(fixed.requantize(a)) == expected)
        }
        // No exact halves: the nearest integer, on both sides of zero.
        let quarter = try #require(FixedMultiplier(0.25))
        #expect(quarter.requantize(2) == 1 && quarter.requantize(-2) == -1 && quarter.requantize(-6) == -2)
    }

    @Test func rescalesOfOneOrMoreAreLifted() throws {
        var random = SeededGenerator(3)
        for _ in 0..<20_000 {
            let factor = Double.random(in: -12...12, using: &random)
            let real = factor < 0 ? 1 / (1 - factor) : 1 + factor * factor
            let bound = 255.0
            let rescale = try #require(Rescale(factor: real, bound: bound))
            #expect(bound * Double(1 << rescale.left) < 0x1p30)
            let value = Double(rescale.multiplier) * Double(
                sign: .plus, exponent: Int(rescale.left - 31 - rescale.shift), significand: 1)
            #expect(abs(value - real) <= 0x1p-23 * real)
        }
        // nothing is left to lift
        #expect(Rescale(factor: 0.6, bound: 0x1p29) == nil)
        #expect(Rescale(factor: 0.4, bound: 0x1p29) != nil)
        #expect(Rescale(factor: 0, bound: 1) == nil && Rescale(factor: .infinity, bound: 1) == nil)
    }
}
