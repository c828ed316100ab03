/// Which family of cameras, lights, waters and floors a scene is drawn from; the families do not overlap.
public enum SceneDomain: Int, CaseIterable, Sendable {
    case train = 0
    case test
    /// Kinds of water, angles and scales that occur in none of the others, heavy splashes, blur, strong compression.
    case hard
    /// For training: `train` and more on every side, but nothing of `test` and `hard`.
    case wide

    public var label: String {
        switch self {
        case .train: "train"
        case .test: "test"
        case .hard: "hard"
        case .wide: "wide"
        }
    }
}

/// Everything that a scene is made from; equal options give equal pictures, byte for byte, on every machine.
public struct SceneOptions: Equatable, Sendable {
    public static let sizes = 64...4096
    public static let swimmerCounts = 1...8
    public static let frameRates = 1...240

    public var seed: UInt64
    public var width: Int
    public var height: Int
    /// 1…8; the first four are the known swimmers, the others strangers, unless `identities` says otherwise.
    public var swimmers: Int
    public var framesPerSecond: Int
    public var domain: SceneDomain
    /// Sensor noise, 0…1; 1 is a cheap camera at night.
    public var noise: Float
    /// Defocus, 0…1; 1 is a radius of about 4 pixels at 640 × 480.
    public var blur: Float
    /// Slow wandering of exposure and white balance, 0…1.
    public var exposureDrift: Float
    /// Quality at which whoever writes or streams the frames compresses and decodes them once; nil: not at all.
    /// The scene itself only carries the wish.
    public var jpegQuality: Int?
    /// Whether swimmers change their action every few seconds; otherwise each keeps its own for the whole scene.
    public var actionChanges: Bool
    /// Actions by track; nil, or beyond its end: drawn by seed.
    public var actions: [Action]?
    /// Identities by track as in `SwimmerTruth`; nil, or beyond its end: the four by seed, then strangers, or the first
    /// members of the population.
    public var identities: [Int]?
    /// The seed of a population: strangers by number who look the same in every scene. nil: there is none.
    public var population: UInt64?
    /// nil: everyone in their own colours.
    public var dye: Dye?

    public init(
        seed: UInt64 = 1, width: Int = 640, height: Int = 480, swimmers: Int = 2, framesPerSecond: Int = 30,
        domain: SceneDomain = .test, noise: Float = 0, blur: Float = 0, exposureDrift: Float = 0,
        jpegQuality: Int? = nil, actionChanges: Bool = false, actions: [Action]? = nil, identities: [Int]? = nil,
        population: UInt64? = nil, dye: Dye? = nil
    ) {
        self.seed = seed
        self.width = width
        self.height = height
        self.swimmers = swimmers
        self.framesPerSecond = framesPerSecond
        self.domain = domain
        self.noise = noise
        self.blur = blur
        self.exposureDrift = exposureDrift
        self.jpegQuality = jpegQuality
        self.actionChanges = actionChanges
        self.actions = actions
        self.identities = identities
        self.population = population
        self.dye = dye
    }

    /// What `identities` may hold.
    var castable: ClosedRange<Int> { -1...(population == nil ? Person.knownCount - 1 : SceneOptions.lastMember) }
    private static let lastMember = 99_999

    /// The same with every number moved into its range.
    var clamped: SceneOptions {
        func into(_ range: ClosedRange<Int>, _ value: Int) -> Int {
            min(max(value, range.lowerBound), range.upperBound)
        }
        func share(_ value: Float) -> Float { value >= 0 ? min(value, 1) : 0 }
        var options = self
        options.width = into(SceneOptions.sizes, width)
        options.height = into(SceneOptions.sizes, height)
        options.swimmers = into(SceneOptions.swimmerCounts, swimmers)
        options.framesPerSecond = into(SceneOptions.frameRates, framesPerSecond)
        options.noise = share(noise)
        options.blur = share(blur)
        options.exposureDrift = share(exposureDrift)
        options.jpegQuality = jpegQuality.map { into(1...100, $0) }
        options.identities = identities.map { $0.map { into(castable, $0) } }
        return options
    }
}
