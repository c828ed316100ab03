import GraphSamples
import Testing

@testable import Quantizer

struct HistogramTests {
    private func histogram(_ values: [Float]) -> Histogram {
        var histogram = Histogram()
        values.withUnsafeBufferPointer { histogram.add($0, low: values.min()!, high: values.max()!) }
        return histogram
    }

    @Test func percentilesCutBothTails() {
        // 10 000 values in 0…1, one outlier at each end
        let values = (0..<10_000).map { Float($0) / 10_000 } + [-50, 80]
        let range = histogram(values).percentile(99.9)
        #expect(abs(range.lowerBound - 0.0005) < 0.06 && abs(range.upperBound - 0.9995) < 0.06)
        #expect(histogram(values).percentile(100) == -50...80)
    }

    @Test func percentileStaysWithinWhatWasSeen() {
        #expect(histogram([2, 2, 2]).percentile(99.99) == 2...2)
        #expect(histogram([0, 0, 0]).percentile(99) == 0...0)
    }

    /// Parts in any order give the same counts as the whole.
    @Test func orderAndPartsDoNotMatter() {
        var random = SeededGenerator(1)
        let values = (0..<5000).map { i in random.real(-1...1) * (i % 7 == 0 ? 37 : 0.4) }
        let whole = histogram(values)
        var merged = Histogram()
        for part in stride(from: 0, to: values.count, by: 611).reversed() {
            merged.merge(histogram(Array(values[part..<min(part + 611, values.count)])))
        }
        #expect(merged == whole)
        #expect(whole.total == values.count)
        var grown = histogram([0.001])
        values.withUnsafeBufferPointer { grown.add($0, low: values.min()!, high: values.max()!) }
        #expect(grown.total == values.count + 1 && grown.radius == whole.radius)
    }

    @Test func leastSquaresGivesUpRareOutliers() {
        var random = SeededGenerator(2)
        let values = (0..<100_000).map { _ in random.real(-1...1) } + [30]
        let range = histogram(values).leastSquares()
        #expect(range.upperBound < 30 && range.upperBound >= 0.95)
    }

    @Test func movingAverageFollowsTheExtremes() {
        var statistics = ValueStatistics()
        statistics.histogram = histogram([-4, 8])
        statistics.extremes = [-4...4, -2...8]
        #expect(statistics.range(.movingAverage(momentum: 0.5)) == -3...6)
        #expect(statistics.range(.minMax) == -4...8)
    }

    /// What lies far outside a bell is cut off; an even distribution is kept whole.
    @Test func entropyKeepsWhatMattersOfADistribution() {
        var random = SeededGenerator(21)
        let bell = (0..<40_000).map { _ in (0..<12).reduce(Float(-6)) { sum, _ in sum + random.real(0...1) } }
        var histogram = Histogram()
        let withOutliers = bell + [40, -35]
        withOutliers.withUnsafeBufferPointer { histogram.add($0, low: -35, high: 40) }
        let range = histogram.entropy()
        #expect(range.upperBound < 30 && range.upperBound > 2)
        #expect(range.lowerBound > -30 && range.lowerBound < -2)
        var even = Histogram()
        let flat = (0..<40_000).map { Float($0) / 40_000 * 1.9 + 0.01 }
        flat.withUnsafeBufferPointer { even.add($0, low: flat.first!, high: flat.last!) }
        #expect(even.entropy().upperBound > 1.7)
    }
}
