/// Why a captured frame is not handed out.
enum FrameFault: Equatable {
    case damaged, short, headless, truncated, wrongSize

    var words: String {
        switch self {
        case .damaged: "damaged"
        case .short: "too short"
        case .headless: "without its beginning"
        case .truncated: "cut off"
        case .wrongSize: "of another size than agreed"
        }
    }
}

/// Tells sound frames from broken ones as far as that is possible without decoding them.
struct FrameCheck {
    let mode: CaptureMode

    /// - Parameter isMarked: The driver says that the content is damaged.
    func fault(in bytes: UnsafeRawBufferPointer, isMarked: Bool) -> FrameFault? {
        if isMarked { return .damaged }
        if mode.format == .mjpeg { return faultOfJPEG(bytes) }
        return bytes.count < mode.format.byteCount(height: mode.height, stride: mode.stride) ? .short : nil
    }

    /// Walks the segments up to the coded data, for the size and for what is out of place, then looks for the end.
    private func faultOfJPEG(_ bytes: UnsafeRawBufferPointer) -> FrameFault? {
        guard bytes.count >= 4 else { return .short }
        guard bytes[0] == 0xFF, bytes[1] == 0xD8 else { return .headless }
        var hasSize = false
        var i = 2
        while i + 3 < bytes.count {
            guard bytes[i] == 0xFF else { return .damaged }
            let marker = bytes[i + 1]
            switch marker {
            case 0xFF: i += 1
            case 0x01: i += 2
            case 0xDA:
                guard hasSize else { return .damaged }
                return Self.hasEnd(bytes, after: i) ? nil : .truncated
            case 0, 0xD0...0xD9: return .damaged
            default:
                if (0xC0...0xCF).contains(marker), marker != 0xC4, marker != 0xC8, marker != 0xCC {
                    guard i + 8 < bytes.count else { return .truncated }
                    guard word(bytes, i + 5) == mode.height, word(bytes, i + 7) == mode.width else { return .wrongSize }
                    hasSize = true
                }
                let length = word(bytes, i + 2)
                guard length >= 2 else { return .damaged }
                i += 2 + length
            }
        }
        return .truncated
    }

    private func word(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }

    /// Cameras fill up with zeros after the end marker, and a few with data of their own. Coded data holds no marker.
    private static func hasEnd(_ bytes: UnsafeRawBufferPointer, after start: Int) -> Bool {
        var end = bytes.count
        while end > start + 2, bytes[end - 1] == 0 { end -= 1 }
        if bytes[end - 2] == 0xFF, bytes[end - 1] == 0xD9 { return true }
        var i = start
        while i + 1 < end {
            if bytes[i] == 0xFF, bytes[i + 1] == 0xD9 { return true }
            i += 1
        }
        return false
    }
}

extension CaptureCounters {
    mutating func count(_ fault: FrameFault) {
        switch fault {
        case .damaged: damaged += 1
        case .short: short += 1
        case .headless: headless += 1
        case .truncated: truncated += 1
        case .wrongSize: wrongSize += 1
        }
    }
}
