/// The closed way of one swimmer in a lane: up on the right, a half circle, back on the left (circle swimming).
struct Course {
    let start: Float
    let end: Float
    let centre: Float
    let radius: Float

    /// - Parameters:
    ///   - start, end: the way's ends along x; at least a full circle is made of what is given
    ///   - centre: the lane's middle, y
    init(from start: Float, to end: Float, centre: Float) {
        let radius: Float = 0.5
        let middle = (start + end) * 0.5
        let half = max((end - start) * 0.5, radius + 0.05)
        self.start = middle - half
        self.end = middle + half
        self.centre = centre
        self.radius = radius
    }

    var straight: Float { end - start - 2 * radius }
    var length: Float { 2 * straight + 6.2831855 * radius }

    struct Place {
        var position: Vector3
        var heading: Vector3
    }

    /// The place after swimming `distance` metres from the beginning of the way up.
    func place(_ distance: Double) -> Place {
        let turn = radius * 3.1415927
        var s = fraction(distance / Double(length)) * length
        let back = s >= straight + turn
        if back { s -= straight + turn }
        var point: Vector3, heading: Vector3
        if s < straight {
            point = Vector3(s - straight * 0.5, -radius, 0)
            heading = Vector3(1, 0, 0)
        } else {
            let angle = (s - straight) / turn * 0.5
            point = Vector3(straight * 0.5 + sine(turns: angle) * radius, -cosine(turns: angle) * radius, 0)
            heading = Vector3(cosine(turns: angle), sine(turns: angle), 0)
        }
        if back {
            point = point * -1
            heading = heading * -1
        }
        return Place(position: point + Vector3((start + end) * 0.5, centre, 0), heading: heading)
    }
}

extension Course {
    /// A way for each of `count` swimmers, in lanes nearest to the centre of view first, so that none meets another.
    static func assign(_ count: Int, in view: Viewpoint, _ plan: PoolPlan) -> [Course] {
        var lanes: [(centre: Float, start: Float, end: Float)] = []
        for k in [0, 1, -1, 2, -2, 3, -3, 4, -4] {
            let centre = Float(k) * PoolPlan.laneWidth
            if let (start, end) = visible(centre, view, plan), end - start >= 2.4 { lanes.append((centre, start, end)) }
        }
        if lanes.isEmpty { lanes = [(0, -1.5, 1.5)] }
        var shares = [Int](repeating: 0, count: lanes.count)
        for _ in 0..<count {
            // The lane in which one swimmer more has the most room; a nearer lane where it is equal.
            var best = 0
            for lane in lanes.indices {
                let gain = room(lanes[lane], shares[lane]) - room(lanes[best], shares[best])
                if gain > 0.6 { best = lane }
            }
            shares[best] += 1
        }
        var courses: [Course] = []
        for (lane, share) in zip(lanes, shares) {
            for part in 0..<share {
                let width = (lane.end - lane.start) / Float(share)
                let start = lane.start + width * Float(part)
                let gap: Float = share > 1 ? 0.5 : 0
                courses.append(Course(from: start + gap, to: start + width - gap, centre: lane.centre))
            }
        }
        return courses
    }

    private static func room(_ lane: (centre: Float, start: Float, end: Float), _ share: Int) -> Float {
        (lane.end - lane.start) / Float(share + 1)
    }

    /// The longest part of a lane where a swimmer is wholly in the picture.
    private static func visible(_ centre: Float, _ view: Viewpoint, _ plan: PoolPlan) -> (Float, Float)? {
        let step: Float = 0.2
        var best: (Float, Float)?
        var start: Float?
        for i in -100...101 {
            let x = Float(i) * step
            if i <= 100, isInside(Vector3(x, centre, 0), view, plan) {
                if start == nil { start = x }
            } else if let begun = start {
                let end = x - step
                if best.map({ $0.1 - $0.0 < end - begun }) ?? true { best = (begun, end) }
                start = nil
            }
        }
        return best
    }

    private static func isInside(_ point: Vector3, _ view: Viewpoint, _ plan: PoolPlan) -> Bool {
        if point.dot(plan.normal) > plan.edge - 1 { return false }
        if (point - view.position).dot(view.forward) < 0.5 { return false }
        let seen = view.project(point), border = 0.6 * seen.scale
        return seen.x > border && seen.x < Float(view.width) - border
            && seen.y > border && seen.y < Float(view.height) - border
    }
}
