/// Picks training, calibration and test clips: balanced over actions and people, several from each rendered scene.
///
/// Clips come in groups of `clipsPerGroup`: from one scene of four swimmers, or from two scenes of two, near the camera.
/// Rendering a shot's frames once, and cropping each frame by `truth.box.squareCrop` for every track, yields a clip for
/// each track. Sixteen clips of the known four from a multiple of sixteen on hold each action with each identity once.
public struct ClipSampler: Sendable {
    public static let clipsPerGroup = 4
    /// Frames of a clip, and the step from one to the next at 30 Hz: a clip is one second.
    public static let length = 15
    public static let stride = 2

    /// Who is filmed.
    public enum Cast: Equatable, Sendable {
        case known
        /// The first `count` members of a population, in turn.
        case members(population: UInt64, count: Int)
    }

    /// A piece of one scene.
    public struct Shot: Sendable {
        public var options: SceneOptions
        /// The frames to render, in order.
        public var frames: [Int]
        /// By track.
        public var actions: [Action]
        public var identities: [Int]
    }

    public let seed: UInt64
    public let domain: SceneDomain
    public let cast: Cast
    public let width: Int
    public let height: Int

    public init(seed: UInt64, domain: SceneDomain, cast: Cast = .known, width: Int = 640, height: Int = 480) {
        self.seed = seed
        self.domain = domain
        self.cast = cast
        self.width = width
        self.height = height
    }

    /// The shots of group number `index` ≥ 0.
    public func group(_ index: Int) -> [Shot] {
        // A Latin square: within four groups every action meets every identity once.
        let count = ClipSampler.clipsPerGroup
        var square = Random(seed: seed, 10, domain.rawValue, index / count)
        let actionOrder = square.permutation(count), identityOrder = square.permutation(count)
        let rows = square.permutation(count)
        var random = Random(seed: seed, 11, domain.rawValue, index)
        let tracks = random.permutation(count)
        let actions = tracks.map { Action.allCases[actionOrder[$0]] }
        var identities = tracks.map { identityOrder[($0 + rows[index % count]) % count] }
        if case .members(_, let members) = cast {
            identities = (0..<count).map { Person.knownCount + member(index * count + $0, of: max(members, 1)) }
        }
        return parts(index).map { shot(actions[$0], identities[$0], &random) }
    }

    private func shot(_ actions: ArraySlice<Action>, _ identities: ArraySlice<Int>, _ random: inout Random) -> Shot {
        var options = SceneOptions(
            seed: random.bits(), width: width, height: height, swimmers: actions.count, domain: domain,
            actions: Array(actions), identities: Array(identities))
        if case .members(let population, _) = cast { options.population = population }
        addSensor(&options, &random)
        let start = random.below(14)
        let frames = (0..<ClipSampler.length).map { start + $0 * ClipSampler.stride }
        return Shot(options: options, frames: frames, actions: Array(actions), identities: Array(identities))
    }

    /// The tracks of each shot. Only where two swim can the camera come near.
    private func parts(_ index: Int) -> [Range<Int>] {
        let count = ClipSampler.clipsPerGroup
        let near: Float = switch domain {
        case .train, .test: 0
        case .hard: 0.67
        case .wide: 0.35
        }
        var random = Random(seed: seed, 12, domain.rawValue, index)
        return random.chance(near) ? [0..<count / 2, count / 2..<count] : [0..<count]
    }

    /// Each member once, in random order, before anyone's next clip.
    private func member(_ clip: Int, of count: Int) -> Int {
        var random = Random(seed: seed, 13, domain.rawValue, clip / count)
        return random.permutation(count)[clip % count]
    }

    private func addSensor(_ options: inout SceneOptions, _ random: inout Random) {
        switch domain {
        case .train, .test:
            if random.chance(0.6) { options.noise = random.between(0.02, 0.3) }
            if random.chance(0.3) { options.blur = random.between(0.1, 0.3) }
            if random.chance(0.5) { options.exposureDrift = random.between(0.1, 0.8) }
            if random.chance(0.5) { options.jpegQuality = 55 + random.below(40) }
        case .hard:
            options.noise = random.between(0.2, 0.6)
            options.blur = random.between(0.25, 0.6)
            options.exposureDrift = random.between(0.4, 1)
            options.jpegQuality = 18 + random.below(20)
        case .wide:
            if random.chance(0.7) { options.noise = random.between(0.02, 0.65) }
            if random.chance(0.6) { options.blur = random.between(0.1, 0.7) }
            if random.chance(0.7) { options.exposureDrift = random.between(0.1, 1) }
            if random.chance(0.75) { options.jpegQuality = 15 + random.below(80) }
        }
    }
}
