import CJPEG
import Testing

/// An interleaved RGB picture and the C calls around it.
struct Picture: Equatable {
    var width: Int
    var height: Int
    var pixels: [UInt8]

    /// A bright disc, sharp in luminance alone: 4:2:0 keeps colour at half the resolution.
    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        pixels = []
        for y in 0..<height {
            for x in 0..<width {
                let (dx, dy) = (2 * x - width, 2 * y - height)
                let isInside = dx * dx + dy * dy < width * height / 4
                let grey = isInside ? 200 : 60
                pixels += [UInt8(grey + 40 * x / width), UInt8(grey + 40 * y / height), UInt8(grey)]
            }
        }
    }

    init(width: Int, height: Int, pixels: [UInt8]) {
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }

    func encoded(quality: Int32 = 90) throws -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let code = tp_jpeg_encode(pixels, Int32(width), Int32(height), 3 * width, quality, &bytes, &count)
        try #require(code == 0)
        defer { tp_jpeg_free(bytes) }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// The mean absolute difference of the samples, in grey levels.
    func meanDifference(from other: Picture) -> Double {
        let sum = zip(pixels, other.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(pixels.count)
    }
}

/// A decoder with Swift's manners.
final class Decoder {
    let handle = tp_jpeg_decoder_create()!

    deinit { tp_jpeg_decoder_destroy(handle) }

    var message: String { String(cString: tp_jpeg_message(handle)) }

    func size(of bytes: [UInt8]) -> (code: Int32, width: Int, height: Int) {
        var (width, height): (Int32, Int32) = (-1, -1)
        let code = tp_jpeg_read_size(handle, bytes, bytes.count, &width, &height)
        return (code, Int(width), Int(height))
    }

    func decode(_ bytes: [UInt8], width: Int, height: Int, scale: Int = 1) -> (code: Int32, picture: Picture) {
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        let code = tp_jpeg_decode(
            handle, bytes, bytes.count, Int32(scale), &pixels, Int32(width), Int32(height), 3 * width)
        return (code, Picture(width: width, height: height, pixels: pixels))
    }
}
