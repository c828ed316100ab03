/// Damages a valid model file: bits, bytes, lengths, and fields of records, with the checksum repaired or not.
public struct Mutator {
    private let original: [UInt8]
    private var random: SampleGenerator

    public init(_ bytes: [UInt8], seed: UInt64) {
        original = bytes
        random = SampleGenerator(seed: seed)
    }

    /// One damaged copy. With `repairingChecksum` the size and checksum fit the content, as in a hostile file.
    public mutating func next(repairingChecksum: Bool) -> [UInt8] {
        var bytes = original
        for _ in 0..<random.pick([1, 1, 1, 2, 3]) {
            guard bytes.count > 64 else { break }
            switch random.integer(0...9) {
            case 0: bytes[random.integer(0...bytes.count - 1)] ^= 1 << UInt8(random.integer(0...7))
            case 1: bytes[random.integer(0...bytes.count - 1)] = random.pick([0, 1, 127, 128, 255])
            case 2 where random.chance(0.3): bytes.removeLast(random.integer(1...bytes.count))
            case 3 where random.chance(0.3):
                bytes += random.bytes(random.integer(1...300)).map { UInt8(bitPattern: $0) }
            case 4: setSectionTable(&bytes)
            case 5: copyField(&bytes)
            default: setField(&bytes)
            }
        }
        if repairingChecksum { repair(&bytes) }
        return bytes
    }

    /// Offset and size of a section in the original.
    private func section(_ index: Int) -> (offset: Int, count: Int) {
        (Int(word(original, 24 + 16 * index)), Int(word(original, 32 + 16 * index)))
    }

    private mutating func setSectionTable(_ bytes: inout [UInt8]) {
        let offset = 24 + 4 * random.integer(0...31)
        setWord(&bytes, offset, interesting(word(bytes, offset)))
    }

    /// A 32-bit field of a record or of the pools becomes a neighbour or an extreme.
    private mutating func setField(_ bytes: inout [UInt8]) {
        guard let offset = fieldOffset(random.integer(0...7)) else { return }
        setWord(&bytes, offset, interesting(word(bytes, offset)))
    }

    /// A field takes the value of another one of its section: plausible, but wrong.
    private mutating func copyField(_ bytes: inout [UInt8]) {
        let section = random.integer(0...7)
        guard let from = fieldOffset(section), let to = fieldOffset(section) else { return }
        setWord(&bytes, to, word(bytes, from))
    }

    private mutating func fieldOffset(_ index: Int) -> Int? {
        let (offset, count) = section(index)
        return count < 4 ? nil : offset + 4 * random.integer(0...count / 4 - 1)
    }

    private static let extremes: [UInt32] = [
        0, 1, 64, 127, 128, 255, 65_535, 0x3FFF_FFFF, 0x4000_0000, 0x7FFF_FFFF, 0x8000_0000, .max,
    ]

    private mutating func interesting(_ value: UInt32) -> UInt32 {
        switch random.integer(0...6) {
        case 0: value &+ 1
        case 1: value &- 1
        case 2: value ^ (1 << UInt32(random.integer(0...31)))
        case 3: UInt32(random.integer(0...40))
        case 4: value &* 2
        case 5: value / 2
        default: random.pick(Self.extremes)
        }
    }

    private func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        guard offset + 4 <= bytes.count else { return 0 }
        return (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }

    private func setWord(_ bytes: inout [UInt8], _ offset: Int, _ value: UInt32) {
        guard offset + 4 <= bytes.count else { return }
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    }

    private func repair(_ bytes: inout [UInt8]) {
        guard bytes.count > 20 else { return }
        setWord(&bytes, 8, UInt32(bytes.count))
        setWord(&bytes, 12, 0)
        var remainder = UInt32.max
        bytes.withUnsafeBufferPointer { bytes in
            Self.table.withUnsafeBufferPointer { table in
                var index = 20
                while index < bytes.count {
                    remainder = table[Int((remainder ^ UInt32(bytes[index])) & 255)] ^ (remainder >> 8)
                    index += 1
                }
            }
        }
        setWord(&bytes, 16, ~remainder)
    }

    /// CRC-32 of IEEE 802.3, byte by byte.
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
