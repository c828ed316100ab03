import PoolScene
import Testing

@Suite struct PoolSceneTests {
    /// Small frames keep the tests quick in a debug build.
    private func options(
        seed: UInt64 = 5, swimmers: Int = 2, domain: SceneDomain = .test, actions: [Action]? = nil,
        identities: [Int]? = nil
    ) -> SceneOptions {
        SceneOptions(
            seed: seed, width: 160, height: 120, swimmers: swimmers, domain: domain, actions: actions,
            identities: identities)
    }

    private func frame(_ scene: PoolScene, _ index: Int) -> (image: RGBImage, truth: [SwimmerTruth]) {
        var image = RGBImage(width: scene.options.width, height: scene.options.height)
        let truth = scene.render(frame: index, into: &image)
        return (image, truth)
    }

    @Test func aFrameAloneEqualsTheSameFrameInSequence() {
        var options = options(swimmers: 3)
        options.noise = 0.2
        options.blur = 0.2
        options.exposureDrift = 0.5
        let sequence = PoolScene(options)
        for index in 0..<8 { _ = frame(sequence, index) }
        let inSequence = frame(sequence, 8)
        let alone = frame(PoolScene(options), 8)
        #expect(alone.image.pixels == inSequence.image.pixels)
        #expect(alone.truth == inSequence.truth)
    }

    @Test func framesAndSeedsDiffer() {
        let scene = PoolScene(options())
        #expect(frame(scene, 0).image.pixels != frame(scene, 1).image.pixels)
        #expect(frame(scene, 0).image.pixels != frame(PoolScene(options(seed: 6)), 0).image.pixels)
        #expect(frame(scene, 0).image.pixels != frame(PoolScene(options(domain: .train)), 0).image.pixels)
    }

    @Test(arguments: SceneDomain.allCases, [1, 4, 8])
    func truthLiesInTheFrame(_ domain: SceneDomain, _ swimmers: Int) {
        for seed in 0..<4 {
            let scene = PoolScene(options(seed: UInt64(seed), swimmers: swimmers, domain: domain))
            let truth = frame(scene, 0).truth
            #expect(truth.map(\.track) == Array(0..<swimmers))
            for swimmer in truth {
                let box = swimmer.box
                #expect(box.x0 >= 0 && box.y0 >= 0 && box.x1 <= 1 && box.y1 <= 1)
                // At least a head, from as far away as the hard scenes go.
                #expect(box.x1 - box.x0 > 0.006 && box.y1 - box.y0 > 0.008)
                #expect((box.x1 - box.x0) * (box.y1 - box.y0) < 0.5)
            }
        }
    }

    @Test func knownSwimmersComeFirstAndStrangersAfter() {
        let identities = frame(PoolScene(options(swimmers: 6)), 0).truth.map(\.identity)
        #expect(identities.prefix(4).sorted() == [0, 1, 2, 3])
        #expect(identities.suffix(2) == [-1, -1])
    }

    @Test func pinnedActionsAndIdentitiesAreKept() {
        let actions: [Action] = [.safe, .safe, .drowning], identities = [3, -1, 0]
        let scene = PoolScene(options(swimmers: 3, actions: actions, identities: identities))
        for index in [0, 45, 600] {
            let truth = frame(scene, index).truth
            #expect(truth.map(\.action) == actions)
            #expect(truth.map(\.identity) == identities)
        }
    }

    @Test func actionsChangeOnlyWhenAsked() {
        var options = options(swimmers: 1, actions: [.freestyle])
        options.actionChanges = true
        let scene = PoolScene(options)
        let seen = stride(from: 0, through: 900, by: 30).compactMap { frame(scene, $0).truth.first?.action }
        #expect(seen.first == .freestyle)
        #expect(Set(seen) == Set(Action.allCases))
    }

    @Test func aSwimmerShowsInItsBoxAndNowhereFar() {
        // The same pool with another person doing the same: the box holds what differs, but for shadow, rings, drops.
        for action in Action.allCases {
            let here = PoolScene(options(seed: 9, swimmers: 1, actions: [action], identities: [0]))
            let other = PoolScene(options(seed: 9, swimmers: 1, actions: [action], identities: [1]))
            let (image, truth) = frame(here, 12), (changed, _) = frame(other, 12)
            let box = truth[0].box
            var inside = 0, outside = 0
            for y in 0..<image.height {
                for x in 0..<image.width {
                    let at = (y * image.width + x) * 3
                    if image.pixels[at..<at + 3] == changed.pixels[at..<at + 3] { continue }
                    let u = Float(x) / Float(image.width), v = Float(y) / Float(image.height)
                    let within = u > box.x0 - 0.12 && u < box.x1 + 0.12 && v > box.y0 - 0.12 && v < box.y1 + 0.12
                    if within { inside += 1 } else { outside += 1 }
                }
            }
            #expect(inside > 60, "\(action.label)")
            #expect(outside < inside, "\(action.label)")
        }
    }

    @Test func swimmersTravelAndTheOthersStay() {
        func travelled(_ action: Action) -> Float {
            (1...6).map { seed in
                let scene = PoolScene(options(seed: UInt64(seed), swimmers: 1, actions: [action]))
                let from = frame(scene, 0).truth[0].box, to = frame(scene, 30).truth[0].box
                let dx = from.x0 + from.x1 - to.x0 - to.x1, dy = from.y0 + from.y1 - to.y0 - to.y1
                return (dx * dx + dy * dy).squareRoot() / 2
            }.reduce(0, +) / 6
        }
        let moving = min(travelled(.freestyle), travelled(.breaststroke))
        let staying = max(travelled(.drowning), travelled(.safe))
        #expect(moving > 2 * staying)
    }

    @Test func theSensorDoesWhatItIsAskedTo() {
        let clean = frame(PoolScene(options()), 3).image
        func difference(_ change: (inout SceneOptions) -> Void) -> Int {
            var options = options()
            change(&options)
            let image = frame(PoolScene(options), 3).image
            return zip(image.pixels, clean.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        }
        let little = difference { $0.noise = 0.1 }, much = difference { $0.noise = 0.8 }
        #expect(little > 0)
        #expect(much > 3 * little)
        #expect(difference { $0.blur = 0.5 } > 0)
        #expect(difference { $0.exposureDrift = 1 } > 0)
        #expect(difference { $0.jpegQuality = 20 } == 0)
    }

    @Test func senselessOptionsAreMovedIntoTheirRanges() {
        let scene = PoolScene(SceneOptions(
            seed: 1, width: -3, height: 7, swimmers: 1000, framesPerSecond: 0, noise: .nan, blur: 9, exposureDrift: -1,
            identities: [77, -5]))
        #expect(scene.options.width == 64 && scene.options.height == 64)
        for index in [Int.min, -1, 0, Int.max] {
            let (image, truth) = frame(scene, index)
            #expect(image.pixels.count == 64 * 64 * 3)
            #expect(truth.count <= 8)
        }
    }

    @Test func anImageOfAnotherSizeIsReplaced() {
        var image = RGBImage(width: 3, height: 3)
        _ = PoolScene(options()).render(frame: 0, into: &image)
        #expect(image.width == 160 && image.height == 120)
    }
}
