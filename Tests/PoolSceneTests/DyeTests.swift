import PoolScene
import Testing

@Suite struct DyeTests {
    private func frame(_ dye: Dye?, domain: SceneDomain = .test) -> (pixels: [UInt8], truth: [SwimmerTruth]) {
        var options = SceneOptions(
            seed: 4, width: 160, height: 120, swimmers: 1, domain: domain, actions: [.safe], identities: [1])
        options.dye = dye
        var image = RGBImage(width: 160, height: 120)
        let truth = PoolScene(options).render(frame: 6, into: &image)
        return (image.pixels, truth)
    }

    @Test(arguments: [SceneDomain.test, .wide]) func dyesChangeColoursOnly(_ domain: SceneDomain) {
        let natural = frame(nil, domain: domain), parts = frame(.parts, domain: domain)
        #expect(natural.truth == parts.truth && parts.truth == frame(.black, domain: domain).truth)
        #expect(natural.pixels != parts.pixels)
    }

    /// More skin shows than cap, and nothing far from the body.
    @Test func partsAddToBlackWherePartsAre() throws {
        let parts = frame(.parts), black = frame(.black)
        let box = try #require(parts.truth.first).box
        var area = [0, 0, 0], outside = 0
        for y in 0..<120 {
            for x in 0..<160 {
                let isNear = Float(x) > box.x0 * 160 - 4 && Float(x) < box.x1 * 160 + 4
                    && Float(y) > box.y0 * 120 - 4 && Float(y) < box.y1 * 120 + 4
                for part in 0..<3 {
                    let index = (y * 160 + x) * 3 + part
                    let added = Int(parts.pixels[index]) - Int(black.pixels[index])
                    #expect(added >= 0)
                    if added < 60 { continue }
                    area[part] += 1
                    outside += isNear ? 0 : 1
                }
            }
        }
        #expect(area.allSatisfy { $0 > 8 } && outside == 0)
        #expect(area[2] > area[0])
    }
}
