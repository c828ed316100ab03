/// Paints rings, foam and drops onto the finished water.
struct SplashPainter {
    let canvas: Canvas
    let view: Viewpoint
    let table: WaveTable
    private let white: Pixel
    /// Towards the light, in the picture.
    private let light: Vector3

    init(canvas: Canvas, view: Viewpoint, table: WaveTable, look: SceneLook) {
        self.canvas = canvas
        self.view = view
        self.table = table
        white = (look.lightColour.mixed(with: .white, 0.5) * 0.97).packed(alpha: 255)
        let seen = view.inView(look.light)
        light = Vector3(seen.x, seen.y, 0).normalized
    }

    /// A crest with a trough behind it: its side towards the light is bright, the other dark.
    func paint(_ ring: Ring) {
        let seen = view.project(ring.centre)
        let width: Float = 0.11
        let flat = max(-view.forward.z, 0.2)
        let reach = (ring.radius + width) * seen.scale
        let area = PixelArea(around: seen.x, seen.y, reach, reach * flat, width: canvas.width, height: canvas.height)
        let metres = 1 / seen.scale, inner = max(ring.radius - width, 0.01)
        for y in area.y0..<max(area.y1, area.y0) {
            let v = (Float(y) + 0.5 - seen.y) * metres / flat
            for x in area.x0..<max(area.x1, area.x0) {
                let u = (Float(x) + 0.5 - seen.x) * metres
                let square = u * u + v * v
                if square < inner * inner { continue }
                let distance = square.squareRoot()
                let across = (distance - ring.radius) / width
                if across > 1 { continue }
                let fade = 1 - across * across
                let slope = -across * fade * fade * 2.6
                let lit = slope * (u * light.x + v * light.y) / distance + 0.25 * fade * fade
                canvas.add(x, y, Int32(lit * ring.strength * 52))
            }
        }
    }

    func paint(_ foam: Foam) {
        let seen = view.project(foam.centre)
        let rx = max(foam.radius * seen.scale, 1), ry = max(rx * -view.forward.z, 1)
        let area = PixelArea(around: seen.x, seen.y, rx, ry, width: canvas.width, height: canvas.height)
        if area.isEmpty { return }
        // Lace of about 3 cm.
        let texels = Int32(240 / seen.scale * 65536)
        let u0 = Int32(truncatingIfNeeded: foam.pattern &<< 8 & 0xFF_FFFF)
        let v0 = Int32(truncatingIfNeeded: foam.pattern &>> 8)
        let density = Int32(foam.density * 300)
        let ix = 1 / rx, iy = 1 / ry
        for y in area.y0..<area.y1 {
            let v = (Float(y) + 0.5 - seen.y) * iy
            let row = Int(UInt32(bitPattern: v0 &+ Int32(truncatingIfNeeded: y) &* texels) &>> 8 & 0xFF00)
            for x in area.x0..<area.x1 {
                let u = (Float(x) + 0.5 - seen.x) * ix
                let inside = 1 - u * u - v * v
                if inside <= 0 { continue }
                let column = Int(UInt32(bitPattern: u0 &+ Int32(truncatingIfNeeded: x) &* texels) &>> 16 & 0xFF)
                let lace = Int32(table.texels[row | column] &>> 24)
                let amount = (Int32(inside * Float(density)) &- 2 &* lace &+ 180)
                if amount <= 0 { continue }
                canvas.blend(x, y, white.red, white.green, white.blue, min(amount, 230))
            }
        }
    }

    func paint(_ drop: Drop) {
        let seen = view.project(drop.position)
        let r = max(drop.radius * seen.scale, 0.55)
        let area = PixelArea(around: seen.x, seen.y, r, r, width: canvas.width, height: canvas.height)
        if area.isEmpty { return }
        for y in area.y0..<area.y1 {
            for x in area.x0..<area.x1 {
                let u = Float(x) + 0.5 - seen.x, v = Float(y) + 0.5 - seen.y
                let coverage = clamp(r + 0.5 - (u * u + v * v).squareRoot(), 0, 1)
                if coverage > 0 { canvas.blend(x, y, white.red, white.green, white.blue, Int32(coverage * 200)) }
            }
        }
    }
}
