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
        lightColour = SceneLook.lightColour(domain, &random)
        let strength = random.between(0.85, 1.08)
        lightColour = lightColour * strength
        ambient = Colour(0.5, 0.53, 0.56) * strength

        water = SceneLook.water(domain, &random)
        let turbidity = SceneLook.turbidity(domain, &random)
        absorption = Colour(
            0.10 + turbidity * (1 - water.r), 0.06 + turbidity * (1 - water.g * 0.8),
            0.05 + turbidity * (1 - water.b * 0.8))
        depth = random.between(1.25, 1.9)
        waves = random.between(0.6, 1.25) * SceneLook.chop(domain, &random)
        caustics = random.between(0.35, 1)
        glints = random.between(0.4, 1.1)

        floor = FloorPattern(domain: domain, &random)
        ropes = SceneLook.ropes(domain, random.below(3))
        deck = Colour(0.74, 0.72, 0.67).mixed(with: Colour(0.55, 0.6, 0.66), random.unit()) * random.between(0.75, 1.05)
        splash = SceneLook.splash(domain, &random)
    }
}
