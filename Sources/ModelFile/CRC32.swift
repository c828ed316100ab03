import CPlatform

/// CRC-32 as in IEEE 802.3: polynomial 0x04C11DB7 reflected, initial value and final exclusive-or 0xFFFFFFFF.
public enum CRC32 {
    public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 { tp_crc32(bytes.baseAddress, bytes.count) }
}
