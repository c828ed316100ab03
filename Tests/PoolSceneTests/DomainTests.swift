@testable import PoolScene
import Testing

/// Nothing that a network trains on may be what it is tested on.
@Suite struct DomainTests {
    private func looks(_ domain: SceneDomain) -> [SceneLook] {
        (0..<400).map { SceneLook(options: SceneOptions(seed: $0, swimmers: 1 + Int($0) % 4, domain: domain)) }
    }

    /// The part of a sector of 45° that a camera looks from, in turns.
    private func sector(_ yaw: Float) -> Float {
        let eighths = yaw * 8 + 0.208
        return (eighths - floor(eighths)) / 8
    }

    @Test(arguments: [SceneDomain.train, .wide], [SceneDomain.test, .hard])
    func camerasLightAndWaterAreNotShared(_ training: SceneDomain, _ tested: SceneDomain) {
        let seen = looks(training), kept = looks(tested)
        func apart(_ value: (SceneLook) -> Float, _ ranges: [ClosedRange<Float>]) {
            #expect(kept.allSatisfy { look in ranges.contains { $0.contains(value(look)) } })
            #expect(seen.allSatisfy { look in !ranges.contains { $0.contains(value(look)) } })
        }
        let isTest = tested == .test
        apart(\.elevation, isTest ? [0.13...0.154] : [0.08...0.098, 0.192...0.21])
        apart({ sector($0.yaw) }, isTest ? [0.0559...0.0961] : [0.0979...0.1241])
        apart({ $0.water.r * 10_000 + $0.water.g * 100 + $0.water.b }, kept.map {
            let key = $0.water.r * 10_000 + $0.water.g * 100 + $0.water.b
            return key...key
        })
    }
}
