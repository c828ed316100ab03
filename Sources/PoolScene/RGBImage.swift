/// Interleaved 8-bit RGB, rows top to bottom, no padding. `pixels.count == width * height * 3`.
public struct RGBImage: Sendable {
    public let width: Int
    public let height: Int
    public var pixels: [UInt8]

    /// A black picture of `width` × `height` pixels.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
        pixels = [UInt8](repeating: 0, count: width * height * 3)
    }
}
