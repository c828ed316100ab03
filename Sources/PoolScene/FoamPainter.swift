/// Paints foam and drops onto the finished water.
struct FoamPainter {
    let canvas: Canvas
    let view: Viewpoint
    let table: WaveTable
    private let white: Pixel

    init(canvas: Canvas, view: Viewpoint, table: WaveTable, look: SceneLook) {
        self.canvas = canvas
        self.view = view
        self.table = table
        white = (look.lightColour.mixed(with: .white, 0.5) * 0.97).packed(alpha: 255)
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
