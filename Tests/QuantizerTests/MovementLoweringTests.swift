import FloatGraph
import ModelFile
import Testing

@testable import Quantizer

/// Elements in another order, windows, resizes: what moves is exact, what computes rounds once.
struct MovementLoweringTests {
    /// An int8 map with a positive and a negative side.
    private func map(_ sketch: inout Sketch, _ channels: Int = 6) throws -> ValueID {
        try sketch.convolution(try sketch.normalized(), channels)
    }

    /// `value` with a reader behind it, so that it is int8.
    private func lower(_ sketch: inout Sketch, _ value: ValueID) throws -> (lowered: Lowered, inputs: [FloatTensor]) {
        let shape = sketch.graph.shape(value)
        let flat = try sketch.node(.reshape, [value], shape: [1, shape.reduce(1, *)])
        let graph = try sketch.finished(try sketch.dense(flat, 2))
        let inputs = pictures(for: graph, 3)
        return (try Lowered(graph, inputs), inputs)
    }

    @Test(arguments: [
        FloatOperator.transpose([0, 2, 3, 1]), .transpose([0, 3, 1, 2]), .transpose([0, 2, 1, 3]),
        .slice(starts: [0, 8, 1, 0], extents: [1, 4, 3, 6], steps: [1, -2, 2, 1]),
        .slice(starts: [0, 0, 0, 5], extents: [1, 9, 8, 3], steps: [1, 1, 1, -2]),
        .pad(before: [0, 1, 0, 0], after: [0, 2, 3, 0], .edge), .pad(before: [0, 2, 1, 0], after: [0, 0, 1, 0], .reflect),
        .pad(before: [0, 1, 2, 1], after: [0, 0, 1, 0], .constant(0)),
        .resize(.nearest(.floor, .asymmetric), height: 18, width: 24),
        .resize(.nearest(.halfDown, .halfPixel), height: 5, width: 11),
        .pool(.maximum, kernelY: 3, kernelX: 2, ConvolutionWindow(strideY: 2, strideX: 2, padTop: 1, padBottom: 1)),
    ])
    func movementIsExact(_ kind: FloatOperator) throws {
        var sketch = Sketch()
        let x = try map(&sketch)
        let y = try sketch.node(kind, [x])
        let (lowered, inputs) = try lower(&sketch, y)
        let found = try lowered.deviations(inputs, x, y)
        #expect(found[1].error <= found[0].error)
        #expect(try lowered.tensor(x).scale == lowered.tensor(y).scale)
    }

    @Test(arguments: [1, 2, 3]) func concatenationOnAnyAxis(axis: Int) throws {
        var sketch = Sketch()
        let x = try map(&sketch), y = try sketch.node(.unary(.relu), [try map(&sketch)])
        let both = try sketch.node(.concatenate(axis: axis), [x, y, x])
        let (lowered, inputs) = try lower(&sketch, both)
        let found = try lowered.deviations(inputs, x, y, both)
        let bound = max(found[0].error, found[1].error) + 0.51 * (try lowered.tensor(both).scale)
        #expect(found[2].error <= bound)
    }

    /// A token in front of a sequence.
    @Test func concatenationWithConstants() throws {
        var sketch = Sketch()
        let x = try sketch.node(.reshape, [try map(&sketch)], shape: [1, 72, 6])
        let both = try sketch.node(.concatenate(axis: 1), [sketch.constant([1, 1, 6]), x])
        let (lowered, inputs) = try lower(&sketch, both)
        let found = try lowered.deviations(inputs, x, both)
        #expect(found[1].error <= found[0].error + 0.52 * (try lowered.tensor(both).scale))
    }

    /// A channel shuffle needs more axes than a tensor of the file has.
    @Test func sixAxes() throws {
        var sketch = Sketch([1, 8, 8, 3])
        let x = try map(&sketch)
        let apart = try sketch.node(.reshape, [x], shape: [1, 4, 2, 4, 2, 6])
        let moved = try sketch.node(.transpose([0, 1, 3, 5, 4, 2]), [apart])
        let (lowered, inputs) = try lower(&sketch, moved)
        let found = try lowered.deviations(inputs, x, moved)
        #expect(found[1].error <= found[0].error)
    }

