import FloatGraph
import Importers
import Testing

/// Channel-first graphs become channel-last ones without a transpose.
struct LayoutTests {
    @Test func flattenPermutesTheWeightsBehindIt() throws {
        var builder = ModelBuilder(input: [1, 3, 2, 2])
        let weights = counting([2, 12])
        builder.constant("w", weights)
        builder.node("Flatten", ["image"], ["flat"])
        builder.node("Gemm", ["flat", "w"], ["y"], ["transB": .int(1)])
        let x = counting([1, 2, 2, 3])
        let flat = channelFirst(x)
        let expected = (0..<2).map { row in
            (0..<12).reduce(Float(0)) { $0 + weights.values[row * 12 + $1] * flat[$1] }
        }
        #expect(try builder.run(x) == FloatTensor(shape: [1, 2], values: expected))
        #expect(try builder.imported().nodes.map(\.kind) == [.reshape, .dense])
    }

    @Test func channelLastInputsWithTransposes() throws {
        var builder = ModelBuilder(input: [2, 4, 4, 3])
        builder.constant("w", counting([5, 3, 1, 1]))
        builder.constant("mean", FloatTensor(shape: [3], values: [1, 2, 3]))
        builder.node("Sub", ["image", "mean"], ["centred"])
        builder.node("Transpose", ["centred"], ["first"], ["perm": .ints([0, 3, 1, 2])])
        builder.node("Conv", ["first", "w"], ["y"])
        builder.node("Transpose", ["y"], ["last"], ["perm": .ints([0, 2, 3, 1])])
        let graph = try builder.imported()
        #expect(graph.nodes.map(\.kind.label) == ["subtract", "convolution"])
        #expect(graph.shape(graph.outputs[0]) == [2, 4, 4, 5])
        let y = try builder.run(FloatTensor(shape: [2, 4, 4, 3], repeating: 2))
        // Centred: 1, 0, −1; weights of output 0: 1, 2, 3.
        #expect(y.values.prefix(5) == [-2, -2, -2, -2, -2])
    }

    @Test func shapeArithmeticIsFolded() throws {
        var builder = ModelBuilder(input: [1, 3, 4, 4])
        for (name, value) in [("zero", Int64(0)), ("one", 1), ("minus", -1)] { builder.constant(name, [value]) }
        builder.node("GlobalAveragePool", ["image"], ["pooled"])
        builder.node("Shape", ["pooled"], ["shape"])
        builder.node("Gather", ["shape", "zero"], ["batch"])
        builder.node("Slice", ["shape", "one", "minus"], ["middle"])
        builder.node("Gather", ["middle", "zero"], ["channels"])
        builder.node("Mul", ["channels", "one"], ["product"])
        builder.node("Concat", ["batch", "product"], ["target"], ["axis": .int(0)])
        builder.node("Cast", ["target"], ["long"], ["to": .int(7)])
        builder.node("Reshape", ["pooled", "long"], ["y"])
        let x = counting([1, 4, 4, 3], from: 0)
        #expect(try builder.run(x) == FloatTensor(shape: [1, 3], values: [22.5, 23.5, 24.5]))
    }

    @Test func channelConstantsAreBroadcastOverPictures() throws {
        var builder = ModelBuilder(input: [1, 3, 2, 2])
        builder.constant("offset", FloatTensor(shape: [3, 1, 1], values: [10, 20, 30]))
        builder.constant("slope", FloatTensor(shape: [3, 1, 1], values: [0.5, 1, 2]))
        builder.constant("rows", FloatTensor(shape: [2, 1], values: [1, -1]))
        builder.node("Sub", ["image", "offset"], ["a"])
        builder.node("PRelu", ["a", "slope"], ["b"])
        builder.node("Mul", ["rows", "b"], ["y"])
        let y = try builder.run(counting([1, 2, 2, 3]))
        #expect(y.values == [-4.5, -18, -54, -3, -15, -48, 1.5, 12, 42, 0, 9, 36])
    }

    @Test func padBecomesTheConvolutionsOwn() throws {
        var builder = ModelBuilder()
        builder.constant("w", counting([1, 3, 3, 3]))
        builder.constant("pads", [0, 0, 1, 0, 0, 0, 2, 1])
        builder.node("Pad", ["image", "pads"], ["padded"])
        builder.node("Conv", ["padded", "w"], ["y"], ["pads": .ints([0, 1, 0, 0]), "strides": .ints([2, 2])])
        let window = ConvolutionWindow(strideY: 2, strideX: 2, padTop: 1, padLeft: 1, padBottom: 2, padRight: 1)
        #expect(try builder.imported().nodes.map(\.kind) == [.convolution(window)])

        var same = ModelBuilder(input: [1, 3, 5, 4])
        same.constant("w", counting([1, 3, 4, 3]))
        same.node("Conv", ["image", "w"], ["y"], ["auto_pad": .string("SAME_UPPER"), "strides": .ints([2, 1])])
        let expected = ConvolutionWindow(strideY: 2, strideX: 1, padTop: 1, padLeft: 1, padBottom: 2, padRight: 1)
        #expect(try same.imported().nodes.map(\.kind) == [.convolution(expected)])
    }

    @Test func framesAreTheFirstAxis() throws {
        var builder = ModelBuilder(input: [-1, 3, 4, 4])
        builder.node("ReduceMean", ["image"], ["y"], ["axes": .ints([0, 2, 3]), "keepdims": .int(0)])
        let graph = try builder.imported(ImportOptions(frames: 15))
        #expect(graph.shape(graph.input) == [15, 4, 4, 3])
        #expect(graph.shape(graph.outputs[0]).first == 1)
        #expect(graph.nodes.map(\.kind) == [.reduce(.mean, axes: [0, 1, 2], keep: true)])
    }
}
