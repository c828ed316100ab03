/// Where the pool's lanes and its edge are, as far as one look at them needs to know.
struct PoolPlan {
    static let laneWidth: Float = 2.4
    /// Height of the deck above the water, metres.
    static let deckHeight: Float = 0.14

    /// Unit normal of the visible edge, along ±x or ±y, pointing out of the pool.
    let normal: Vector3
    /// Distance of the edge from the origin along `normal`.
    let edge: Float

    init(_ view: Viewpoint, look: SceneLook, _ random: inout Random) {
        let f = view.forward
        if abs(f.x) > abs(f.y) {
            normal = Vector3(f.x > 0 ? 1 : -1, 0, 0)
        } else {
            normal = Vector3(0, f.y > 0 ? 1 : -1, 0)
        }
        // How far the upper border of the picture reaches; the deck begins a little before that, or beyond it.
        let ray = view.ray(Float(view.width) * 0.5, 0)
        let reach = view.position + ray * (view.position.z / max(-ray.z, 0.05))
        let distance = reach.dot(normal) * random.between(0.62, 1.25)
        edge = normal.y != 0 ? (floor(distance / PoolPlan.laneWidth + 0.5) + 0.5) * PoolPlan.laneWidth : distance
    }

    /// Metres to the middle of the lane that a point with this y is in.
    func distanceToLaneCentre(_ y: Float) -> Float {
        let lanes = y / PoolPlan.laneWidth
        return abs(lanes - floor(lanes + 0.5)) * PoolPlan.laneWidth
    }
}