    @Test(arguments: [
        (ResizeCoordinates.halfPixel, 18, 16), (.alignCorners, 13, 8), (.asymmetric, 9, 24), (.halfPixel, 4, 3),
    ])
    func linearResize(_ coordinates: ResizeCoordinates, height: Int, width: Int) throws {
        var sketch = Sketch()
        let x = try map(&sketch)
        let y = try sketch.node(.resize(.linear(coordinates), height: height, width: width), [x])
        let (lowered, inputs) = try lower(&sketch, y)
        let found = try lowered.deviations(inputs, x, y)
        #expect(found[1].error <= found[0].error + 0.52 * (try lowered.tensor(y).scale))
    }

    @Test(arguments: [true, false]) func averages(countsPadding: Bool) throws {
        var sketch = Sketch()
        let x = try map(&sketch)
        let window = ConvolutionWindow(strideY: 1, strideX: 2, padTop: 1, padLeft: 1, padBottom: 1, padRight: 1)
        let y = try sketch.node(
            .pool(.average(countsPadding: countsPadding), kernelY: 3, kernelX: 3, window), [x])
        let (lowered, inputs) = try lower(&sketch, y)
        let found = try lowered.deviations(inputs, x, y)
        // without padding a corner's sum is divided by 4 instead of 9, its rounding by as much
        let roundings = countsPadding ? 0.52 : 0.52 * (1 + 9.0 / 4)
        #expect(found[1].error <= found[0].error + roundings * (try lowered.tensor(y).scale))
    }

    @Test(arguments: [
        (ConvolutionWindow(strideY: 2, strideX: 2), 2, 0),
        (ConvolutionWindow(strideY: 2, strideX: 2, padTop: 1, padLeft: 1, padBottom: 1, padRight: 1), 4, 0),
        (ConvolutionWindow(strideY: 2, strideX: 3, padTop: 1, padLeft: 2, padBottom: 1, padRight: 0), 3, 1),
        (ConvolutionWindow(padTop: 1, padLeft: 0, padBottom: 1, padRight: 1), 3, 0),
        (ConvolutionWindow(strideY: 3, strideX: 2, dilationY: 2, dilationX: 1), 3, 0),
        (ConvolutionWindow(strideY: 4, strideX: 4, padTop: 3, padLeft: 5, padBottom: 2, padRight: 1), 7, 3),
    ])
    func transposedConvolution(_ window: ConvolutionWindow, kernel: Int, outputPad: Int) throws {
        var sketch = Sketch()
        let x = try map(&sketch)
        let weights = sketch.constant([5, kernel, kernel, 6], -0.3...0.3), bias = sketch.constant([5])
        let kind = FloatOperator.transposedConvolution(window, outputPadY: outputPad, outputPadX: outputPad)
        let y = try sketch.node(kind, [x, weights, bias])
        // the rewriting itself is exact
        var rewritten = try sketch.finished(y)
        let graph = rewritten
        #expect(try ExpandTransposedConvolutions.run(on: &rewritten) == 1)
        try rewritten.validated()
        let picture = pictures(for: graph, 1)[0]
        let before = try FloatExecutor(graph, threads: 1).run(picture)[0]
        let after = try FloatExecutor(rewritten, threads: 1).run(picture)[0]
        #expect(before.shape == after.shape)
        #expect(zip(before.values, after.values).allSatisfy { abs($0 - $1) < 1e-4 })
        let (lowered, inputs) = try lower(&sketch, y)
        let found = try lowered.deviations(inputs, y)
        #expect(found[0].error < 0.05 * found[0].magnitude)
    }

    @Test func dilatedKernels() throws {
        var sketch = Sketch()
        let x = try map(&sketch, 20)
        let window = ConvolutionWindow(
            padTop: 2, padLeft: 3, padBottom: 2, padRight: 3, dilationY: 2, dilationX: 3)
        let deep = try sketch.node(.depthwise(window), [x, sketch.constant([3, 3, 20], -0.3...0.3)])
        let y = try sketch.node(.convolution(window), [deep, sketch.constant([4, 3, 3, 20], -0.1...0.1)])
        let (lowered, inputs) = try lower(&sketch, y)
        let found = try lowered.deviations(inputs, deep, y)
        #expect(found[0].error < 0.03 * found[0].magnitude && found[1].error < 0.05 * found[1].magnitude)
    }
}
