/// Blending into the finished frame.
struct Canvas {
    let out: UnsafeMutablePointer<UInt8>
    let width: Int
    let height: Int

    init(_ out: UnsafeMutablePointer<UInt8>, _ view: Viewpoint) {
        self.out = out
        width = view.width
        height = view.height
    }

    /// Moves a pixel towards a colour by `amount`/256.
    @inline(__always)
    func blend(_ x: Int, _ y: Int, _ r: Int32, _ g: Int32, _ b: Int32, _ amount: Int32) {
        let p = out + (y &* width &+ x) &* 3
        p[0] = Canvas.toward(p[0], r, amount)
        p[1] = Canvas.toward(p[1], g, amount)
        p[2] = Canvas.toward(p[2], b, amount)
    }

    /// Makes a pixel lighter or darker.
    @inline(__always)
    func add(_ x: Int, _ y: Int, _ light: Int32) {
        let p = out + (y &* width &+ x) &* 3
        for channel in 0..<3 {
            p[channel] = UInt8(truncatingIfNeeded: min(max(Int32(p[channel]) &+ light, 0), 255))
        }
    }

    @inline(__always)
    private static func toward(_ from: UInt8, _ to: Int32, _ amount: Int32) -> UInt8 {
        UInt8(truncatingIfNeeded: Int32(from) &+ ((to &- Int32(from)) &* amount) &>> 8)
    }

    /// A small ball, lit from above, its lower part in the water.
    func ball(_ x: Float, _ y: Float, _ radius: Float, _ colour: Colour, _ look: SceneLook) {
        let area = PixelArea(around: x, y, radius, radius, width: width, height: height)
        if area.isEmpty { return }
        let inverse = 1 / max(radius, 0.3)
        for py in area.y0..<area.y1 {
            let v = (Float(py) + 0.5 - y) * inverse
            let shade = 1.0 - 0.42 * clamp(v, -1, 1)
            let lit = colour * look.lightColour * (0.82 * shade)
            let pixel = lit.packed(alpha: 255)
            for px in area.x0..<area.x1 {
                let u = (Float(px) + 0.5 - x) * inverse
                let coverage = (1 - (u * u + v * v).squareRoot()) * radius + 0.5
                if coverage <= 0 { continue }
                let sunk: Float = v > 0.35 ? 0.55 : 1
                blend(px, py, pixel.red, pixel.green, pixel.blue, Int32(min(coverage, 1) * 256 * sunk))
            }
        }
    }
}
