import FloatGraph
import GraphSamples
import Testing

struct ConvolutionTests {
    /// Sizes around the tiles of four rows and eight columns, strides, and paddings of every side.
    static let cases: [(x: [Int], kernel: [Int], outputs: Int, window: ConvolutionWindow)] = [
        ([1, 4, 4, 8], [1, 1], 8, ConvolutionWindow()),
        ([2, 3, 5, 7], [1, 1], 9, ConvolutionWindow()),
        ([1, 1, 1, 33], [1, 1], 17, ConvolutionWindow()),
        ([1, 8, 8, 5], [1, 1], 4, ConvolutionWindow(strideY: 2, strideX: 2)),
        ([1, 9, 7, 3], [3, 3], 10, ConvolutionWindow(strideY: 2, strideX: 2, padBottom: 1, padRight: 1)),
        ([3, 6, 6, 2], [3, 3], 1, ConvolutionWindow(padTop: 1, padLeft: 1, padBottom: 1, padRight: 1)),
        ([1, 5, 6, 4], [5, 3], 20, ConvolutionWindow(strideX: 3, padTop: 2, padBottom: 3, padRight: 1)),
        ([1, 2, 2, 16], [5, 5], 8, ConvolutionWindow(padTop: 2, padLeft: 2, padBottom: 2, padRight: 2)),
        ([1, 2, 2, 3], [1, 1], 3, ConvolutionWindow(padTop: 3, padLeft: 2, padBottom: 1, padRight: 4)),
    ]

    @Test(arguments: cases.indices, [true, false])
    func denseEqualsDefinition(_ index: Int, hasBias: Bool) throws {
        let c = Self.cases[index]
        var random = SeededGenerator(UInt64(index))
        let x = random.tensor(c.x)
        let w = random.tensor([c.outputs] + c.kernel + [c.x[3]])
        let bias = hasBias ? random.tensor([c.outputs]) : nil
        let expected = Naive.convolution(x, w, bias, c.window)
        for threads in [1, 3] {
            expectEqual(try run(.convolution(c.window), x, [w] + (bias.map { [$0] } ?? []), threads: threads), expected)
        }
    }

    @Test(arguments: cases.indices, [1, 4, 18, 37])
    func depthwiseEqualsDefinition(_ index: Int, channels: Int) throws {
        let c = Self.cases[index]
        var random = SeededGenerator(UInt64(100 + index))
        let x = random.tensor(c.x.dropLast() + [channels])
        let (w, bias) = (random.tensor(c.kernel + [channels]), random.tensor([channels]))
        let expected = Naive.convolution(x, Naive.densified(w), bias, c.window)
        for threads in [1, 3] { expectEqual(try run(.depthwise(c.window), x, [w, bias], threads: threads), expected) }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 8, 31], [1, 7, 8, 9, 40])
    func denseLayerEqualsDefinition(_ rows: Int, _ columns: Int) throws {
        var random = SeededGenerator(UInt64(rows * 100 + columns))
        let (x, w, bias) = (random.tensor([rows, 13]), random.tensor([columns, 13]), random.tensor([columns]))
        let flat = Naive.convolution(
            FloatTensor(shape: [rows, 1, 1, 13], values: x.values),
            FloatTensor(shape: [columns, 1, 1, 13], values: w.values), bias, ConvolutionWindow())
        expectEqual(try run(.dense, x, [w, bias], threads: 2), FloatTensor(shape: [rows, columns], values: flat.values))
    }
}
