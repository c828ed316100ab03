/// A running estimate of one cost in nanoseconds: its mean, and an upper value that it hardly ever exceeds.
///
/// The upper value follows the method of stochastic approximation of a quantile (Robbins and Monro 1951) with unequal steps:
/// a cost above it pulls it half the way up, but no further than one mean at a time, each below lets it sink by 1/256 of its
/// distance to the mean. A throttled clock is thus learnt within four costs, a single stall does not spoil the estimate, and
/// half of what was learnt is forgotten after 177 costs. The distance to the mean is counted twice, as costs near the
/// tracked quantile say nothing of those beyond it.
public struct CostEstimate: Equatable {
    /// Mean over about sixteen costs, none of which counts for more than four means.
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
        mean += (min(cost, max(4 * mean, 16)) - mean) / Int64(min(count, 16))
        if cost > tracked {
            tracked += min((cost - tracked + 1) / 2, max(mean, 1))
        } else {
            tracked -= max(0, tracked - mean) / 256
        }
        tracked = max(tracked, mean)
    }

    /// An hour: nothing costs more, and no sum of costs overflows.
    private static let longest: Int64 = 3_600_000_000_000
}
