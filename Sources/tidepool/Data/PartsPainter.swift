import Camera
import PoolScene

/// Draws where a swimmer's cap, suit and skin are: the difference of the scene in two dyes, without the camera's noise.
final class PartsPainter {
    private let parts: PoolScene
    private let black: PoolScene
    private var image: RGBImage
    private var background: RGBImage
    private let preprocessor: Preprocessor
    private let size: Int

    init(_ options: SceneOptions, size: Int) {
        func scene(_ dye: Dye) -> PoolScene {
            var options = options
            options.dye = dye
            (options.noise, options.exposureDrift) = (0, 0)
            return PoolScene(options)
        }
        (parts, black) = (scene(.parts), scene(.black))
        image = RGBImage(width: options.width, height: options.height)
        background = image
        preprocessor = Preprocessor(width: size, height: size)
        self.size = size
    }

    func render(frame: Int) throws {
        _ = parts.render(frame: frame, into: &image)
        _ = black.render(frame: frame, into: &background)
        for i in image.pixels.indices {
            image.pixels[i] = UInt8(max(Int(image.pixels[i]) - Int(background.pixels[i]), 0))
        }
    }

    /// `[size][size][3]` of the part of the last frame under `crop`; what lies outside the swimmer's box is others'.
    func parts(of swimmer: SwimmerTruth, crop: Box) throws -> [UInt8] {
        let width = image.width, height = image.height, box = swimmer.box
        // The surface's ripples displace the picture by a few pixels.
        let x0 = Int(box.x0 * Float(width)) - 3, x1 = Int(box.x1 * Float(width)) + 3
        let y0 = Int(box.y0 * Float(height)) - 3, y1 = Int(box.y1 * Float(height)) + 3
        var own = [UInt8](repeating: 0, count: width * height * 3)
        for y in max(y0, 0)..<min(y1, height) {
            let row = (y * width + max(x0, 0)) * 3..<(y * width + min(x1, width)) * 3
            own.replaceSubrange(row, with: image.pixels[row])
        }
        var out = [Int8](repeating: 0, count: size * size * 3)
        try own.withUnsafeBytes { bytes in
            let frame = Frame(
                width: width, height: height, format: .rgb24, stride: width * 3, bytes: bytes, sequence: 0,
                capturedNanoseconds: 0)
            try out.withUnsafeMutableBufferPointer { try preprocessor.prepare(frame, crop: crop, into: $0) }
        }
        return out.map { UInt8(Int($0) + 128) }
    }
}
