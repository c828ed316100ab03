/// A running estimate of one cost in nanoseconds: its mean, and an upper value that it hardly ever exceeds.
///
/// The upper value follows the method of stochastic approximation of a quantile (Robbins and Monro 1951) with unequal
/// steps: a cost above it pulls it half the way up, but no further than one mean at a time; with time it fades towards
/// the mean. A throttled clock is thus learnt within four costs, a single standstill does not spoil the estimate, and
/// however often something is measured, it exceeds the value about equally often in a second. The distance to the mean
/// is counted twice, as costs near the tracked quantile say nothing of those beyond it.
public struct CostEstimate: Equatable {
    /// Mean over about sixteen costs. None counts for more than four means; one below half of it counts fourfold, for a
    /// machine that recovered.
    public private(set) var mean: Int64 = 0
    private var tracked: Int64 = 0
    public private(set) var count = 0

    public init() {}

    /// What the cost hardly ever exceeds; 0 while there is none.
    public var upper: Int64 { tracked + max(0, tracked - mean) }

    /// Takes in a measured cost; a negative one counts as 0. Complexity: O(1), no allocation.
    public mutating func note(_ nanoseconds: Int64) {
        let cost = min(max(0, nanoseconds), Self.longest)
        count += 1
        if count == 1 {
            mean = cost
            tracked = cost + cost / 4
            return
        }
        let memory: Int64 = cost < mean / 2 ? 4 : 16
        mean += (min(cost, max(4 * mean, 16)) - mean) / min(Int64(count), memory)
        if cost > tracked { tracked += min((cost - tracked + 1) / 2, max(mean, 1)) }
        tracked = max(tracked, mean)
    }

    /// Forgets a hundredth of how far the upper value is from the mean: half of it in 69 calls.
    public mutating func fade() { tracked -= max(0, tracked - mean) / 100 }

    /// An hour: nothing costs more, and no sum of costs overflows.
    private static let longest: Int64 = 3_600_000_000_000
}
