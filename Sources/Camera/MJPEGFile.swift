import CPlatform

/// A file of JPEGs one after the other, as cameras and `ffmpeg -f mjpeg` write it.
public final class MJPEGFile: FrameSource {
    private let path: String
    private var mapping = tp_mapping()
    private var offset = 0
    private var index = 0
    public private(set) var counters = CaptureCounters()

    public init(path: String) throws(CameraError) {
        self.path = path
        let error = tp_map_file(path, &mapping)
        guard error == 0 else { throw .unreadable(path, CameraError.words(error)) }
        guard JPEGScanner.nextPicture(bytes, from: 0) != nil else { throw .noPictures(path) }
    }

    deinit { tp_unmap(&mapping) }

    public var summary: String { "\(path): MJPEG file" }
    private var bytes: UnsafeRawBufferPointer { .init(start: mapping.base, count: mapping.size) }

    public func stop() {}

    public func next() throws(CameraError) -> Arrival {
        guard let range = JPEGScanner.nextPicture(bytes, from: offset) else { return .end }
        offset = range.upperBound
        defer { index += 1 }
        counters.captured += 1
        return .frame(
            Frame(
                width: 0, height: 0, format: .mjpeg, stride: 0, bytes: UnsafeRawBufferPointer(rebasing: bytes[range]),
                sequence: index, capturedNanoseconds: tp_monotonic_nanoseconds(), name: "\(path)#\(index)"))
    }
}

/// Finds JPEG pictures in a stream of bytes by walking their markers, so that a thumbnail inside one does not end it.
enum JPEGScanner {
    /// The next picture at or after `start`. One that is cut off reaches to the next start of a picture, or to the end.
    static func nextPicture(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Range<Int>? {
        guard let begin = startOfImage(bytes, from: start) else { return nil }
        var i = begin + 2
        while i + 3 < bytes.count {
            guard bytes[i] == 0xFF else { break }
            let marker = bytes[i + 1]
            switch marker {
            case 0xFF: i += 1
            case 0xD9: return begin..<i + 2
            case 0xD8: return begin..<i
            case 0x01, 0xD0...0xD7: i += 2
            default:
                i += 2 + (Int(bytes[i + 2]) << 8 | Int(bytes[i + 3]))
                if marker == 0xDA { i = endOfScan(bytes, from: i) }
            }
        }
        if i + 1 < bytes.count, bytes[i] == 0xFF, bytes[i + 1] == 0xD9 { return begin..<i + 2 }
        return begin..<(startOfImage(bytes, from: begin + 2) ?? bytes.count)
    }

    private static func startOfImage(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var i = start
        while i + 2 < bytes.count {
            if bytes[i] == 0xFF, bytes[i + 1] == 0xD8, bytes[i + 2] == 0xFF { return i }
            i += 1
        }
        return nil
    }

    /// Coded data goes on until a marker that is neither a stuffed byte nor a restart.
    private static func endOfScan(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var i = start
        while i + 1 < bytes.count {
            if bytes[i] == 0xFF, bytes[i + 1] != 0, !(0xD0...0xD7).contains(bytes[i + 1]) { return i }
            i += 1
        }
        return bytes.count
    }
}
