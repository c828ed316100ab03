/// Picks training, calibration and test clips: balanced over actions × identities, several from each rendered scene.
///
/// Clips come in groups that share a scene and its frames. Rendering a group's frames once, and cropping each frame by
/// `truth.box.squareCrop` for every track, yields `clipsPerGroup` clips; clip `i` is track `i % clipsPerGroup` of group
/// `i / clipsPerGroup`. Sixteen clips from a multiple of sixteen on hold each action with each identity once.
public struct ClipSampler: Sendable {
    public static let clipsPerGroup = 4
    /// Frames of a clip, and the step from one to the next at 30 Hz: a clip is one second.
    public static let length = 15
    public static let stride = 2

    public struct Group: Sendable {
        public var options: SceneOptions
        /// The frames to render, in order.
        public var frames: [Int]
        /// By track.
        public var actions: [Action]
        public var identities: [Int]
    }

    public let seed: UInt64
    public let domain: SceneDomain
    public let width: Int
    public let height: Int

    public init(seed: UInt64, domain: SceneDomain, width: Int = 640, height: Int = 480) {
        self.seed = seed
        self.domain = domain
        self.width = width
        self.height = height
    }

    /// Group number `index` ≥ 0.
    public func group(_ index: Int) -> Group {
        // A Latin square: within four groups every action meets every identity once.
        let count = ClipSampler.clipsPerGroup
        var square = Random(seed: seed, 10, domain.rawValue, index / count)
        let actionOrder = square.permutation(count), identityOrder = square.permutation(count)
        let rows = square.permutation(count)
        var random = Random(seed: seed, 11, domain.rawValue, index)
        let tracks = random.permutation(count)
        let actions = tracks.map { Action.allCases[actionOrder[$0]] }
        let identities = tracks.map { identityOrder[($0 + rows[index % count]) % count] }

        var options = SceneOptions(
            seed: random.bits(), width: width, height: height, swimmers: count, domain: domain,
            actions: actions, identities: identities)
        addSensor(&options, &random)
        let start = random.below(14)
        let frames = (0..<ClipSampler.length).map { start + $0 * ClipSampler.stride }
        return Group(options: options, frames: frames, actions: actions, identities: identities)
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
        }
    }
}
