import PoolScene
import Testing

@Suite struct SceneOptionsTests {
    private func refusal(_ text: String) -> String? {
        do {
            _ = try SceneOptions(parsing: text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func theBareNameIsTheDefaultScene() throws {
        #expect(try SceneOptions(parsing: "pool") == SceneOptions())
        #expect(try SceneOptions(parsing: "pool:") == SceneOptions())
    }

    @Test func everyKeyIsRead() throws {
        let text = "pool:seed=18446744073709551615,width=320,height=240,swimmers=8,fps=25,domain=train,noise=0.25,"
            + "blur=1,exposure=.5,jpeg=40,changes=1,actions=freestyle+safe,identities=0+21,"
            + "population=77"
        let expected = SceneOptions(
            seed: .max, width: 320, height: 240, swimmers: 8, framesPerSecond: 25, domain: .train, noise: 0.25, blur: 1,
            exposureDrift: 0.5, jpegQuality: 40, actionChanges: true, actions: [.freestyle, .safe], identities: [0, 21],
            population: 77)
        #expect(try SceneOptions(parsing: text) == expected)
    }

    @Test func hardBringsItsSensorWhichLaterKeysOverride() throws {
        let hard = try SceneOptions(parsing: "pool:domain=hard,blur=0")
        #expect(hard.noise > 0)
        #expect(hard.jpegQuality != nil)
        #expect(hard.blur == 0)
    }

    @Test func unknownKeysNameTheKnownOnes() throws {
        let text = try #require(refusal("pool:swimers=2"))
        for key in ["swimers", "seed", "swimmers", "domain", "fps", "identities"] { #expect(text.contains(key)) }
    }

    @Test(arguments: [
        "lake", "poolside:seed=1", "pool:seed", "pool:seed=-1", "pool:seed=", "pool:width=63", "pool:width=99999",
        "pool:swimmers=0", "pool:swimmers=9", "pool:fps=0", "pool:noise=1.5", "pool:noise=-0.1", "pool:noise=1e9",
        "pool:noise=.",
        "pool:blur=nan", "pool:jpeg=0", "pool:changes=yes", "pool:domain=night", "pool:actions=flying",
        "pool:identities=4", "pool:identities=-2", "pool:population=-1", "pool:population=x",
        "pool:height=99999999999999999999",
    ])
    func badTextIsRefusedWithTheOffendingPart(_ text: String) throws {
        let message = try #require(refusal(text))
        let part = text.split(separator: "=").last.map(String.init) ?? text
        #expect(message.contains(part == "pool:seed" ? "seed" : part))
    }

    @Test func actionsAndLabelsCorrespond() {
        #expect(Action.allCases.map(\.label) == ["breaststroke", "drowning", "freestyle", "safe"])
        for action in Action.allCases { #expect(Action(label: action.label) == action) }
        #expect(Action(label: "diving") == nil)
    }
}
