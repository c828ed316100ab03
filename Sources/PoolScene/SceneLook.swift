/// The camera, light, water and floor of one scene, drawn by seed from its domain's own ranges.
struct SceneLook {
    /// In turns below the horizon.
    var elevation: Float
    /// In turns; 0 looks across the lanes.
    var yaw: Float
    /// Metres across the picture at the centre of view.
    var span: Float
    /// In turns.
    var fieldOfView: Float

    /// Towards the light.
    var light: Vector3
    var lightColour: Colour
    var ambient: Colour

    /// What deep water looks like, and how fast things fade into it.
    var water: Colour
    var absorption: Colour
    var depth: Float
    var waves: Float
    var caustics: Float
    var glints: Float

    var floor: FloorPattern
    var ropes: (Colour, Colour, Colour)
    var deck: Colour
    /// How much more water is thrown about than the motion asks for.
    var splash: Float

    init(options: SceneOptions) {
        var random = Random(seed: options.seed, 1, options.domain.rawValue)
        let domain = options.domain
        let crowd = Float(options.swimmers)

        elevation = SceneLook.elevation(domain, &random)
        yaw = SceneLook.yaw(domain, &random)
        fieldOfView = random.between(0.1, 0.14)
        span = (5.2 + 0.62 * crowd) * SceneLook.scale(domain, swimmers: options.swimmers, &random)

        let azimuth = random.unit()
        let height = random.between(0.45, 0.85)
        let flat = (1 - height * height).squareRoot()
        light = Vector3(flat * cosine(turns: azimuth), flat * sine(turns: azimuth), height)
        lightColour = SceneLook.lightColour(domain, random.below(3))
        let strength = random.between(0.85, 1.08)
        lightColour = lightColour * strength
        ambient = Colour(0.5, 0.53, 0.56) * strength

        water = SceneLook.water(domain, random.below(4))
        let turbidity = SceneLook.turbidity(domain, &random)
        absorption = Colour(
            0.10 + turbidity * (1 - water.r), 0.06 + turbidity * (1 - water.g * 0.8),
            0.05 + turbidity * (1 - water.b * 0.8))
        depth = random.between(1.25, 1.9)
        waves = random.between(0.6, 1.25) * (domain == .hard ? 1.5 : 1)
        caustics = random.between(0.35, 1)
        glints = random.between(0.4, 1.1)

        floor = FloorPattern(domain: domain, &random)
        ropes = SceneLook.ropes(domain, random.below(3))
        deck = Colour(0.74, 0.72, 0.67).mixed(with: Colour(0.55, 0.6, 0.66), random.unit()) * random.between(0.75, 1.05)
        splash = domain == .hard ? random.between(1.5, 2.0) : random.between(0.7, 1.2)
    }

    // MARK: - What the domains differ in

    private static func elevation(_ domain: SceneDomain, _ random: inout Random) -> Float {
        switch domain {
        case .train: random.chance(0.5) ? random.between(0.100, 0.128) : random.between(0.156, 0.19)
        case .test: random.between(0.130, 0.154)
        case .hard: random.chance(0.5) ? random.between(0.08, 0.098) : random.between(0.192, 0.21)
        }
    }

    /// Each domain owns alternate sectors of the compass: 18° of every 45°, the test 14°, the hard scenes what is left.
    private static func yaw(_ domain: SceneDomain, _ random: inout Random) -> Float {
        let sector = Float(random.below(8)) * 0.125
        return switch domain {
        case .train: sector + random.between(-0.025, 0.025)
        case .test: sector + random.between(0.03, 0.07)
        case .hard: sector + random.between(0.072, 0.098)
        }
    }

    /// The hard scenes are seen half as large again, where few swim, or two thirds as large.
    private static func scale(_ domain: SceneDomain, swimmers: Int, _ random: inout Random) -> Float {
        switch domain {
        case .train: random.chance(0.5) ? random.between(0.82, 0.94) : random.between(1.06, 1.2)
        case .test: random.between(0.95, 1.05)
        case .hard: swimmers <= 2 && random.chance(0.5) ? random.between(0.64, 0.7) : random.between(1.45, 1.55)
        }
    }

    private static func lightColour(_ domain: SceneDomain, _ index: Int) -> Colour {
        switch (domain, index) {
        case (.train, 0): Colour(1, 0.98, 0.94)
        case (.train, 1): Colour(0.92, 0.97, 1)
        case (.train, _): Colour(1, 0.93, 0.84)
        case (.test, 0): Colour(0.97, 1, 0.97)
        case (.test, 1): Colour(1, 0.96, 0.89)
        case (.test, _): Colour(0.95, 0.96, 1)
        case (.hard, 0): Colour(1, 0.8, 0.62)
        case (.hard, 1): Colour(0.75, 0.9, 1)
        case (.hard, _): Colour(0.66, 0.7, 0.72)
        }
    }

    private static func water(_ domain: SceneDomain, _ index: Int) -> Colour {
        switch (domain, index) {
        case (.train, 0): Colour(0.16, 0.56, 0.66)
        case (.train, 1): Colour(0.12, 0.44, 0.68)
        case (.train, 2): Colour(0.22, 0.60, 0.58)
        case (.train, _): Colour(0.10, 0.36, 0.55)
        case (.test, 0): Colour(0.18, 0.52, 0.70)
        case (.test, 1): Colour(0.20, 0.58, 0.62)
        case (.test, 2): Colour(0.14, 0.47, 0.58)
        case (.test, _): Colour(0.10, 0.40, 0.66)
        case (.hard, 0): Colour(0.24, 0.44, 0.34)
        case (.hard, 1): Colour(0.06, 0.20, 0.34)
        case (.hard, 2): Colour(0.34, 0.50, 0.48)
        case (.hard, _): Colour(0.10, 0.30, 0.30)
        }
    }

    private static func turbidity(_ domain: SceneDomain, _ random: inout Random) -> Float {
        switch domain {
        case .train: random.chance(0.5) ? random.between(0.15, 0.35) : random.between(0.6, 0.85)
        case .test: random.between(0.37, 0.58)
        case .hard: random.between(0.9, 1.5)
        }
    }

    private static func ropes(_ domain: SceneDomain, _ index: Int) -> (Colour, Colour, Colour) {
        let white = Colour(0.94, 0.94, 0.92), red = Colour(0.82, 0.12, 0.12), blue = Colour(0.1, 0.24, 0.66)
        let yellow = Colour(0.95, 0.78, 0.1), green = Colour(0.1, 0.55, 0.26), orange = Colour(0.94, 0.45, 0.08)
        return switch (domain, index) {
        case (.train, 0): (red, white, red)
        case (.train, 1): (blue, white, red)
        case (.train, _): (yellow, yellow, blue)
        case (.test, 0): (green, white, yellow)
        case (.test, 1): (blue, white, blue)
        case (.test, _): (yellow, red, white)
        case (.hard, 0): (orange, white, orange)
        case (.hard, 1): (orange, green, white)
        case (.hard, _): (white, white, blue)
        }
    }
}
