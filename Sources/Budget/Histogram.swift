/// A log-linear histogram of durations in nanoseconds: 64 steps an octave, so a percentile is within 1/64 of the truth,
/// in a fixed amount of memory however long the run.
///
/// ```swift
/// var ages = Histogram()
/// ages.record(41_700_000)
/// ages.percentile(0.99)
/// ```
public struct Histogram: Equatable {
    private static let stepBits = 6
    /// Values from 2^6 up to 2^40 ns (18 minutes) have buckets of their own; larger ones share the last.
    private static let bucketCount = (40 - stepBits + 1) << stepBits

    private var buckets = [Int](repeating: 0, count: Histogram.bucketCount)
    public private(set) var count = 0
    public private(set) var minimum: Int64 = 0
    public private(set) var maximum: Int64 = 0
    private var sum: Int64 = 0

    public init() {}

    /// The mean of all values, 0 of none.
    public var mean: Int64 { count == 0 ? 0 : sum / Int64(count) }

    /// Adds a value; a negative one counts as 0. Complexity: O(1), no allocation.
    public mutating func record(_ nanoseconds: Int64) {
        let value = max(0, nanoseconds)
        buckets[Self.bucket(of: value)] += 1
        minimum = count == 0 ? value : min(minimum, value)
        maximum = max(maximum, value)
        sum += value
        count += 1
    }

    /// The smallest value that at least `fraction` of all values do not exceed (nearest rank), to the bucket's upper
    /// end.
    ///
    /// - Parameter fraction: 0…1. Complexity: O(number of buckets).
    public func percentile(_ fraction: Double) -> Int64 {
        guard count > 0 else { return 0 }
        let rank = max(1, Int((fraction * Double(count)).rounded(.up)))
        var seen = 0
        for (index, entries) in buckets.enumerated() where entries > 0 {
            seen += entries
            if seen >= rank { return min(max(Self.upperEnd(of: index), minimum), maximum) }
        }
        return maximum
    }

    private static func bucket(of value: Int64) -> Int {
        guard value >= 1 << stepBits else { return Int(value) }
        let octave = 63 - stepBits - value.leadingZeroBitCount
        let step = Int(value >> Int64(octave)) - (1 << stepBits)
        return min(((octave + 1) << stepBits) + step, bucketCount - 1)
    }

    private static func upperEnd(of bucket: Int) -> Int64 {
        guard bucket >= 1 << stepBits else { return Int64(bucket) }
        let octave = bucket >> stepBits - 1
        let step = Int64(bucket & (1 << stepBits - 1) + 1 << stepBits)
        return (step + 1) << Int64(octave) - 1
    }
}
