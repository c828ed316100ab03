/// A patch of foam on the water.
struct Foam {
    var centre: Vector3
    /// Metres.
    var radius: Float
    /// 0…1.
    var density: Float
    /// Where in the noise its lace is cut from.
    var pattern: UInt32
}

struct Drop {
    var position: Vector3
    /// Metres.
    var radius: Float
}

/// A ring running outwards over the water.
struct Ring {
    var centre: Vector3
    /// Metres.
    var radius: Float
    /// 0…1.
    var strength: Float
}

/// What swimmers do to the water: whatever part of a body crosses the surface throws foam and drops by its speed,
/// and every movement sends out rings.
struct Splashes {
    private(set) var foam: [Foam] = []
    private(set) var drops: [Drop] = []
    private(set) var rings: [Ring] = []

    /// Seconds between two looks at the body; seconds that foam lives.
    private static let interval = 1.0 / 15, life = 0.8
    /// Looks between two rings; metres per second at which they run.
    private static let ringEvery = 4, ringSpeed: Float = 0.75
    private static let gravity: Float = 9.81

    init() {
        foam.reserveCapacity(512)
        drops.reserveCapacity(1024)
        rings.reserveCapacity(128)
    }

    mutating func clear() {
        foam.removeAll(keepingCapacity: true)
        drops.removeAll(keepingCapacity: true)
        rings.removeAll(keepingCapacity: true)
    }

    /// Adds what a swimmer has thrown up until now.
    mutating func collect(_ swimmer: Swimmer, at time: Double, seed: UInt64, strength: Float) {
        let interval = Splashes.interval

        let latest = Int(time / interval)
        for tick in (latest - Int(Splashes.life / interval)...latest) {
            let thrown = Double(tick) * interval
            let age = Float(time - thrown)
            let pose = swimmer.pose(at: thrown), before = swimmer.pose(at: thrown - 0.03)
            var random = Random(seed: seed, 5, swimmer.track, tick)
            if tick % Splashes.ringEvery == 0 { addRing(pose, before, age) }
            let ends = [
                (pose.rightArm.end, before.rightArm.end, Float(1)), (pose.leftArm.end, before.leftArm.end, 1),
                (pose.rightToe, before.rightToe, 0.8), (pose.leftToe, before.leftToe, 0.8),
                (pose.head, before.head, 0.12),
            ]
            for (now, then, weight) in ends {
                let velocity = (now - then) * (1 / 0.03)
                let nearness = 1 - smoothstep(0.06, 0.3, abs(now.z))
                // What strikes the water from above throws more than what slides through it.
                let blow = abs(velocity.z) + 0.3 * (velocity.x * velocity.x + velocity.y * velocity.y).squareRoot()
                let power = clamp((blow - 0.55) * 0.55 * strength, 0, 1.2) * nearness * weight
                if power < 0.04 { continue }
                add(now, velocity, power, age, &random)
            }
        }
    }

    private mutating func addRing(_ now: Pose, _ then: Pose, _ age: Float) {
        func speed(_ a: Vector3, _ b: Vector3) -> Float { (a - b).length * (1 / 0.03) }
        let bustle = speed(now.rightArm.end, then.rightArm.end) + speed(now.leftArm.end, then.leftArm.end)
        let strength = clamp(0.25 + 0.16 * bustle, 0, 1) * (1 - age / Float(Splashes.life))
        let centre = Vector3(now.neck.x, now.neck.y, 0)
        rings.append(Ring(centre: centre, radius: 0.25 + Splashes.ringSpeed * age, strength: strength))
    }

    private mutating func add(
        _ origin: Vector3, _ velocity: Vector3, _ power: Float, _ age: Float, _ random: inout Random
    ) {
        let fade = 1 - age / Float(Splashes.life)
        let pattern = UInt32(truncatingIfNeeded: random.bits())
        let centre = Vector3(
            origin.x + random.between(-0.08, 0.08) + velocity.x * 0.12 * age,
            origin.y + random.between(-0.08, 0.08) + velocity.y * 0.12 * age, 0)
        if fade > 0 {
            foam.append(Foam(
                centre: centre, radius: (0.09 + 0.15 * power) * (1 + 1.2 * age), density: power * fade,
                pattern: pattern))
        }
        let count = Int(power * 7)
        for _ in 0..<count {
            let turn = random.unit(), out = random.between(0.2, 1.1) * (0.6 + power)
            let start = Vector3(
                out * cosine(turns: turn) + velocity.x * 0.3, out * sine(turns: turn) + velocity.y * 0.3,
                random.between(0.8, 2.4) * (0.5 + 0.6 * power))
            let height = start.z * age - 0.5 * Splashes.gravity * age * age
            let size = random.between(0.006, 0.016)
            if height < 0 { continue }
            drops.append(Drop(
                position: Vector3(origin.x + start.x * age, origin.y + start.y * age, height), radius: size))
        }
    }
}
