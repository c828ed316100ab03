import PoolScene
import Testing

@Suite struct ClipSamplerTests {
    @Test(arguments: SceneDomain.allCases)
    func sixteenClipsHoldEveryPairOnce(_ domain: SceneDomain) {
        let sampler = ClipSampler(seed: 3, domain: domain)
        for block in 0..<10 {
            var pairs: Set<[Int]> = []
            for index in 4 * block..<4 * block + 4 {
                let group = sampler.group(index)
                #expect(group.actions.count == ClipSampler.clipsPerGroup)
                for (action, identity) in zip(group.actions, group.identities) {
                    pairs.insert([action.rawValue, identity])
                }
            }
            #expect(pairs.count == 16)
        }
    }

    @Test func groupsAreReproducibleAndDiffer() {
        let sampler = ClipSampler(seed: 3, domain: .train)
        let first = sampler.group(12), again = ClipSampler(seed: 3, domain: .train).group(12)
        #expect(first.options == again.options)
        #expect(first.frames == again.frames)
        #expect(first.options != sampler.group(13).options)
        #expect(first.options.seed != ClipSampler(seed: 3, domain: .test).group(12).options.seed)
        #expect(first.options.seed != ClipSampler(seed: 4, domain: .train).group(12).options.seed)
    }

    @Test func framesAreOneSecondOfStrideTwo() {
        for index in 0..<20 {
            let frames = ClipSampler(seed: 1, domain: .test).group(index).frames
            #expect(frames.count == 15)
            for (previous, next) in zip(frames, frames.dropFirst()) { #expect(next - previous == 2) }
        }
    }

    @Test(arguments: SceneDomain.allCases)
    func theSceneShowsWhatTheGroupPromises(_ domain: SceneDomain) {
        let sampler = ClipSampler(seed: 8, domain: domain, width: 160, height: 120)
        for index in 0..<3 {
            let group = sampler.group(index)
            let scene = PoolScene(group.options)
            var image = RGBImage(width: 160, height: 120)
            for frame in [group.frames[0], group.frames[14]] {
                let truth = scene.render(frame: frame, into: &image)
                #expect(truth.map(\.action) == group.actions)
                #expect(truth.map(\.identity) == group.identities)
            }
        }
    }
}
