import PoolScene
import Testing

@Suite struct AppearanceTests {
    @Test func everyoneHasTheirOwnNumbers() {
        let known = (0..<4).map { Appearance.numbers(identity: $0, population: nil) }
        let members = (4..<40).map { Appearance.numbers(identity: $0, population: 5) }
        #expect(Set(known + members).count == 40)
        #expect((known + members).allSatisfy { $0.count == 17 && $0.allSatisfy { (-1.5...1.5).contains($0) } })
    }

    @Test func aPopulationsMembersKeepTheirs() {
        #expect(Appearance.numbers(identity: 9, population: 5) == Appearance.numbers(identity: 9, population: 5))
        #expect(Appearance.numbers(identity: 9, population: 5) != Appearance.numbers(identity: 9, population: 6))
        #expect(Appearance.numbers(identity: 3, population: 5) == Appearance.numbers(identity: 3, population: nil))
    }

    @Test func whoIsNobodyHasNone() {
        #expect(Appearance.numbers(identity: -1, population: 5).isEmpty)
        #expect(Appearance.numbers(identity: 4, population: nil).isEmpty)
    }
}
