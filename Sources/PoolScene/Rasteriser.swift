/// Draws bodies into a swimmer layer: each part as the picture of a lit, wet, solid shape, nearest pixel wins.
struct Rasteriser {
    let layer: SwimmerLayer
    let view: Viewpoint
    let look: SceneLook
    private let light: Vector3
    /// The pool's vertical as seen.
    let up: Vector3
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
        body.parts(pose) { shape in
            switch shape {
            case .capsule(let capsule): area = area.union(draw(capsule, owner))
            case .ellipsoid(let ellipsoid): area = area.union(draw(ellipsoid, body.person, owner))
            }
        }
        return area
    }

    /// A surface's pixel: its normal as seen, metres from the camera and above the water, and its share of the pixel.
    @inline(__always)
    func put(
        _ index: Int, _ colour: Colour, _ normal: Vector3, depth: Float, height: Float, coverage: Float, _ owner: Int8
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
        return lit + look.lightColour * (0.24 * wet)
    }
}
