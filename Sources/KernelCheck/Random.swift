import CKernels

/// Seeded source of cases (SplitMix64): the same on every machine.
struct Random {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func int(_ range: ClosedRange<Int32>) -> Int32 {
        Int32(Int64(range.lowerBound) + Int64(next() % UInt64(Int64(range.upperBound) - Int64(range.lowerBound) + 1)))
    }

    mutating func size(_ range: ClosedRange<Int>) -> Int { range.lowerBound + Int(next() % UInt64(range.count)) }

    mutating func chance(_ oneIn: UInt64) -> Bool { next() % oneIn == 0 }

    mutating func type() -> tk_type { chance(2) ? TK_INT8 : TK_INT16 }

    /// Anywhere in the range, often at an end of it.
    mutating func extreme(_ range: ClosedRange<Int32>) -> Int32 {
        switch next() % 4 {
        case 0: range.lowerBound
        case 1: range.upperBound
        default: int(range)
        }
    }

    /// The ends of the range, one in 8 negative, one in 16 zero.
    mutating func multiplier() -> Int32 {
        let magnitude: Int32 = switch next() % 4 {
        case 0: 1 << 30
        case 1: .max
        default: int(1 << 30...Int32.max)
        }
        return chance(16) ? 0 : chance(8) ? -magnitude : magnitude
    }

    /// 1…31: half of the time such that accumulators up to `bound` fill the output type.
    mutating func shift(bound: Int64, _ output: tk_type) -> Int32 {
        if chance(2) { return int(1...31) }
        let bits = Int32(64 - bound.leadingZeroBitCount) - (output == TK_INT8 ? 8 : 16)
        return min(31, max(1, bits + int(-2...1)))
    }

    /// A multiplier and shift of accumulators up to `bound`; one in four makes exact halves frequent.
    mutating func scale(bound: Int64, _ output: tk_type) -> (multiplier: Int32, shift: Int32) {
        chance(4) ? (1 << 30, int(1...4)) : (multiplier(), shift(bound: bound, output))
    }

    /// An odd multiple of 2^7: what a float multiplies exactly.
    mutating func exactScale(bound: Int64, _ output: tk_type) -> (multiplier: Int32, shift: Int32) {
        let magnitude = extreme(1 << 22...(1 << 23) - 1) * 2 + 1
        let multiplier = chance(16) ? 0 : (chance(8) ? -magnitude : magnitude) * 128
        return (multiplier, shift(bound: bound, output))
    }

    /// A rescale that keeps `bound · 2^left` below 2^30.
    mutating func rescale(bound: Int64, _ output: tk_type) -> tk_rescale {
        let spare = Int32(bound.leadingZeroBitCount) - 34
        let left = int(0...max(0, spare))
        let scale = scale(bound: bound << Int64(left), output)
        return tk_rescale(left: left, multiplier: scale.multiplier, shift: scale.shift)
    }

    /// Any zero point, the whole range or a part of it.
    mutating func output(_ type: tk_type) -> tk_output {
        var bounds = (type.range.lowerBound, type.range.upperBound)
        if chance(3) {
            let a = int(type.range), b = int(type.range)
            bounds = (min(a, b), max(a, b))
        }
        return tk_output(type: type, zero_point: extreme(type.range), low: bounds.0, high: bounds.1)
    }
}

/// Per-channel bias, multiplier and shift.
struct ChannelParameters {
    var bias: [Int32] = []
    var multiplier: [Int32] = []
    var shift: [Int32] = []

    /// For accumulators Σ|(x − z)·w| up to `bound` before the bias.
    init(count: Int, bound: Int64, output: tk_type, random: inout Random) {
        let limit = Int32(max(0, min(bound, (1 << 30) - 1 - bound)))
        // All channels alike: some sets have a faster way for such multipliers when a whole panel has them.
        let isExact = random.chance(2)
        for _ in 0..<count {
            let scale = isExact ? random.exactScale(bound: bound, output) : random.scale(bound: bound, output)
            // An odd multiple of 2^shift is an exact half of 2^30 · 2^−(31+shift).
            let half = (random.int(-4...4) * 2 + 1) << min(scale.shift, 24)
            bias.append(random.chance(4) && half.magnitude <= limit.magnitude ? half : random.int(-limit...limit))
            multiplier.append(scale.multiplier)
            shift.append(scale.shift)
        }
    }
}
