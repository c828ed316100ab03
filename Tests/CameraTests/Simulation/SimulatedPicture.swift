/// Frames that carry a number.
enum SimulatedPicture {
    private static func digits(_ number: Int) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    static func raw(_ count: Int, number: Int) -> [UInt8] {
        digits(number) + [UInt8](repeating: 0x80, count: count - 8)
    }

    /// A JPEG with a comment after its start.
    static func jpeg(_ width: Int, _ height: Int, number: Int) -> [UInt8] {
        let plain =
            switch (width, height) {
            case (32, 16): right
            case (64, 16): wide
            default: picture(width, height)
            }
        return plain[..<2] + [0xFF, 0xFE, 0, 10] + digits(number) + plain[2...]
    }

    /// The number of a sound frame of either kind.
    static func number(in bytes: UnsafeRawBufferPointer) -> Int {
        let isJPEG = bytes[0] == 0xFF && bytes[1] == 0xD8
        return Int(littleEndian: bytes.loadUnaligned(fromByteOffset: isJPEG ? 6 : 0, as: Int.self))
    }

    private static func picture(_ width: Int, _ height: Int) -> [UInt8] {
        CameraTests.jpeg(drawnPicture(width, height), width, height)
    }
    private static let right = picture(32, 16)
    private static let wide = picture(64, 16)
}
