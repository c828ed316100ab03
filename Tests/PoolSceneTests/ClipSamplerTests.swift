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
                #expect(group.map(\.actions.count).reduce(0, +) == ClipSampler.clipsPerGroup)
                for shot in group {
                    for (action, identity) in zip(shot.actions, shot.identities) {
                        pairs.insert([action.rawValue, identity])
                    }
                }
            }
            #expect(pairs.count == 16)
        }
    }

    @Test func groupsAreReproducibleAndDiffer() {
        let sampler = ClipSampler(seed: 3, domain: .train)
        let first = sampler.group(12)[0], again = ClipSampler(seed: 3, domain: .train).group(12)[0]
        #expect(first.options == again.options)
        #expect(first.frames == again.frames)
        #expect(first.options != sampler.group(13)[0].options)
        #expect(first.options.seed != ClipSampler(seed: 3, domain: .test).group(12)[0].options.seed)
        #expect(first.options.seed != ClipSampler(seed: 4, domain: .train).group(12)[0].options.seed)
    }

    @Test func framesAreOneSecondOfStrideTwo() {
        for index in 0..<20 {
            for frames in ClipSampler(seed: 1, domain: .wide).group(index).map(\.frames) {
                #expect(frames.count == 15)
                for (previous, next) in zip(frames, frames.dropFirst()) { #expect(next - previous == 2) }
            }
        }
    }

    @Test func onlyHardAndWideScenesAreFilmedFromNear() {
        func shots(_ domain: SceneDomain) -> [Int] {
            let sampler = ClipSampler(seed: 5, domain: domain)
            return (0..<40).map { sampler.group($0).count }
        }
        for domain in [SceneDomain.train, .test] { #expect(Set(shots(domain)) == [1]) }
        for domain in [SceneDomain.hard, .wide] { #expect(Set(shots(domain)) == [1, 2]) }
    }

    @Test func everyMemberSwimsOnceBeforeAnyoneSwimsAgain() {
        let sampler = ClipSampler(seed: 6, domain: .wide, cast: .members(population: 9, count: 12))
        var seen: [[Int]] = []
        for round in 0..<4 {
            let shots = (3 * round..<3 * round + 3).flatMap { sampler.group($0) }
            for shot in shots { #expect(shot.options.population == 9) }
            let identities = shots.flatMap(\.identities)
            #expect(identities.sorted() == Array(4..<16))
            seen.append(identities)
        }
        #expect(Set(seen).count > 1)
    }

    @Test(arguments: SceneDomain.allCases)
    func theSceneShowsWhatTheGroupPromises(_ domain: SceneDomain) {
        let sampler = ClipSampler(seed: 8, domain: domain, width: 160, height: 120)
        for index in 0..<3 {
            for shot in sampler.group(index) {
                let scene = PoolScene(shot.options)
                var image = RGBImage(width: 160, height: 120)
                for frame in [shot.frames[0], shot.frames[14]] {
                    let truth = scene.render(frame: frame, into: &image)
                    #expect(truth.map(\.action) == shot.actions)
                    #expect(truth.map(\.identity) == shot.identities)
                }
            }
        }
    }
}
