import FloatGraph
import Foundation
import GraphSamples
import Testing

struct ReductionTests {
    /// Axes of a `[3, 4, 5, 6]` tensor with the same reduction as `[outer, count, inner]`.
    static let cases: [(axes: [Int], outer: Int, count: Int, inner: Int, kept: [Int], left: [Int])] = [
        ([0], 1, 3, 120, [1, 4, 5, 6], [4, 5, 6]), ([3], 60, 6, 1, [3, 4, 5, 1], [3, 4, 5]),
        ([1, 2], 3, 20, 6, [3, 1, 1, 6], [3, 6]), ([0, 1, 2, 3], 1, 360, 1, [1, 1, 1, 1], []),
        ([2], 12, 5, 6, [3, 4, 1, 6], [3, 4, 6]), ([2, 3], 12, 30, 1, [3, 4, 1, 1], [3, 4]),
    ]

    @Test(arguments: cases.indices)
    func meanAndMaximum(_ index: Int) throws {
        let c = Self.cases[index]
        var random = SeededGenerator(UInt64(index))
        let x = random.tensor([3, 4, 5, 6])
        let mean = Naive.reduce(x.values, c.outer, c.count, c.inner) { $0.reduce(0, +) / Float($0.count) }
        let largest = Naive.reduce(x.values, c.outer, c.count, c.inner) { $0.max()! }
        let kept = try run(.reduce(.mean, axes: c.axes, keep: true), x, threads: 2)
        expectEqual(kept, FloatTensor(shape: c.kept, values: mean))
        let left = try run(.reduce(.maximum, axes: c.axes, keep: false), x)
        expectEqual(left, FloatTensor(shape: c.left, values: largest))
    }

    @Test func meanOverSeparateAxes() throws {
        var random = SeededGenerator(9)
        let x = random.tensor([2, 3, 4, 5])
        let inner = try run(.reduce(.mean, axes: [2], keep: true), x)
        expectEqual(
            try run(.reduce(.mean, axes: [0, 2], keep: true), x), try run(.reduce(.mean, axes: [0], keep: true), inner))
    }

    /// A picture's mean is as exact as a float can be, however many pixels it is of: the sum is not one of floats.
    @Test(arguments: [8, 3]) func meansOfLargePicturesAreExact(_ channels: Int) throws {
        let extent = 256
        let pixels = (0..<extent * extent).map { 200 + Float($0 % 7) / 7 }
        let x = FloatTensor(
            shape: [1, extent, extent, channels],
            values: pixels.flatMap { Array(repeating: $0, count: channels) })
        let exact = pixels.map(Double.init).reduce(0, +) / Double(pixels.count)
        let mean = try run(.reduce(.mean, axes: [1, 2], keep: false), x)
        #expect(mean.values == Array(repeating: Float(exact), count: channels))
    }

    @Test func softmaxSumsToOne() throws {
        let x = FloatTensor(shape: [2, 3], values: [1, 2, 3, 1000, 1000, -1000])
        let y = try run(.softmax, x).values
        let sum = exp(-2.0) + exp(-1.0) + 1
        for (value, expected) in zip(y, [exp(-2.0) / sum, exp(-1.0) / sum, 1 / sum, 0.5, 0.5, 0]) {
            #expect(abs(Double(value) - expected) < 1e-6)
        }
    }

    @Test func concatenateJoinsChannels() throws {
        let x = FloatTensor(shape: [2, 1], values: [1, 2])
        let y = FloatTensor(shape: [2, 2], values: [3, 4, 5, 6])
        expectEqual(try run(.concatenate(axis: 1), x, [y, x]), FloatTensor(shape: [2, 4], values: [1, 3, 4, 1, 2, 5, 6, 2]))
    }
}
