/// Foam on the water and drops above it: whatever part of a body crosses the surface throws water by its speed.
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

struct Splashes {
    /// Seconds between two looks at the body; seconds that foam lives.
    private static let interval = 1.0 / 15, life = 0.8
    private static let gravity: Float = 9.81

    /// Appends the foam and the drops that a swimmer has thrown up until now.
    static func collect(
        _ swimmer: Swimmer, at time: Double, seed: UInt64, strength: Float, _ foam: inout [Foam], _ drops: inout [Drop]
    ) {
        let latest = Int(time / interval)
        for tick in (latest - Int(life / interval)...latest) {
            let thrown = Double(tick) * interval
            let age = Float(time - thrown)
            let pose = swimmer.pose(at: thrown), before = swimmer.pose(at: thrown - 0.03)
            var random = Random(seed: seed, 5, swimmer.track, tick)
            let ends = [
                (pose.rightArm.end, before.rightArm.end, Float(1)), (pose.leftArm.end, before.leftArm.end, 1),
                (pose.rightToe, before.rightToe, 0.8), (pose.leftToe, before.leftToe, 0.8),
                (pose.head, before.head, 0.12),
            ]
            for (now, then, weight) in ends {
                let velocity = (now - then) * (1 / 0.03)
                let nearness = 1 - smoothstep(0.06, 0.3, abs(now.z))
                let power = clamp((velocity.length - 0.9) * 0.42, 0, 1) * nearness * weight * strength
                if power < 0.04 { continue }
                add(now, velocity, power, age, &random, &foam, &drops)
            }
        }
    }

    private static func add(
        _ origin: Vector3, _ velocity: Vector3, _ power: Float, _ age: Float, _ random: inout Random,
        _ foam: inout [Foam], _ drops: inout [Drop]
    ) {
        let fade = 1 - age / Float(life)
        let pattern = UInt32(truncatingIfNeeded: random.bits())
        let centre = Vector3(
            origin.x + random.between(-0.08, 0.08) + velocity.x * 0.12 * age,
            origin.y + random.between(-0.08, 0.08) + velocity.y * 0.12 * age, 0)
        if fade > 0 {
            foam.append(Foam(
                centre: centre, radius: (0.09 + 0.15 * power) * (1 + 1.2 * age), density: power * fade, pattern: pattern))
        }
        let count = Int(power * 7)
        for _ in 0..<count {
            let turn = random.unit(), out = random.between(0.2, 1.1) * (0.6 + power)
            let start = Vector3(
                out * cosine(turns: turn) + velocity.x * 0.3, out * sine(turns: turn) + velocity.y * 0.3,
                random.between(0.8, 2.4) * (0.5 + 0.6 * power))
            let height = start.z * age - 0.5 * gravity * age * age
            let size = random.between(0.006, 0.016)
            if height < 0 { continue }
            drops.append(Drop(
                position: Vector3(origin.x + start.x * age, origin.y + start.y * age, height), radius: size))
        }
    }
}
