import CPlatform

extension PixelFormat {
    /// The four-character code of <linux/videodev2.h>.
    var fourcc: UInt32 {
        switch self {
        case .rgb24: Self.code("RGB3")
        case .yuyv: Self.code("YUYV")
        case .nv12: Self.code("NV12")
        case .mjpeg: Self.code("MJPG")
        }
    }

    init?(fourcc: UInt32) {
        switch fourcc {
        case Self.code("RGB3"): self = .rgb24
        case Self.code("YUYV"): self = .yuyv
        case Self.code("NV12"): self = .nv12
        case Self.code("MJPG"), Self.code("JPEG"): self = .mjpeg
        default: return nil
        }
    }

    /// What a pixel costs, relatively: raw ones by their bytes, for JPEG must be decoded.
    var decodingWeight: Int {
        switch self {
        case .nv12: 3
        case .yuyv: 4
        case .rgb24: 6
        case .mjpeg: 40
        }
    }

    private static func code(_ text: StaticString) -> UInt32 {
        text.withUTF8Buffer { UInt32($0[0]) | UInt32($0[1]) << 8 | UInt32($0[2]) << 16 | UInt32($0[3]) << 24 }
    }

    /// A four-character code as text, for messages.
    static func name(ofFourcc code: UInt32) -> String {
        var text = ""
        for shift in stride(from: 0, to: 32, by: 8) {
            let byte = UInt8(truncatingIfNeeded: code >> UInt32(shift)) & 0x7F
            text.unicodeScalars.append(Unicode.Scalar(byte >= 32 ? byte : 63))
        }
        return text
    }
}
