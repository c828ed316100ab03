/// SplitMix64 (Steele, Lea, Flood 2014): a counter hashed by a 64-bit finalizer, so any state can be reached at once.
struct Random {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// A stream of its own for every tuple of a seed and what it is drawn for.
    init(seed: UInt64, _ first: Int, _ second: Int = 0, _ third: Int = 0) {
        var mixed = Random.mix(seed)
        mixed = Random.mix(mixed &+ UInt64(truncatingIfNeeded: first))
        mixed = Random.mix(mixed &+ UInt64(truncatingIfNeeded: second))
        state = Random.mix(mixed &+ UInt64(truncatingIfNeeded: third))
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z &>> 31)
    }

    mutating func bits() -> UInt64 {
        let value = Random.mix(state)
        state &+= 0x9E37_79B9_7F4A_7C15
        return value
    }

    /// Uniform in 0..<1, 24 bits.
    mutating func unit() -> Float {
        Float(bits() &>> 40) * (1 / 16_777_216)
    }

    mutating func between(_ low: Float, _ high: Float) -> Float {
        low + (high - low) * unit()
    }

    /// Uniform in 0..<count.
    mutating func below(_ count: Int) -> Int {
        Int(((bits() &>> 32) * UInt64(count)) &>> 32)
    }

    mutating func chance(_ probability: Float) -> Bool {
        unit() < probability
    }

    /// A permutation of 0..<count (Fisher–Yates).
    mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        var last = count - 1
        while last > 0 {
            order.swapAt(last, below(last + 1))
            last -= 1
        }
        return order
    }
}
