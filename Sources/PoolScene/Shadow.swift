/// The soft shadow that a swimmer throws on the pool's floor.
struct Shadow {
    let view: Viewpoint
    let depth: Float
    private let offset: Vector3

    init(view: Viewpoint, look: SceneLook) {
        self.view = view
        depth = look.depth
        // The light's way from the surface to the floor, bent by the water.
        let flat = Vector3(look.light.x, look.light.y, 0) * (1 / 1.33)
        let down = (1 - flat.dot(flat)).squareRoot()
        offset = flat * (-look.depth / down) + Vector3(0, 0, -look.depth)
    }

    /// Darkens the underwater picture below a body.
    func cast(_ pose: Pose, on backdrop: PoolBackdrop, _ under: UnsafeMutablePointer<Pixel>) {
        let middle = pose.pelvis.mixed(with: pose.neck, 0.55)
        blot(pose.pelvis, 0.36, backdrop, under)
        blot(middle, 0.4, backdrop, under)
        blot(pose.head, 0.26, backdrop, under)
        blot(pose.rightLeg.middle.mixed(with: pose.leftLeg.middle, 0.5), 0.34, backdrop, under)
        blot(pose.rightLeg.end.mixed(with: pose.leftLeg.end, 0.5), 0.26, backdrop, under)
        blot(pose.rightArm.middle, 0.2, backdrop, under)
        blot(pose.leftArm.middle, 0.2, backdrop, under)
    }

    private func blot(
        _ point: Vector3, _ radius: Float, _ backdrop: PoolBackdrop, _ under: UnsafeMutablePointer<Pixel>
    ) {
        let share = clamp((depth + point.z) / depth, 0, 1)
        let floor = Vector3(point.x, point.y, 0) + Vector3(offset.x * share, offset.y * share, offset.z)
        let seen = view.projectThroughWater(floor)
        let rx = max(radius * seen.scale, 1), ry = max(rx * -view.forward.z, 1)
        let area = PixelArea(around: seen.x, seen.y, rx, ry, width: view.width, height: view.height)
        let ix = 1 / rx, iy = 1 / ry
        for y in area.y0..<max(area.y1, area.y0) {
            let line = under + (y + PoolBackdrop.margin) * backdrop.stride + PoolBackdrop.margin
            let v = (Float(y) + 0.5 - seen.y) * iy
            for x in area.x0..<max(area.x1, area.x0) {
                let u = (Float(x) + 0.5 - seen.x) * ix
                let inside = 1 - u * u - v * v
                if inside <= 0 || line[x].alpha == 0 { continue }
                line[x] = line[x].mixed(with: 0, Int32(inside * inside * 64), alpha: 255)
            }
        }
    }
}
