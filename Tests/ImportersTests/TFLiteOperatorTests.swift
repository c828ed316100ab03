import FloatGraph
@testable import Importers
import Testing
import TFLiteFormat

/// Single operators of .tflite files, with results worked out by hand.
struct TFLiteOperatorTests {
    private let valid: FlatValue = .int8(1)

    @Test func halvesAndBytesAreDequantizedOnce() throws {
        var b = TFLiteBuilder(input: [1, 1, 1, 3])
        let half = b.add(.dequantize, [b.halves([1, 1, 1, 3], [1, 2, 0.5])])
        let bytes = b.add(.dequantize, [b.bytes([2, 1, 1, 3], [128, 130, 128, 126, 128, 128], scale: 0.5, zero: 128)])
        let sum = b.add(.add, [0, half])
        b.add(.conv2D, [sum, bytes, nil], [Schema.Window.padding: valid, 1: .int32(1), 2: .int32(1)])
        // 0…2 plus 1, 2, 0.5 is 1, 3, 2.5; the weights are 0 1 0 and −1 0 0.
        #expect(try b.run().values == [3, -1])
        let graph = try b.graph()
        #expect(graph.nodes.count == 2)
        let weights = graph.values[graph.nodes[1].inputs[1]]
        #expect(weights.quantization == ValueQuantization(scales: [0.5], zeroPoints: [0]))
    }

    @Test func inputsBesideThePicturesAreHeld() throws {
        var b = TFLiteBuilder(input: [1, 1, 1, 3])
        let strength = b.input("strength", [1, 1, 1, 3])
        b.add(.mul, [0, strength])
        let x = FloatTensor(shape: [1, 1, 1, 3], values: [1, -2, 4])
        let graph = try b.graph(options: ImportOptions(fixed: ["strength": 0.5]))
        #expect(try FloatExecutor(graph, threads: 1).run(x)[0].values == [0.5, -1, 2])
        let cases: [([String: Float], String)] = [
            ([:], "--fix strength=1"), (["strength": 1, "other": 1], "has no input other"),
            (["strength": 1, "input": 1], "needs one, the pictures"), (["strength": .nan], "cannot be held at nan"),
        ]
        for (fixed, text) in cases {
            let error = #expect(throws: ImportError.self) { try b.graph(options: ImportOptions(fixed: fixed)) }
            #expect(error?.description.contains(text) == true)
        }
    }

    /// Integers are held at whole numbers only.
    @Test func integerInputsAreHeldAtWholeNumbers() throws {
        var b = TFLiteBuilder(input: [1, 2, 2, 3])
        let axis = b.input("axis", [1], .int32)
        b.add(.sum, [0, axis], [0: .int8(1)])
        let graph = try b.graph(options: ImportOptions(fixed: ["axis": 3]))
        #expect(graph.shape(graph.outputs[0]) == [1, 2, 2, 1])
        #expect(throws: ImportError.self) { try b.graph(options: ImportOptions(fixed: ["axis": 1.5])) }
    }

    @Test func manyAreAdded() throws {
        var b = TFLiteBuilder(input: [1, 1, 1, 3])
        let double = b.add(.addN, [0, 0])
        b.add(.addN, [0, double, b.add(.neg, [0])])
        #expect(try b.run().values == [0, 2, 4])
    }

    /// MediaPipe's own operator computes what TRANSPOSE_CONV and ADD do.
    @Test(arguments: [(1, [1, 8, 8, 2]), (2, [1, 9, 9, 2])])
    func transposedConvolutionWithBias(_ padding: Int, _ shape: [Int]) throws {
        func network(_ isCustom: Bool) throws -> FloatTensor {
            var b = TFLiteBuilder(input: [1, 4, 4, 3])
            let weights = b.counting([2, 3, 3, 3]), bias = b.counting([2])
            if isCustom {
                b.add(
                    code: 32, custom: "Convolution2DTransposeBias", [0, weights, bias], [:],
                    customOptions: [Int32(padding), 2, 2])
            } else {
                b.add(.transposeConv, [b.integers(shape.map(Int32.init)), weights, 0], [
                    Schema.Window.padding: .int8(Int8(padding - 1)), Schema.Window.strideX: .int32(2),
                    Schema.Window.strideY: .int32(2),
                ])
                b.add(.add, [b.last, bias])
            }
            return try b.run()
        }
        let own = try network(true)
        #expect(own.shape == shape)
        #expect(try zip(own.values, network(false).values).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test func greyPicturesAreTaken() throws {
        var b = TFLiteBuilder(input: [1, 2, 2, 1])
        b.add(.mul, [0, b.floats([1], [2])])
        #expect(try b.run() == FloatTensor(shape: [1, 2, 2, 1], values: [0, 2, 4, 6]))
    }

    @Test func sparseWeightsStandInTheirPlaces() throws {
        var b = TFLiteBuilder(input: [1, 1, 1, 3])
        // Rows dense, columns compressed: (0, 2), (1, 0), (1, 1).
        let layout: FlatValue = .table([
            Schema.Sparsity.traversal: .int32s([0, 1]),
            Schema.Sparsity.dimensions: .tables([
                .table([Schema.Dimension.size: .int32(2)]),
                .table([
                    Schema.Dimension.format: .int8(1),
                    Schema.Dimension.segmentsType: .uint8(3), Schema.Dimension.segments: .table([0: .bytes([0, 1, 3])]),
                    Schema.Dimension.indicesType: .uint8(1), Schema.Dimension.indices: .table([0: .int32s([2, 0, 1])]),
                ]),
            ]),
        ])
        let weights = b.add(.densify, [b.sparse([2, 3], [5, 7, 11], layout)])
        b.add(.fullyConnected, [0, weights, nil])
        #expect(try b.run().values == [10, 11])
    }

