/// The moving surface: refracts what is under it, throws caustics on it and mirrors the light.
///
/// Per pixel all arithmetic is in integers. Two layers of one wave table, at two scales, drift against each other.
struct WaterSurface {
    private let table: WaveTable
    private let backdrop: PoolBackdrop
    private let view: Viewpoint
    private let caustics: Int32
    private let waves: Float
    /// The mirrored light by the slope towards it, −512…511: below 256 darkens, above brightens; the top is a glint.
    private let sheen: Plane<Int32>
    private let glintColour: (r: Int32, g: Int32, b: Int32)
    private let lightX: Int32
    private let lightY: Int32
    private let drift: (Double, Double, Double, Double)

    /// Texels per metre of the two layers.
    private static let layers: (Float, Float) = (58, 41)

    init(table: WaveTable, backdrop: PoolBackdrop, view: Viewpoint, look: SceneLook, _ random: inout Random) {
        self.table = table
        self.backdrop = backdrop
        self.view = view
        caustics = Int32(look.caustics * 150)
        waves = look.waves
        sheen = Plane(count: 1024, repeating: 0)
        for i in 0..<1024 {
            let slope = Float(i - 512) * look.waves / 256
            let broad = slope > 0 ? slope * 34 : slope * 26
            let glint = smoothstep(0.52, 0.82, slope) * 190 * look.glints
            sheen.base[i] = Int32(broad + glint)
        }
        let colour = look.lightColour.mixed(with: .white, 0.5)
        glintColour = (Int32(colour.r * 256), Int32(colour.g * 256), Int32(colour.b * 256))
        let flat = Vector3(look.light.x, look.light.y, 0).normalized
        lightX = Int32(flat.x * 256)
        lightY = Int32(flat.y * 256)
        drift = (
            Double(random.between(0.25, 0.45)), Double(random.between(-0.2, 0.2)),
            Double(random.between(-0.3, -0.15)), Double(random.between(0.15, 0.35)))
    }

    /// Where layer a (or b) is looked up for a point of the surface at a time, in 1/65536 texel.
    private func coordinates(_ point: Vector3, _ time: Double) -> (UInt32, UInt32, UInt32, UInt32) {
        let (a, b) = WaterSurface.layers
        func fixed(_ metres: Double, _ texels: Float) -> UInt32 {
            UInt32(truncatingIfNeeded: Int64(metres * Double(texels) * 65536))
        }
        return (
            fixed(Double(point.x) + time * drift.0, a), fixed(Double(point.y) + time * drift.1, a),
            fixed(Double(point.y) + time * drift.2, b), fixed(Double(point.x) + time * drift.3, b))
    }

    /// The surface's height at a point, about −1…1.
    func height(at point: Vector3, time: Double) -> Float {
        let (ua, va, ub, vb) = coordinates(point, time)
        let a = WaterSurface.texel(table.texels, ua, va), b = WaterSurface.texel(table.texels, ub, vb)
        return Float(Int32(a &>> 24) + Int32(b &>> 24) - 256) * (1 / 128)
    }

    @inline(__always)
    private static func texel(_ texels: UnsafePointer<UInt32>, _ u: UInt32, _ v: UInt32) -> UInt32 {
        texels[Int((v &>> 8) & 0xFF00 | (u &>> 16) & 0xFF)]
    }

    /// Reads the underwater picture (laid out as the backdrop), writes the frame's water pixels.
    func render(_ under: UnsafePointer<Pixel>, into out: UnsafeMutablePointer<UInt8>, time: Double) {
        for y in 0..<view.height {
            renderRow(y, under, out + y * view.width * 3, time)
        }
    }

