import CKernels

// The formulas of Sources/ModelFile/Operator.swift in 64-bit integers, written without the kernels' helpers.

/// floor(numerator / 2^bits), by division.
func floorDivide(_ numerator: Int64, powerOfTwo bits: Int64) -> Int64 {
    let divisor: Int64 = 1 << bits
    let quotient = numerator / divisor
    return numerator % divisor < 0 ? quotient - 1 : quotient
}

/// a · m · 2^−(31+s), rounded to the nearest integer, halves upward.
func requantize(_ a: Int64, _ multiplier: Int32, _ shift: Int32) -> Int64 {
    floorDivide(a * Int64(multiplier) + (1 << Int64(30 + shift)), powerOfTwo: Int64(31 + shift))
}

func rescale(_ a: Int64, _ r: tk_rescale) -> Int64 { requantize(a << Int64(r.left), r.multiplier, r.shift) }

/// Zero point, then clamp.
func finish(_ value: Int64, _ output: tk_output) -> Int16 {
    Int16(min(max(value + Int64(output.zero_point), Int64(output.low)), Int64(output.high)))
}

/// Seeded integers of a range, with many of its ends.
struct Numbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x2545_f491_4f6c_dd1d | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func int(_ range: ClosedRange<Int>) -> Int {
        switch next() % 8 {
        case 0: range.lowerBound
        case 1: range.upperBound
        default: range.lowerBound + Int(next() % UInt64(range.count))
        }
    }

    mutating func array<Element: FixedWidthInteger>(_ count: Int, _ range: ClosedRange<Int>) -> [Element] {
        (0..<count).map { _ in Element(int(range)) }
    }
}

let int8Output = tk_output(type: TK_INT8, zero_point: -5, low: -128, high: 127)
let int16Output = tk_output(type: TK_INT16, zero_point: 0, low: -32768, high: 32767)
var scalar: tk_kernels { tk_kernels_for(TK_SCALAR).pointee }
