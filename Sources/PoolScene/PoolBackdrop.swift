/// The pool without people and waves, computed once: floor, lines, wall and deck as seen through flat water.
///
/// `pixels` has a margin on every side, so that refraction may look beyond the frame. A pixel's alpha says how strongly
/// ripples displace it: 255 for the floor, 0 for what stands above the water.
final class PoolBackdrop {
    static let margin = 24

    struct Span {
        var start: Int
        var end: Int
    }

    let width: Int
    let height: Int
    let stride: Int
    let pixels: Plane<Pixel>
    /// The first and the one-past-last water pixel of every row.
    let water: Plane<Span>

    private let view: Viewpoint
    private let look: SceneLook
    private let plan: PoolPlan
    private let fading: Fading

    init(view: Viewpoint, look: SceneLook, plan: PoolPlan) {
        self.view = view
        self.look = look
        self.plan = plan
        fading = Fading(look)
        width = view.width
        height = view.height
        let margin = PoolBackdrop.margin
        stride = width + 2 * margin
        pixels = Plane(count: stride * (height + 2 * margin), repeating: 0)
        water = Plane(count: height, repeating: Span(start: 0, end: 0))
        for y in -margin..<height + margin {
            for x in -margin..<width + margin {
                pixels.base[(y + margin) * stride + x + margin] = pixel(Float(x), Float(y))
            }
        }
        for y in 0..<height { water.base[y] = waterSpan(row: y) }
    }

    private func waterSpan(row y: Int) -> Span {
        let line = pixels.base + (y + PoolBackdrop.margin) * stride + PoolBackdrop.margin
        var start = 0, end = width
        while start < end, line[start].alpha == 0 { start += 1 }
        while end > start, line[end - 1].alpha == 0 { end -= 1 }
        return Span(start: start, end: end)
    }

    /// Two by two samples a pixel.
    private func pixel(_ x: Float, _ y: Float) -> Pixel {
        var sum = Colour(0, 0, 0)
        var wet = 0
        for (dx, dy) in [(Float(0.25), Float(0.25)), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
            let (colour, isWater) = sample(view.ray(x + dx, y + dy))
            sum = sum + colour
            wet += isWater ? 1 : 0
        }
        return (sum * 0.25).packed(alpha: wet >= 2 ? 255 : 0)
    }

    private func sample(_ direction: Vector3) -> (Colour, isWater: Bool) {
        let ray = Vector3(direction.x, direction.y, min(direction.z, -0.05))
        let eye = view.position
        let onDeck = eye + ray * ((eye.z - PoolPlan.deckHeight) / -ray.z)
        if onDeck.dot(plan.normal) > plan.edge { return (deck(onDeck), false) }
        let onWater = eye + ray * (eye.z / -ray.z)
        if onWater.dot(plan.normal) > plan.edge { return (look.deck * 0.62, false) }
        return (underwater(from: onWater, towards: ray), true)
    }

    private func deck(_ point: Vector3) -> Colour {
        let inland = point.dot(plan.normal) - plan.edge
        if inland < 0.3 { return look.deck * 1.12 * look.lightColour }  // coping
        if inland < 0.5 { return look.deck * (Int(inland * 40) & 1 == 0 ? 0.5 : 0.75) }  // gutter grating
        let pattern = FloorPattern.deck(look.deck)
        return pattern.albedo(point.x, point.y, lane: 1) * look.lightColour
    }

    private func underwater(from surface: Vector3, towards ray: Vector3) -> Colour {
        let flat = Vector3(ray.x, ray.y, 0) * (1 / (1.33 * ray.length))
        let down = (1 - flat.dot(flat)).squareRoot()
        var path = look.depth / down
        let toWall = (plan.edge - surface.dot(plan.normal)) / max(flat.dot(plan.normal), 1e-4)
        let point: Vector3, albedo: Colour
        if toWall < path {
            path = toWall
            point = surface + flat * path
            albedo = wall(depth: down * path, along: plan.normal.x != 0 ? point.y : point.x)
        } else {
            point = surface + flat * path
            albedo = look.floor.albedo(point.x, point.y, lane: plan.distanceToLaneCentre(point.y))
        }
        let lit = albedo * (look.ambient + look.lightColour * 0.5)
        return fading.seen(lit, path: path + look.depth * 0.4)
    }

    private func wall(depth: Float, along: Float) -> Colour {
        if depth < 0.22 { return Colour(0.2, 0.32, 0.55) }
        return look.floor.albedo(along, depth, lane: 1) * 0.8
    }
}

extension FloorPattern {
    /// Large grey flags.
    static func deck(_ colour: Colour) -> FloorPattern {
        FloorPattern(bond: .square, tile: 0.6, colour: colour, second: colour * 0.9, joint: colour * 0.7)
    }

    private init(bond: Bond, tile: Float, colour: Colour, second: Colour, joint: Colour) {
        self.bond = bond
        self.tile = tile
        self.colour = colour
        self.second = second
        self.joint = joint
        line = joint
        lineHalfWidth = 0
        seed = 7
    }
}
