/// A running estimate of one cost in nanoseconds: its mean, and a value that it hardly ever exceeds.
public struct CostEstimate: Equatable {
    public private(set) var mean: Int64 = 0
    public private(set) var upper: Int64 = 0
    public private(set) var count = 0

    public init() {}

    public mutating func note(_ nanoseconds: Int64) {
        let value = max(0, nanoseconds)
        mean = count == 0 ? value : mean + (value - mean) / 8
        upper = max(value, upper - (upper - mean) / 256)
        count += 1
    }
}
