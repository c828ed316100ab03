/// Moves on the ladder: down soon, up reluctantly, never to and fro.
///
/// Down: when two assessments in a row, `Ladder.assessment` apart, find more than `fullLoad`, to the first level that
/// brings the load to `goodLoad`. Up: one level, when the next one's load was at most `easyLoad` for the whole `hold`.
/// A descent soon after a climb says that the climb was a mistake and doubles the hold; a climb that stands for two
/// holds sets it back.
///
/// So there are at most 60 s / `hold` climbs a minute (15), at most one descent in two assessments, and descents never
/// cover more levels than were climbed and the ladder has. Under a load that swings across the edge the climbs become
/// rarer: 4, 8, 16, 32 s apart, at most four of them in a minute.
struct LevelKeeper {
    private let ladder: Ladder
    private(set) var level = 0
    private var isOverloaded = false
    private var easySince: Int64?
    private var lastClimb: Int64?
    private var hold: Int64

    init(_ ladder: Ladder) {
        self.ladder = ladder
        hold = ladder.hold
    }

    /// Assesses the load of the levels, as shares of the time, and returns the level left when it moves.
    mutating func assess(now: Int64, loads: [Double]) -> Int? {
        if let lastClimb, now - lastClimb > 2 * ladder.hold { hold = ladder.hold }
        if loads[level] > ladder.fullLoad {
            easySince = nil
            guard isOverloaded else {
                isOverloaded = true
                return nil
            }
            return descend(now: now, loads)
        }
        isOverloaded = false
        return climb(now: now, loads)
    }

    private mutating func descend(now: Int64, _ loads: [Double]) -> Int? {
        let least = loads[level...].min() ?? 0
        let aim = max(ladder.goodLoad, least)
        guard let target = (level + 1..<max(level + 1, loads.count)).first(where: { loads[$0] <= aim }),
            loads[target] < loads[level]
        else { return nil }
        if let lastClimb, now - lastClimb <= 2 * ladder.hold { hold = min(2 * hold, ladder.longestHold) }
        lastClimb = nil
        isOverloaded = false
        return move(to: target)
    }

    private mutating func climb(now: Int64, _ loads: [Double]) -> Int? {
        let easy = max(ladder.easyLoad, loads[level])
        guard var target = (0..<level).last(where: { loads[$0] <= easy }) else {
            easySince = nil
            return nil
        }
        guard let since = easySince else {
            easySince = now
            return nil
        }
        guard now - since >= hold else { return nil }
        // Levels that do not save anything here are passed over.
        while target > 0, loads[target - 1] <= loads[target] { target -= 1 }
        lastClimb = now
        easySince = now
        return move(to: target)
    }

    private mutating func move(to target: Int) -> Int {
        defer { level = target }
        return level
    }
}
