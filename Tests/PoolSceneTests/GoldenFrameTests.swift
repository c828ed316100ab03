import PoolScene
import Testing

/// The picture is part of the contract: one program's frames must be another's, on every machine, in both builds.
///
/// After a wanted change of the looks, run `swift test --filter GoldenFrameTests`; each failure prints the new
/// checksum to put here.
@Suite struct GoldenFrameTests {
    /// 64-bit FNV-1a.
    private func checksum(_ bytes: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }

    @Test(arguments: [
        ("pool:seed=1,width=160,height=120", 0, 0x9832_95fe_80bf_a55a as UInt64),
        ("pool:seed=1,width=160,height=120", 40, 0xb7f1_a675_3391_4d99),
        ("pool:seed=2,width=320,height=240,swimmers=8,domain=train,exposure=0.5,noise=0.2", 7, 0xf298_1d16_5e72_70eb),
        ("pool:seed=3,width=160,height=120,swimmers=4,domain=hard,changes=1", 1000, 0xad21_8f7a_81a8_a34a),
    ])
    func frameEqualsItsChecksum(_ spec: String, _ frame: Int, _ expected: UInt64) throws {
        let scene = PoolScene(try SceneOptions(parsing: spec))
        var image = RGBImage(width: 1, height: 1)
        _ = scene.render(frame: frame, into: &image)
        let found = checksum(image.pixels)
        #expect(found == expected, "\(spec) frame \(frame): 0x\(String(found, radix: 16))")
    }
}
