import PoolScene
import Testing

@Suite struct PopulationTests {
    private func frame(_ spec: String) throws -> (pixels: [UInt8], truth: [SwimmerTruth]) {
        let scene = PoolScene(try SceneOptions(parsing: "pool:width=160,height=120," + spec))
        var image = RGBImage(width: 160, height: 120)
        let truth = scene.render(frame: 4, into: &image)
        return (image.pixels, truth)
    }

    @Test func membersSwimInPlaceOfTheKnown() throws {
        let members = try frame("swimmers=3,population=5")
        #expect(members.truth.map(\.identityLabel) == ["stranger-0", "stranger-1", "stranger-2"])
        let pinned = try frame("swimmers=4,population=5,identities=2+-1+21")
        #expect(pinned.truth.map(\.identityLabel) == ["swimmer-3", "stranger", "stranger-17", "stranger-3"])
    }

    /// The scene is the same but for the swimmer: another member, or another population's, is another picture.
    @Test func aMemberIsTheSamePersonWhoeverElseSwims() throws {
        let one = try frame("swimmers=1,population=5,identities=9,actions=safe").pixels
        #expect(try frame("swimmers=1,population=5,identities=9,actions=safe").pixels == one)
        #expect(try frame("swimmers=1,population=5,identities=10,actions=safe").pixels != one)
        #expect(try frame("swimmers=1,population=6,identities=9,actions=safe").pixels != one)
    }

    @Test func aPopulationDoesNotChangeTheKnown() throws {
        let plain = try frame("swimmers=2,identities=3+0").pixels
        #expect(try frame("swimmers=2,identities=3+0,population=5").pixels == plain)
    }
}
