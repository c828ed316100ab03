extension Action {
    /// Whether it gets one anywhere.
    var travels: Bool { self == .freestyle || self == .breaststroke }
}

/// One way of doing one action: how often, how fast, in which of its styles.
struct Motion {
    let action: Action
    /// Cycles per second.
    let tempo: Double
    /// Metres per second along the course.
    let speed: Double
    /// Which variant; each action reads it as it likes.
    let style: Int
    /// 0…1: how pronounced.
    let vigour: Float
    /// Away from the course's heading, in turns.
    let facing: Float
    private let offset: Double

    init(_ action: Action, _ random: inout Random) {
        self.action = action
        style = random.below(12)
        vigour = random.unit()
        offset = Double(random.unit())
        let turned = random.unit()
        switch action {
        case .freestyle:
            tempo = Double(random.between(0.68, 0.98))
            speed = tempo * Double(random.between(1.35, 1.6))
            facing = 0
        case .breaststroke:
            tempo = Double(random.between(0.62, 0.86))
            speed = tempo * Double(random.between(1.05, 1.3))
            facing = 0
        case .drowning:
            tempo = Double(random.between(0.95, 1.5))
            speed = Double(random.between(0, 0.08))
            facing = turned
        case .safe:
            tempo = Double(random.between(0.35, 0.6))
            speed = Double(random.between(0, 0.1))
            facing = turned
        }
    }

    /// The body's posture at a time of the scene, seconds.
    func posture(_ time: Double) -> Posture {
        let cycles = time * tempo + offset
        return switch action {
        case .freestyle: freestyle(cycles)
        case .breaststroke: breaststroke(cycles)
        case .drowning: drowning(cycles)
        case .safe: safe(cycles)
        }
    }
}
