import Testing

@testable import Budget

private let second: Int64 = 1_000_000_000

/// Assesses four times a second and collects the moves.
private struct Walk {
    var keeper: LevelKeeper
    var now: Int64 = 0
    var moves: [(at: Int64, from: Int, to: Int)] = []

    init(_ ladder: Ladder = Ladder()) { keeper = LevelKeeper(ladder) }

    mutating func go(seconds: Double, loads: (Int64) -> [Double]) {
        let end = now + Int64(seconds * 1e9)
        while now < end {
            now += Ladder.assessment
            if let from = keeper.assess(now: now, loads: loads(now)) { moves.append((now, from, keeper.level)) }
        }
    }

    mutating func go(seconds: Double, load: Double) { go(seconds: seconds) { _ in Self.falling(from: load) } }

    /// The load of each level when everything would take `load`.
    static func falling(from load: Double) -> [Double] {
        [1, 0.5, 0.33, 0.32, 0.31, 0.15, 0.12, 0.08, 0.06].map { $0 * load }
    }

    var climbs: Int { moves.count { $0.to < $0.from } }
}

@Suite struct LevelKeeperTests {
    @Test func littleLoadMovesNothing() {
        var walk = Walk()
        walk.go(seconds: 600, load: 0.9)
        #expect(walk.moves.isEmpty)
    }

    @Test func overloadGoesToTheFirstLevelThatHelpsWithinASecond() {
        var walk = Walk()
        walk.go(seconds: 1, load: 2.4)
        #expect(walk.moves.count == 1)
        #expect(walk.keeper.level == 2)
    }

    @Test func oneBadAssessmentIsNotEnough() {
        var walk = Walk()
        walk.go(seconds: 60) { Walk.falling(from: $0 / Ladder.assessment % 2 == 0 ? 2 : 0.5) }
        #expect(walk.moves.isEmpty)
    }

    @Test func whereNothingSufficesItGoesToTheLeastLoadAndNoDeeper() {
        var walk = Walk()
        walk.go(seconds: 5) { _ in [9, 8, 7, 6, 5, 3, 3, 3, 3] }
        #expect(walk.keeper.level == 5)
        #expect(walk.moves.count == 1)
    }

    @Test func aLoadBetweenTheMarksMovesNeitherWay() {
        var walk = Walk()
        walk.go(seconds: 2, load: 1.7)
        #expect(walk.keeper.level == 1)
        walk.go(seconds: 600, load: 0.8)
        #expect(walk.keeper.level == 1)
    }

    @Test func climbsOneLevelAHoldAndPassesOverThoseThatSaveNothing() {
        var walk = Walk()
        walk.go(seconds: 2, load: 20)
        #expect(walk.keeper.level == 8)
        walk.go(seconds: 33, load: 0.5)
        #expect(walk.keeper.level == 0)
        var flat = Walk()
        flat.go(seconds: 2) { _ in [3, 1.5, 1, 1, 1, 0.5, 0.5, 0.5, 0.5] }
        #expect(flat.keeper.level == 5)
        flat.go(seconds: 5) { _ in [0.6, 0.5, 0.3, 0.3, 0.3, 0.2, 0.2, 0.2, 0.2] }
        #expect(flat.keeper.level == 2)
    }

    /// The load of a level turns out to be more than it seemed from below: each climb is a mistake.
    @Test func climbsThatWereMistakesBecomeRare() {
        var walk = Walk()
        walk.go(seconds: 2, load: 1.7)
        let before = walk.climbs
        for _ in 0..<240 {
            let overloaded = walk.keeper.level == 0
            walk.go(seconds: 0.25, load: overloaded ? 1.2 : 0.6)
        }
        #expect(walk.climbs - before <= 4)
        let later = walk.climbs
        for _ in 0..<480 {
            let overloaded = walk.keeper.level == 0
            walk.go(seconds: 0.25, load: overloaded ? 1.2 : 0.6)
        }
        #expect(walk.climbs - later <= 4)
    }

    /// No more than 15 climbs in any minute, and no more levels down than there are and were climbed.
    @Test(arguments: 1...20)
    func anyLoadWhateverKeepsTheStatedBounds(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        var walk = Walk()
        for _ in 0..<400 {
            let load = Double.random(in: 0...1, using: &random) < 0.5 ? 0.3 : Double.random(in: 0...20, using: &random)
            walk.go(seconds: Double.random(in: 0.25...8, using: &random), load: load)
        }
        for start in stride(from: Int64(0), to: walk.now, by: Int(second)) {
            let minute = walk.moves.filter { $0.at >= start && $0.at < start + 60 * second }
            #expect(minute.count { $0.to < $0.from } <= 15)
        }
        let down = walk.moves.filter { $0.to > $0.from }.reduce(0) { $0 + $1.to - $1.from }
        let up = walk.moves.filter { $0.to < $0.from }.reduce(0) { $0 + $1.from - $1.to }
        #expect(down - up == walk.keeper.level)
        let descents = walk.moves.filter { $0.to > $0.from }.map { $0.at }
        for (one, next) in zip(descents, descents.dropFirst()) { #expect(next - one >= 2 * Ladder.assessment) }
    }
}
