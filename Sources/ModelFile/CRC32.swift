/// CRC-32 as in IEEE 802.3: polynomial 0x04C11DB7 reflected, initial value and final exclusive-or 0xFFFFFFFF.
public enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        var remainder = UInt32(index)
        for _ in 0..<8 { remainder = remainder & 1 == 1 ? 0xEDB8_8320 ^ (remainder >> 1) : remainder >> 1 }
        return remainder
    }

    public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            var remainder: UInt32 = 0xFFFF_FFFF
            for byte in bytes { remainder = table[Int((remainder ^ UInt32(byte)) & 255)] ^ (remainder >> 8) }
            return ~remainder
        }
    }
}
