/// The floats of the lane ropes: where they lie still, ready to be drawn a little higher or lower by every wave.
struct LaneRopes {
    private struct Float32Disc {
        var place: Vector3
        var x: Float
        var y: Float
        var radius: Float
        var colour: Colour
    }

    private var discs: [Float32Disc] = []
    private let view: Viewpoint
    private let look: SceneLook
    private static let spacing: Float = 0.11

    init(view: Viewpoint, look: SceneLook, plan: PoolPlan) {
        self.view = view
        self.look = look
        for rope in -5...5 {
            let y = (Float(rope) + 0.5) * PoolPlan.laneWidth
            for i in -140..<140 {
                let place = Vector3(Float(i) * LaneRopes.spacing, y, 0.01)
                if place.dot(plan.normal) > plan.edge - 0.1 { continue }
                if (place - view.position).dot(view.forward) < 0.5 { continue }
                let seen = view.project(place)
                if seen.x < -20 || seen.x > Float(view.width) + 20 { continue }
                if seen.y < -20 || seen.y > Float(view.height) + 20 { continue }
                let band = (i + 140) / 9 % 4
                let colour = band == 0 ? look.ropes.0 : (band == 2 ? look.ropes.2 : look.ropes.1)
                discs.append(Float32Disc(
                    place: place, x: seen.x, y: seen.y, radius: 0.062 * seen.scale, colour: colour))
            }
        }
        discs.sort { $0.y < $1.y }
    }

    func draw(into out: UnsafeMutablePointer<UInt8>, water: WaterSurface, time: Double) {
        let canvas = Canvas(out, view)
        for disc in discs {
            let bob = water.height(at: disc.place, time: time) * 0.03 * disc.radius / 0.062
            canvas.ball(disc.x, disc.y - bob, disc.radius, disc.colour, look)
        }
    }
}
