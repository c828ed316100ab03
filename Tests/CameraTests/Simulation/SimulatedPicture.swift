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
        let plain = plain(width, height)
        return plain[..<2] + [0xFF, 0xFE, 0, 10] + digits(number) + plain[2...]
    }

    /// The number of a sound frame of either kind.
    static func number(in bytes: UnsafeRawBufferPointer) -> Int {
        let start = bytes[0] == 0xFF && bytes[1] == 0xD8 ? 6 : 0
        return (0..<8).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    }

    private static func plain(_ width: Int, _ height: Int) -> [UInt8] { width == 32 ? small : jpeg(width, height) }
    private static func jpeg(_ width: Int, _ height: Int) -> [UInt8] {
        CameraTests.jpeg(drawnPicture(width, height), width, height)
    }
    private static let small = jpeg(32, 16)
}
