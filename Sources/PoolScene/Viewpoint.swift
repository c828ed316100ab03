/// A pinhole camera above the pool, without roll: a row of pixels looks at a straight, evenly spaced line of the water.
struct Viewpoint {
    let position: Vector3
    let right: Vector3
    let up: Vector3
    let forward: Vector3
    /// Focal length in pixels.
    let focal: Float
    let width: Int
    let height: Int

    struct Projection {
        var x: Float
        var y: Float
        /// Metres along the optical axis.
        var depth: Float
        /// Pixels per metre at that depth.
        var scale: Float
    }

    /// - Parameters:
    ///   - elevation: angle below the horizon of the optical axis, in turns
    ///   - yaw: direction of view across the ground, in turns; 0 looks along +y, across the lanes
    ///   - span: metres that the picture's width covers at the centre of view
    init(elevation: Float, yaw: Float, span: Float, fieldOfView: Float, width: Int, height: Int) {
        self.width = width
        self.height = height
        let ground = Vector3(-sine(turns: yaw), cosine(turns: yaw), 0)
        let down = sine(turns: elevation), ahead = cosine(turns: elevation)
        forward = Vector3(ground.x * ahead, ground.y * ahead, -down)
        right = Vector3(ground.y, -ground.x, 0)
        up = right.cross(forward)
        let tangent = sine(turns: fieldOfView * 0.5) / cosine(turns: fieldOfView * 0.5)
        focal = Float(width) * 0.5 / tangent
        position = forward * (-span * 0.5 / tangent)
    }

    func project(_ point: Vector3) -> Projection {
        let relative = point - position
        let depth = max(relative.dot(forward), 0.1)
        let scale = focal / depth
        return Projection(
            x: Float(width) * 0.5 + relative.dot(right) * scale,
            y: Float(height) * 0.5 - relative.dot(up) * scale,
            depth: depth, scale: scale)
    }

    /// As `project`, for a point that may be under water: refraction lifts it to about three quarters of its depth.
    func projectThroughWater(_ point: Vector3) -> Projection {
        project(point.z < 0 ? Vector3(point.x, point.y, point.z * 0.75) : point)
    }

    /// The direction seen by a pixel's centre; not normalized, 1 along the optical axis.
    func ray(_ x: Float, _ y: Float) -> Vector3 {
        forward + right * ((x - Float(width) * 0.5) / focal) + up * ((Float(height) * 0.5 - y) / focal)
    }

    /// A world direction as seen: x to the right, y down, z towards the camera.
    func inView(_ direction: Vector3) -> Vector3 {
        Vector3(direction.dot(right), -direction.dot(up), -direction.dot(forward))
    }
}
