/// One person in the pool over time: who, where along which course, doing what.
struct Swimmer {
    let track: Int
    let person: Person
    private let skeleton: Skeleton
    private let course: Course
    /// Done one after the other, over and over; a single one is kept for ever.
    private let motions: [Motion]
    /// Seconds that each motion is kept.
    private let keeps: Double
    /// Metres along the course at the scene's beginning.
    private let start: Double

    /// Seconds in which one motion passes into the next.
    private static let blend = 0.7

    init(track: Int, person: Person, action: Action, course: Course, options: SceneOptions) {
        self.track = track
        self.person = person
        self.course = course
        skeleton = Skeleton(person)
        var random = Random(seed: options.seed, 3, track)
        keeps = Double(random.between(4, 7))
        // Who travels begins so that the first second and a half lie on the straight, where there is room.
        let room = max(course.straight - (action.travels ? 2.2 : 0), 0)
        start = Double(room * random.unit() + (random.chance(0.5) ? course.length * 0.5 : 0))
        // All four actions, beginning with the given one, upwards or downwards.
        let step = random.chance(0.5) ? 1 : 3
        var motions: [Motion] = []
        for turn in 0..<(options.actionChanges ? Action.allCases.count : 1) {
            motions.append(Motion(Action.allCases[(action.rawValue + turn * step) & 3], &random))
        }
        self.motions = motions
    }

    func action(at time: Double) -> Action {
        motion(turn(time)).action
    }

    func pose(at time: Double) -> Pose {
        let turn = turn(time)
        let place = course.place(start + distance(time))
        let pose = skeleton.pose(motion(turn).posture(time), at: place)
        let since = time - Double(turn) * keeps
        if motions.count == 1 || turn == 0 || since >= Swimmer.blend { return pose }
        let before = skeleton.pose(motion(turn - 1).posture(time), at: place)
        return before.mixed(with: pose, smoothstep(0, 1, Float(since / Swimmer.blend)))
    }

    private func turn(_ time: Double) -> Int {
        max(Int(time / keeps), 0)
    }

    private func motion(_ turn: Int) -> Motion {
        motions[turn % motions.count]
    }

    /// Metres swum since the scene's beginning.
    private func distance(_ time: Double) -> Double {
        if motions.count == 1 { return time * motions[0].speed }
        let turn = turn(time), rounds = turn / motions.count
        var sum = 0.0
        for (index, motion) in motions.enumerated() {
            sum += keeps * motion.speed * Double(rounds + (index < turn % motions.count ? 1 : 0))
        }
        return sum + (time - Double(turn) * keeps) * motion(turn).speed
    }
}
