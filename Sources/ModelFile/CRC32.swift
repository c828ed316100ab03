/// CRC-32 as in IEEE 802.3: polynomial 0x04C11DB7 reflected, initial value and final exclusive-or 0xFFFFFFFF.
///
/// Eight bytes a step (“slicing by 8”, Kounavis and Berry 2005): a model's megabytes are checked at every start.
public enum CRC32 {
    /// `tables[256·n + b]`: the remainder of byte b followed by n zero bytes.
    private static let tables: [UInt32] = {
        var tables: [UInt32] = []
        for index in 0..<256 as Range<UInt32> {
            var remainder = index
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? 0xEDB8_8320 ^ (remainder >> 1) : remainder >> 1 }
            tables.append(remainder)
        }
        for index in 256..<8 * 256 {
            let previous = tables[index - 256]
            tables.append(tables[Int(previous & 255)] ^ (previous >> 8))
        }
        return tables
    }()

    public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            var remainder: UInt32 = 0xFFFF_FFFF
            var offset = 0
            while offset + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let folded = word ^ UInt64(remainder)
                remainder = 0
                for byte in 0..<8 {
                    let value = UInt8(truncatingIfNeeded: folded >> UInt64(8 * byte))
                    remainder ^= tables[256 * (7 - byte) + Int(value)]
                }
                offset += 8
            }
            while offset < bytes.count {
                remainder = tables[Int((remainder ^ UInt32(bytes[offset])) & 255)] ^ (remainder >> 8)
                offset += 1
            }
            return ~remainder
        }
    }
}