    @Test func samePaddingIsLargerBehind() throws {
        var b = TFLiteBuilder(input: [1, 2, 2, 3])
        let ones = b.floats([1, 2, 2, 3], Array(repeating: 1, count: 12))
        b.add(.conv2D, [0, ones, nil], [1: .int32(1), 2: .int32(1), 3: .int8(1)])
        // Sums of the pixels 0…2, 3…5, 6…8, 9…11 that the kernel sees: the right column and bottom row see zeros.
        #expect(try b.run().values == [66, 42, 51, 30])
    }

    @Test func blocksAndPermutations() throws {
        var b = TFLiteBuilder(input: [1, 2, 2, 3])
        b.add(.spaceToDepth, nil, [0: .int32(2)])
        #expect(try b.run() == FloatTensor(shape: [1, 1, 1, 12], values: (0..<12).map { Float($0) }))
        b.add(.depthToSpace, nil, [0: .int32(2)])
        #expect(try b.run() == FloatTensor(shape: [1, 2, 2, 3], values: (0..<12).map { Float($0) }))
        b.add(.transpose, [b.add(.reverseV2, [0, b.integers([1])]), b.integers([0, 1, 3, 2])])
        #expect(try b.run().values == [6, 9, 7, 10, 8, 11, 0, 3, 1, 4, 2, 5])
    }

    @Test func stridedSliceMasksAndShrinks() throws {
        var b = TFLiteBuilder(input: [1, 2, 2, 3])
        let (begin, end, steps) = (b.integers([0, 1, 0, 2]), b.integers([0, 2, 0, 0]), b.integers([1, 1, 1, -2]))
        b.add(.stridedSlice, [0, begin, end, steps], [0: .int32(0b0101), 1: .int32(0b1101), 4: .int32(0b0010)])
        #expect(try b.run() == FloatTensor(shape: [1, 2, 2], values: [8, 6, 11, 9]))
    }

    @Test func shapeArithmeticIsFolded() throws {
        var b = TFLiteBuilder(input: [1, 2, 2, 3])
        let shape = b.add(.shape, [0])
        let rows = b.add(.stridedSlice, [shape, b.integers([1]), b.integers([2]), b.integers([1])], [4: .int32(1)])
        let rest = b.floats([], [-1])
        let target = b.add(.pack, [rows, b.add(.cast, [rest])], [0: .int32(2)])
        b.add(.reshape, [0, target])
        // The cast's declared type decides: this builder's tensors are floats, which no shape can be.
        #expect(throws: ImportError.self) { try b.graph() }
        var c = TFLiteBuilder(input: [1, 2, 2, 3])
        let extent = c.add(.gather, [c.add(.shape, [0]), c.integers([3])])
        c.add(.reshape, [0, c.add(.concatenation, [extent, c.integers([-1])])])
        c.add(.relu)
        #expect(try c.run().shape == [3, 4])
    }

    @Test func dilationByBlocks() throws {
        var b = TFLiteBuilder(input: [1, 4, 4, 3])
        let weights = b.counting([2, 3, 3, 3])
        let spread = b.add(.spaceToBatchND, [0, b.integers([2, 2]), b.integers([2, 2, 2, 2])])
        let conv = b.add(.conv2D, [spread, weights, nil], [0: valid, 1: .int32(1), 2: .int32(1)])
        b.add(.batchToSpaceND, [conv, b.integers([2, 2]), b.integers([0, 0, 0, 0])])
        let direct = b.add(.conv2D, [0, weights, nil], [1: .int32(1), 2: .int32(1), 4: .int32(2), 5: .int32(2)])
        b.add(.sub, [b.add(.batchToSpaceND, [conv, b.integers([2, 2]), b.integers([0, 0, 0, 0])]), direct])
        #expect(try b.run().values.allSatisfy { $0 == 0 })
    }

    @Test func normalizationAndPowers() throws {
        var b = TFLiteBuilder(input: [1, 1, 1, 3])
        b.add(.l2Normalization)
        let root = Float(5).squareRoot()
        for (value, expected) in zip(try b.run().values, [0, 1 / root, 2 / root]) { #expect(abs(value - expected) < 1e-6) }
        b.add(.pow, [b.add(.squaredDifference, [0, b.floats([3], [1, 1, 4])]), b.floats([], [0.5])])
        #expect(try b.run().values == [1, 0, 2])
    }

    @Test func openExtentsAreFixedByOptions() throws {
        var b = TFLiteBuilder(input: [1, 1, 1, 3], signature: [-1, -1, -1, 3])
        b.add(.relu)
        #expect(try b.graph(options: ImportOptions(frames: 5, height: 7, width: 9)).shape(0) == [5, 7, 9, 3])
        #expect(try b.graph().shape(0) == [1, 1, 1, 3])
    }

    @Test func everythingUnsupportedAtOnce() throws {
        var b = TFLiteBuilder(input: [1, 2, 2, 3])
        let good = b.add(.relu)
        let custom = b.add(code: 32, custom: "MaxPoolingWithArgmax2D", [good], [:])
        b.add(.neg, [custom])
        b.add(code: 56, custom: nil, [good], [:])
        do {
            let loop = b.add(code: 119, custom: nil, [good], [:])
            b.add(.add, [custom, loop])
            _ = try b.graph()
            Issue.record("nothing was refused")
        } catch {
            guard case .unsupported(_, let nodes, _) = error else { throw error }
            #expect(nodes.map(\.op) == ["CUSTOM MaxPoolingWithArgmax2D", "WHILE"])
            #expect(error.description.contains("small.tflite"))
        }
        // Cut off in front of them, the network is fine.
        #expect(try b.graph(options: ImportOptions(outputs: ["node 0 0"])).nodes.count == 1)
    }
}
