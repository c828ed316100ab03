/// Draws bodies into a swimmer layer: each part as the picture of a lit, wet, solid shape, nearest pixel wins.
struct Rasteriser {
    let layer: SwimmerLayer
    let view: Viewpoint
    let look: SceneLook
    private let light: Vector3
    private let up: Vector3
    private let half: Vector3
    private let fading: Fading

    /// Below this depth in metres a body counts as invisible.
    let visibleDepth: Float

    init(layer: SwimmerLayer, view: Viewpoint, look: SceneLook) {
        self.layer = layer
        self.view = view
        self.look = look
        light = view.inView(look.light)
        up = view.inView(Vector3(0, 0, 1))
        half = (light + Vector3(0, 0, 1)).normalized
        fading = Fading(look)
        var visible: Float = 0
        while visible < 2.5, fading.remaining(Rasteriser.path(visible)).g > 0.3 { visible += 0.01 }
        visibleDepth = visible
    }

    /// Light's way to a depth and back, with something for the surface itself.
    private static func path(_ depth: Float) -> Float {
        0.25 + depth * 1.9
    }

    /// - Returns: the area that was touched
    func draw(_ body: Body, _ pose: Pose, owner: Int8) -> PixelArea {
        var area = PixelArea.empty
        body.parts(pose) { area = area.union(draw($0, owner)) }
        return area.union(draw(body.head(pose), body.person, owner))
    }

    private func draw(_ capsule: Capsule, _ owner: Int8) -> PixelArea {
        let a = view.projectThroughWater(capsule.start), b = view.projectThroughWater(capsule.end)
        let ra = capsule.startRadius * a.scale, rb = capsule.endRadius * b.scale
        let area = PixelArea(around: a.x, a.y, ra, ra, width: layer.width, height: layer.rows)
            .union(PixelArea(around: b.x, b.y, rb, rb, width: layer.width, height: layer.rows))
        if area.isEmpty { return area }
        let abx = b.x - a.x, aby = b.y - a.y
        let inverse = 1 / max(abx * abx + aby * aby, 1e-6)
        for y in area.y0..<area.y1 {
            let py = Float(y) + 0.5 - a.y
            var index = y * layer.width + area.x0
            for x in area.x0..<area.x1 {
                let px = Float(x) + 0.5 - a.x
                let t = clamp((px * abx + py * aby) * inverse, 0, 1)
                let ex = px - abx * t, ey = py - aby * t
                let r = ra + (rb - ra) * t
                let square = ex * ex + ey * ey
                if square < (r + 0.5) * (r + 0.5) {
                    let normal = Rasteriser.normal(ex, ey, r, square)
                    let metres = capsule.startRadius + (capsule.endRadius - capsule.startRadius) * t
                    let depth = a.depth + (b.depth - a.depth) * t - metres * normal.z
                    let height = capsule.start.z + (capsule.end.z - capsule.start.z) * t + metres * normal.dot(up)
                    let colour = t < capsule.split ? capsule.colour : capsule.farColour
                    put(index, colour, normal, depth, height, r - square.squareRoot() + 0.5, owner)
                }
                index += 1
            }
        }
        return area
    }

    private func draw(_ head: Head, _ person: Person, _ owner: Int8) -> PixelArea {
        let at = view.projectThroughWater(head.centre)
        let r = head.radius * at.scale
        let area = PixelArea(around: at.x, at.y, r, r, width: layer.width, height: layer.rows)
        let crown = view.inView(head.crown), face = view.inView(head.face), side = crown.cross(face)
        for y in area.y0..<max(area.y1, area.y0) {
            for x in area.x0..<max(area.x1, area.x0) {
                let ex = Float(x) + 0.5 - at.x, ey = Float(y) + 0.5 - at.y
                let square = ex * ex + ey * ey
                if square >= (r + 0.5) * (r + 0.5) { continue }
                let normal = Rasteriser.normal(ex, ey, r, square)
                let colour = Rasteriser.headColour(
                    person, crown: normal.dot(crown), face: normal.dot(face), side: normal.dot(side))
                put(
                    y * layer.width + x, colour, normal, at.depth - head.radius * normal.z - 0.02,
                    head.centre.z + head.radius * normal.dot(up), r - square.squareRoot() + 0.5, owner)
            }
        }
        return area
    }

    private static func headColour(_ person: Person, crown: Float, face: Float, side: Float) -> Colour {
        // The cap ends at the brow in front and at the neck behind.
        if crown * 0.86 - face * 0.5 > -0.12 {
            return abs(side) < 0.22 ? person.stripe : person.cap
        }
        if crown > 0.08, crown < 0.34 { return person.goggles }
        return person.skin
    }

    private static func normal(_ ex: Float, _ ey: Float, _ r: Float, _ square: Float) -> Vector3 {
        let inverse = 1 / max(r, 1e-3)
        let inside = 1 - square * inverse * inverse
        if inside <= 0 {
            let edge = 1 / max(square.squareRoot(), 1e-3)
            return Vector3(ex * edge, ey * edge, 0)
        }
        return Vector3(ex * inverse, ey * inverse, inside.squareRoot())
    }

    @inline(__always)
    private func put(
        _ index: Int, _ colour: Colour, _ normal: Vector3, _ depth: Float, _ height: Float, _ coverage: Float,
        _ owner: Int8
    ) {
        if depth > layer.depth.base[index] { return }
        let solid = coverage >= 1
        let lit = shade(colour, normal, height)
        if solid || layer.owner.base[index] < 0 {
            layer.colour.base[index] = lit.packed(alpha: UInt32(min(coverage, 1) * 255))
        } else {
            let below = layer.colour.base[index]
            let share = Int32(coverage * 256)
            let alpha = UInt32(max(below.alpha, (share &* 255) &>> 8))
            layer.colour.base[index] = below.mixed(with: lit.packed(alpha: 0), share, alpha: alpha)
        }
        if coverage > 0.5 || layer.owner.base[index] < 0 {
            layer.depth.base[index] = depth
            layer.height.base[index] = height
            layer.owner.base[index] = owner
        }
    }

    private func shade(_ colour: Colour, _ normal: Vector3, _ height: Float) -> Colour {
        let diffuse = max(normal.dot(light), 0), sky = 0.6 + 0.4 * normal.dot(up)
        let lit = colour * (look.ambient * sky + look.lightColour * (0.62 * diffuse))
        if height < 0 {
            let seen = fading.seen(lit, path: Rasteriser.path(-height))
            // A light line where the water clings to the body.
            return height > -0.012 ? seen.mixed(with: .white, 0.18) : seen
        }
        let facing = max(normal.dot(half), 0)
        let square = facing * facing, fourth = square * square, wet = fourth * fourth * fourth * fourth
        return lit + look.lightColour * (0.35 * wet)
    }
}
