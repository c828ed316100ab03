import Foundation

extension CostTrace.Scatter {
    /// What a cost is multiplied by: 1 on average.
    func factor(_ random: inout SeededRandom) -> Double {
        switch self {
        case .even: max(0.5, 1 + 0.08 * random.normal())
        case .heavyTailed: 0.75 * min(27, pow(1 - random.uniform(), -0.25))
        }
    }
}

/// A machine that does one thing after the other, at the speed that its trace says. Times in nanoseconds.
struct Machine {
    private let trace: CostTrace
    private var random: SeededRandom
    private var stalls: [(start: Int64, end: Int64)] = []

    init(_ trace: CostTrace, duration: Double, seed: UInt64) {
        self.trace = trace
        random = SeededRandom(seed: seed)
        guard trace.secondsBetweenStalls > 0 else { return }
        var time = 0.0
        while time < duration {
            time += -log(1 - random.uniform()) * trace.secondsBetweenStalls
            let start = Int64(time * 1e9)
            stalls.append((start, start + Int64(trace.stall * 1e6)))
            time += trace.stall / 1e3
        }
    }

    /// When work ends that is begun now and would take so many milliseconds on the machine at rest.
    mutating func finish(from start: Int64, milliseconds: Double) -> Int64 {
        if milliseconds <= 0 { return start }
        var end = awake(start)
        end += Int64(milliseconds * 1e6 * slowness(at: end) * trace.scatter.factor(&random))
        for stall in stalls where stall.start >= start && stall.start < end { end += stall.end - stall.start }
        return end
    }

    /// The first moment from `time` on at which the machine does not stand still.
    func awake(_ time: Int64) -> Int64 {
        for stall in stalls where stall.start <= time && time < stall.end { return stall.end }
        return time
    }

    /// How long it stood still between two moments.
    func standstill(from: Int64, to: Int64) -> Int64 {
        stalls.reduce(0) { $0 + max(0, min($1.end, to) - max($1.start, from)) }
    }

    private func slowness(at time: Int64) -> Double {
        trace.steps.last { Int64($0.from * 1e9) <= time }?.slowness ?? 1
    }
}
