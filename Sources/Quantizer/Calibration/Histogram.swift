import func Foundation.log

/// How often values fell where, over a symmetric range that doubles when a value lies outside.
///
/// Radii are powers of two, so that the counts do not depend on the order in which values or parts arrive.
struct Histogram: Equatable, Sendable {
    static let binCount = 4096

    private(set) var counts = [Int](repeating: 0, count: Histogram.binCount)
    private(set) var radius: Float = 0
    private(set) var minimum = Float.infinity
    private(set) var maximum = -Float.infinity

    var total: Int { counts.reduce(0, +) }
    var isEmpty: Bool { minimum > maximum }

    /// - Precondition: all values are finite and lie in `low...high`.
    mutating func add(_ values: UnsafeBufferPointer<Float>, low: Float, high: Float) {
        minimum = min(minimum, low)
        maximum = max(maximum, high)
        grow(to: max(abs(low), abs(high)))
        // bins are half open: −radius is the first bin's, +radius belongs to the last
        let half = Float(Histogram.binCount / 2), perUnit = half / radius
        let rounder: Float = 0x1.8p23
        // neighbours often fall into one bin: counted in turns, they do not wait for each other
        let turns = 4, block = 1024
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: turns * Histogram.binCount + block) { memory in
            memory.initialize(repeating: 0)
            let parts = memory.baseAddress!, bins = parts + turns * Histogram.binCount
            for first in stride(from: 0, to: values.count, by: block) {
                let count = min(block, values.count - first), x = values.baseAddress! + first
                for i in 0..<count {
                    // exact, since perUnit is a power of two; the floor by rounding, which loops do several at a time
                    let place = x[i] * perUnit, nearest = (place + rounder) - rounder
                    let floor = min((nearest > place ? nearest - 1 : nearest) + half, 2 * half - 1)
                    bins[i] = (floor + rounder).bitPattern &- rounder.bitPattern
                }
                for i in 0..<count { parts[(i % turns) * Histogram.binCount + Int(bins[i])] &+= 1 }
            }
            counts.withUnsafeMutableBufferPointer { counts in
                for bin in counts.indices {
                    for turn in 0..<turns { counts[bin] += Int(parts[turn * Histogram.binCount + bin]) }
                }
            }
        }
    }

    mutating func merge(_ other: Histogram) {
        guard !other.isEmpty else { return }
        var other = other
        let common = max(radius, other.radius)
        grow(to: common)
        other.grow(to: common)
        for bin in counts.indices { counts[bin] += other.counts[bin] }
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
    }

    /// Doubles the radius, joining bins in pairs around zero, until it covers `magnitude`.
    private mutating func grow(to magnitude: Float) {
        if radius == 0 {
            radius = 0x1p-40
            while radius < magnitude { radius *= 2 }
            return
        }
        while radius < magnitude {
            let half = Histogram.binCount / 2
            var wider = [Int](repeating: 0, count: Histogram.binCount)
            for bin in counts.indices { wider[half / 2 + bin / 2] += counts[bin] }
            counts = wider
            radius *= 2
        }
    }

    /// The middle of a bin.
    func centre(_ bin: Int) -> Double {
        (Double(bin) + 0.5) * 2 * Double(radius) / Double(Histogram.binCount) - Double(radius)
    }

    /// What remains when (100 − `percent`) / 2 percent of the values are cut off at each end.
    func percentile(_ percent: Double) -> ClosedRange<Double> {
        let cut = Double(total) * (100 - percent) / 200
        func edge(_ bins: some Sequence<Int>, _ limit: Float, _ side: Double) -> Double {
            var seen = 0
            for bin in bins {
                seen += counts[bin]
                if Double(seen) > cut { return centre(bin) + side * Double(radius) / Double(Histogram.binCount) }
            }
            return Double(limit)
        }
        let low = edge(counts.indices, minimum, -1), high = edge(counts.indices.reversed(), maximum, 1)
        return max(low, Double(minimum))...min(max(high, low), Double(maximum))
    }

    /// The range whose int8 grid has the least mean square error: rounding inside, saturation outside.
    func leastSquares() -> ClosedRange<Double> {
        let filled = counts.indices.filter { counts[$0] > 0 }.map { (x: centre($0), n: Double(counts[$0])) }
        return clipped { range in
            let low = min(range.lowerBound, 0), high = max(range.upperBound, 0)
            let step = (high - low) / 255
            return filled.reduce(0) { sum, bin in
                let outside = bin.x < low ? low - bin.x : bin.x > high ? bin.x - high : 0
                return sum + bin.n * (outside == 0 ? step * step / 12 : outside * outside)
            }
        }
    }

    /// The range whose int8 grid keeps most of the distribution: the least Kullback–Leibler divergence of the counts,
    /// those outside moved to the ends, from what 255 steps leave of the counts inside (Migacz 2017, for both ends).
    func entropy() -> ClosedRange<Double> {
        let width = 2 * Double(radius) / Double(Histogram.binCount)
        func bin(_ x: Double) -> Int {
            min(max(Int(((x + Double(radius)) / width).rounded(.down)), 0), Histogram.binCount - 1)
        }
        return clipped { range in
            let low = min(range.lowerBound, 0), high = max(range.upperBound, 0)
            let first = bin(low), last = bin(high)
            var reference = counts[first...last].map(Double.init)
            reference[0] += Double(counts[..<first].reduce(0, +))
            reference[last - first] += Double(counts[(last + 1)...].reduce(0, +))
            let total = reference.reduce(0, +)
            let step = max((high - low) / 255, width)
            // every step spreads its counts evenly over the bins that hold any
            var divergence = 0.0, begin = first
            while begin <= last {
                let level = ((centre(begin) - low) / step).rounded()
                var end = begin + 1
                while end <= last, ((centre(end) - low) / step).rounded() == level { end += 1 }
                let inside = counts[begin..<end]
                let held = inside.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
                let mean = held > 0 ? Double(inside.reduce(0, +)) / Double(held) : 0
                for i in begin..<end where reference[i - first] > 0 {
                    // a bin that only saturated values fill has nothing to stand for it
                    let quantized = counts[i] > 0 ? mean : 1e-3
                    divergence += reference[i - first] / total * log(reference[i - first] / quantized)
                }
                begin = end
            }
            return divergence
        }
    }

    /// The range with the least error: one end after the other, each over a grid of its full extent.
    private func clipped(_ error: (ClosedRange<Double>) -> Double) -> ClosedRange<Double> {
        var best = Double(minimum)...Double(maximum)
        var least = error(best)
        for _ in 0..<2 {
            for isUpper in [true, false] {
                let end = Double(isUpper ? maximum : minimum)
                for part in stride(from: 1.0, through: 0.3, by: -0.02) {
                    let low = isUpper ? best.lowerBound : end * part, high = isUpper ? end * part : best.upperBound
                    guard low < high else { continue }
                    let candidate = error(low...high)
                    if candidate < least { (least, best) = (candidate, low...high) }
                }
            }
        }
        return best
    }
}
