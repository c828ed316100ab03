import Budget
import Testing

@Suite struct HistogramTests {
    @Test func smallValuesAreExact() {
        var histogram = Histogram()
        for value in 0..<64 { histogram.record(Int64(value)) }
        #expect(histogram.percentile(0.5) == 31)
        #expect(histogram.percentile(1) == 63)
        #expect(histogram.minimum == 0)
        #expect(histogram.mean == 31)
    }

    @Test(arguments: [1, 7, 63, 64, 65, 127, 128, 1_000, 16_667, 41_700_000, 999_999_999, 1 << 39])
    func aSingleValueIsItsOwnPercentile(value: Int64) {
        var histogram = Histogram()
        histogram.record(value)
        for fraction in [0.0, 0.01, 0.5, 0.99, 1] { #expect(histogram.percentile(fraction) == value) }
    }

    @Test(arguments: [0.5, 0.9, 0.95, 0.99, 0.999])
    func percentilesLieWithinABucketOfTheSortedValues(fraction: Double) {
        var random = SeededGenerator(state: UInt64(fraction * 1000))
        for scale in [1_000.0, 1e6, 1e9] {
            var histogram = Histogram()
            var values = (0..<5_000).map { _ in Int64(Double.random(in: 0...1, using: &random) * scale) }
            for value in values { histogram.record(value) }
            values.sort()
            let exact = values[Int((fraction * 5_000).rounded(.up)) - 1]
            let found = histogram.percentile(fraction)
            #expect(found >= exact)
            #expect(Double(found - exact) <= Double(exact) / 64 + 1)
        }
    }

    @Test func extremesNeitherTrapNorVanish() {
        var histogram = Histogram()
        histogram.record(-5)
        histogram.record(1 << 50)
        #expect(histogram.count == 2)
        #expect(histogram.minimum == 0)
        #expect(histogram.maximum == 1 << 50)
        #expect(Histogram().percentile(0.5) == 0)
    }
}
