import PoolScene

/// How a frame's bytes are laid out.
public enum PixelFormat: UInt8, CaseIterable, Sendable {
    /// 3 bytes a pixel.
    case rgb24
    /// Y0 U Y1 V for every two pixels, BT.601, 16…235.
    case yuyv
    /// A plane of Y, then one of interleaved U and V at half the size, BT.601, 16…235.
    case nv12
    /// A JPEG picture.
    case mjpeg

    public var label: String {
        switch self {
        case .rgb24: "RGB3"
        case .yuyv: "YUYV"
        case .nv12: "NV12"
        case .mjpeg: "MJPG"
        }
    }

    /// The least number of bytes of a picture whose rows are `stride` bytes apart; 0 where it is not known beforehand.
    func byteCount(height: Int, stride: Int) -> Int {
        switch self {
        case .rgb24, .yuyv: height * stride
        case .nv12: height * stride + (height + 1) / 2 * stride
        case .mjpeg: 0
        }
    }

    /// The least number of bytes in a row.
    func minimumStride(width: Int) -> Int {
        switch self {
        case .rgb24: width * 3
        case .yuyv: (width + 1) / 2 * 4
        case .nv12: (width + 1) / 2 * 2
        case .mjpeg: 0
        }
    }
}

/// One picture, lent by its source until the source is asked for the next one.
public struct Frame {
    public var width: Int
    public var height: Int
    public var format: PixelFormat
    /// Bytes between rows; 0 for JPEG.
    public var stride: Int
    public var bytes: UnsafeRawBufferPointer
    /// The source's own count, with gaps where frames were lost.
    public var sequence: Int
    /// When the picture was taken, on the monotonic clock.
    public var capturedNanoseconds: Int64
    /// For messages: the file's name, or empty.
    public var name: String
    /// What the pool scene knows; empty for every other source.
    public var truth: [SwimmerTruth]

    public init(
        width: Int, height: Int, format: PixelFormat, stride: Int, bytes: UnsafeRawBufferPointer, sequence: Int,
        capturedNanoseconds: Int64, name: String = "", truth: [SwimmerTruth] = []
    ) {
        self.width = width
        self.height = height
        self.format = format
        self.stride = stride
        self.bytes = bytes
        self.sequence = sequence
        self.capturedNanoseconds = capturedNanoseconds
        self.name = name
        self.truth = truth
    }
}

extension Frame {
    /// Row `y` as interleaved RGB, `3 * width` bytes. Not for JPEG frames.
    public func copyRow(_ y: Int, into out: UnsafeMutablePointer<UInt8>) {
        ColourConversion.row(self, y: y, columns: 0..<width, swapRedBlue: false, into: out)
    }
}