    private func renderRow(
        _ y: Int, _ under: UnsafePointer<Pixel>, _ out: UnsafeMutablePointer<UInt8>, _ time: Double
    ) {
        let margin = PoolBackdrop.margin, stride = backdrop.stride
        let line = under + (y + margin) * stride + margin
        let start = backdrop.water.base[y].start, end = backdrop.water.base[y].end
        copy(line, out, 0, start)
        copy(line, out, end, view.width)
        if start >= end { return }

        let (first, step, scale) = rowGeometry(y, from: start)
        var (ua, va, ub, vb) = coordinates(first, time)
        let (dua, dva, dvb, dub) = steps(step)
        // Pixels of displacement per unit of slope, 1/65536; ripples look flatter towards the horizon.
        let bend = Int32(clamp(scale * 0.00075 * waves * 65536, 0, 8000))
        let bendY = Int32(Float(bend) * clamp(-view.forward.z, 0.3, 1))
        // World slopes to picture axes.
        let rx = Int32(view.right.x * 256), ry = Int32(view.right.y * 256)
        // Held here, since the bytes written below might be anything for all that the compiler knows.
        let texels = table.texels, sheen = sheen.base, lightX = lightX, lightY = lightY, caustics = caustics
        let (red, green, blue) = glintColour
        var x = start
        while x < end {
            let a = WaterSurface.texel(texels, ua, va), b = WaterSurface.texel(texels, ub, vb)
            let sx = Int32(Int8(truncatingIfNeeded: a)) &+ Int32(Int8(truncatingIfNeeded: b &>> 8))
            let sy = Int32(Int8(truncatingIfNeeded: a &>> 8)) &+ Int32(Int8(truncatingIfNeeded: b))
            let across = (sx &* rx &+ sy &* ry) &>> 8
            let along = (sx &* ry &- sy &* rx) &>> 8
            let reach = line[x].alpha
            let dx = Int((((across &* bend) &>> 8) &* reach) &>> 16)
            let dy = Int((((along &* bendY) &>> 8) &* reach) &>> 16)
            let source = line[x &+ min(max(dx, -margin), margin) &+ min(max(dy, -margin), margin) &* stride]

            let focus = Int32(min(a &>> 16 & 255, b &>> 16 & 255))
            let gain = 256 &+ (caustics &* (focus &- 52)) &>> 7
            let light = sheen[Int((sx &* lightX &+ sy &* lightY) &>> 8 &+ 512) & 1023]
            store(
                out + x &* 3, (source.red &* gain &+ light &* red) &>> 8,
                (source.green &* gain &+ light &* green) &>> 8,
                (source.blue &* gain &+ light &* blue) &>> 8)
            ua &+= dua
            va &+= dva
            ub &+= dub
            vb &+= dvb
            x &+= 1
        }
    }

    /// The point of the surface under a row's pixel, metres from one pixel to the next, and pixels per metre.
    private func rowGeometry(_ y: Int, from x: Int) -> (first: Vector3, step: Vector3, scale: Float) {
        let ray = view.ray(Float(x) + 0.5, Float(y) + 0.5)
        let distance = view.position.z / max(-ray.z, 0.05)
        return (view.position + ray * distance, view.right * (distance / view.focal), view.focal / distance)
    }

    private func steps(_ step: Vector3) -> (UInt32, UInt32, UInt32, UInt32) {
        let (a, b) = WaterSurface.layers
        func fixed(_ metres: Float, _ texels: Float) -> UInt32 {
            UInt32(truncatingIfNeeded: Int64(metres * texels * 65536))
        }
        return (fixed(step.x, a), fixed(step.y, a), fixed(step.x, b), fixed(step.y, b))
    }

    private func copy(_ line: UnsafePointer<Pixel>, _ out: UnsafeMutablePointer<UInt8>, _ start: Int, _ end: Int) {
        var x = start
        while x < end {
            store(out + x &* 3, line[x].red, line[x].green, line[x].blue)
            x &+= 1
        }
    }

    @inline(__always)
    private func store(_ out: UnsafeMutablePointer<UInt8>, _ r: Int32, _ g: Int32, _ b: Int32) {
        out[0] = UInt8(truncatingIfNeeded: min(max(r, 0), 255))
        out[1] = UInt8(truncatingIfNeeded: min(max(g, 0), 255))
        out[2] = UInt8(truncatingIfNeeded: min(max(b, 0), 255))
    }
}
