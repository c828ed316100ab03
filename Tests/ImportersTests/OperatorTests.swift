import FloatGraph
import Foundation
@testable import Importers
import ONNXFormat
import Testing

struct OperatorTests {
    /// A row of channels from the picture, to put dense operators behind.
    private func pooled() -> ModelBuilder {
        var builder = ModelBuilder(input: [1, 3, 1, 1])
        builder.node("Flatten", ["image"], ["row"])
        return builder
    }

    private let x = FloatTensor(shape: [1, 1, 1, 3], values: [-2, 0.5, 8])

    @Test func inputsBesideThePicturesAreHeld() throws {
        var builder = pooled()
        builder.model.graph.input.append(ModelBuilder.valueInfo("strength", [1]))
        builder.node("Mul", ["row", "strength"], ["y"])
        let graph = try builder.imported(ImportOptions(fixed: ["strength": 0.5]))
        #expect(try FloatExecutor(graph, threads: 1).run(x)[0].values == [-1, 0.25, 4])
    }

    @Test func inputsThatAreNotHeldAreNamed() throws {
        var builder = pooled()
        builder.model.graph.input.append(ModelBuilder.valueInfo("strength", [1]))
        builder.node("Mul", ["row", "strength"], ["y"])
        let cases: [([String: Float], String)] = [
            ([:], "--fix strength=1"), (["other": 1], "has no input other"),
            (["strength": .infinity], "cannot be held at inf"),
        ]
        for (fixed, text) in cases {
            #expect(builder.failure(ImportOptions(fixed: fixed)).contains(text))
        }
    }

    /// Only a branch reads an LSTM's last state, and only a branch inside it the pictures' mean.
    @Test func branchesReadWhatStandsAround() throws {
        var builder = ModelBuilder(input: [2, 3, 1, 1])
        builder.constant("shape", [2, 1, 3])
        builder.constant("yes", [1])
        builder.constant("W", counting([1, 8, 3], from: -9))
        builder.constant("R", counting([1, 8, 2], from: -5))
        builder.node("Reshape", ["image", "shape"], ["row"])
        builder.node("LSTM", ["row", "W", "R"], ["Y", "Y_h"], ["hidden_size": .int(2)])
        builder.node("Neg", ["Y_h"], ["n"])
        let plain = try builder.run(FloatTensor(shape: [2, 1, 1, 3], values: [0.1, 0.2, -0.1, 0.3, 0, 0.1]))
        builder.model.graph.node.removeLast()
        func choice(_ output: String, _ nodes: [Onnx_NodeProto]) -> Onnx_NodeProto {
            .with { node in
                node.opType = "If"
                node.input = ["yes"]
                node.output = [output]
                node.attribute = [.with {
                    $0.name = "then_branch"
                    $0.g.node = nodes
                    $0.g.output = [ModelBuilder.valueInfo(nodes.last!.output[0], [])]
                }]
            }
        }
        let negation = Onnx_NodeProto.with {
            $0.opType = "Neg"
            $0.input = ["Y_h"]
            $0.output = ["n"]
        }
        builder.model.graph.node.append(choice("y", [choice("inner", [negation])]))
        builder.model.graph.output = [ModelBuilder.valueInfo("y", [])]
        let branched = try builder.run(FloatTensor(shape: [2, 1, 1, 3], values: [0.1, 0.2, -0.1, 0.3, 0, 0.1]))
        #expect(branched == plain && plain.count == 2)
    }

    /// PyTorch's softplus is the number itself above 20.
    @Test func aGuardedSoftplusIsOne() throws {
        var builder = pooled()
        builder.constant("bound", FloatTensor(shape: [], values: [20]))
        builder.node("Softplus", ["row"], ["soft"])
        builder.node("Greater", ["row", "bound"], ["large"])
        builder.node("Where", ["large", "row", "soft"], ["y"])
        let kinds = try builder.imported().nodes.map(\.kind.label)
        #expect(kinds.contains("softplus") && !kinds.contains("add") && !kinds.contains("multiply"))
        builder.node("Where", ["large", "soft", "row"], ["y"])
        #expect(builder.failure().contains("compares what depends on the picture"))
    }

    @Test func aConstantTakesTheTypeOfWhatIsComputed() throws {
        var builder = pooled()
        builder.constant("two", [2])
        builder.node("CastLike", ["two", "row"], ["factor"])
        builder.node("Mul", ["row", "factor"], ["y"])
        #expect(try builder.run(x).values == [-4, 1, 16])
    }

    /// An LSTM's last cell state is missed by what reads it, not by the network that does not.
    @Test func aCellStateIsNotKept() throws {
        var builder = ModelBuilder(input: [2, 3, 1, 1])
        builder.constant("shape", [2, 1, 3])
        builder.constant("W", counting([1, 8, 3]))
        builder.constant("R", counting([1, 8, 2]))
        builder.node("Reshape", ["image", "shape"], ["row"])
        builder.node("LSTM", ["row", "W", "R"], ["Y", "Y_h", "Y_c"], ["hidden_size": .int(2)])
        #expect(builder.failure().contains("reads Y_c, the last cell state of LSTM of row, which is not kept"))
        builder.node("Neg", ["Y_c"], ["n"])
        #expect(builder.failure().contains("Neg of Y_c (Neg): reads Y_c"))
        let graph = try builder.imported(ImportOptions(outputs: ["Y_h"]))
        #expect(graph.values[graph.outputs[0]].name == "Y_h")
    }

    @Test func gemmScalesAndAdds() throws {
        var builder = pooled()
        builder.constant("w", counting([3, 2]))
        builder.constant("c", FloatTensor(shape: [1, 2], values: [1, -1]))
        builder.node("Gemm", ["row", "w", "c"], ["y"], ["alpha": .float(2), "beta": .float(3)])
        #expect(try builder.run(x).values == [82, 89])
    }

    @Test func addBehindMatMulBecomesItsBias() throws {
        var builder = pooled()
        builder.constant("w", counting([3, 2]))
        builder.constant("b", FloatTensor(shape: [2], values: [1, -1]))
        builder.node("MatMul", ["row", "w"], ["product"])
        builder.node("Add", ["b", "product"], ["y"])
        #expect(try builder.imported().nodes.map(\.kind) == [.reshape, .dense])
        #expect(try builder.run(x).values == [40.5, 45])
    }

    @Test func slicesAndSplitsOfALayerAreNarrowerLayers() throws {
        var builder = pooled()
        builder.constant("w", counting([3, 6]))
        builder.constant("b", counting([6], from: 100))
        builder.node("Gemm", ["row", "w", "b"], ["all"])
        let all = try builder.run(x).values
        var split = builder
        split.node("Split", ["all"], ["p", "q", "r"], ["axis": .int(1)])
        #expect(try split.run(x).values == Array(all[4...]))
        builder.constant("starts", [-1])
        builder.constant("ends", [.min])
        builder.constant("axes", [1])
        builder.constant("steps", [-2])
        builder.node("Slice", ["all", "starts", "ends", "axes", "steps"], ["y"])
        #expect(try builder.run(x).values == [all[5], all[3], all[1]])
        #expect(try builder.imported().nodes.map(\.kind).last == .dense)
    }

    @Test(arguments: [
        ("Clip", ["min": ModelBuilder.Attribute.float(-1), "max": .float(6)], UnaryFunction.clip(-1, 6)),
        ("LeakyRelu", ["alpha": .float(0.25)], .leakyRelu(0.25)), ("LeakyRelu", [:], .leakyRelu(0.01)),
        ("HardSigmoid", [:], .hardSigmoid(alpha: 0.2, beta: 0.5)), ("HardSwish", [:], .hardSwish), ("Relu", [:], .relu),
        ("Sigmoid", [:], .sigmoid), ("Tanh", [:], .tanh), ("Exp", [:], .exp), ("Neg", [:], .negate),
    ])
    func unaryOperators(
        _ op: String, _ attributes: [String: ModelBuilder.Attribute], _ expected: UnaryFunction
    ) throws {
        var builder = ModelBuilder(opset: op == "Clip" ? 10 : 17)
        builder.node(op, ["image"], ["y"], attributes)
        #expect(try builder.imported().nodes.map(\.kind) == [.unary(expected)])
    }

    @Test func gatesOfTheirOwnInputAreRecognised() throws {
        var swish = ModelBuilder()
        swish.node("Sigmoid", ["image"], ["s"])
        swish.node("Mul", ["s", "image"], ["y"])
        #expect(try swish.imported().nodes.map(\.kind) == [.unary(.swish)])
        var hard = ModelBuilder()
        hard.node("HardSigmoid", ["image"], ["s"], ["alpha": .float(1 / 6), "beta": .float(0.5)])
        hard.node("Mul", ["image", "s"], ["y"])
        #expect(try hard.imported().nodes.map(\.kind) == [.unary(.hardSwish)])
    }

    @Test func reductionAxesAsInputOrAttribute() throws {
        var attribute = ModelBuilder()
        attribute.node("ReduceMax", ["image"], ["y"], ["axes": .ints([1]), "keepdims": .int(1)])
        #expect(try attribute.imported().nodes.map(\.kind) == [.reduce(.maximum, axes: [3], keep: true)])
        var input = ModelBuilder(opset: 18)
        input.constant("axes", [-1, -2])
        input.node("ReduceMean", ["image", "axes"], ["y"], ["keepdims": .int(0)])
        #expect(try input.imported().nodes.map(\.kind) == [.reduce(.mean, axes: [1, 2], keep: false)])
    }

    @Test func dropoutIdentityAndCastLeaveNothing() throws {
        var builder = ModelBuilder()
        builder.node("Identity", ["image"], ["a"])
        builder.node("Dropout", ["a"], ["b", "mask"])
        builder.node("Cast", ["b"], ["c"], ["to": .int(1)])
        builder.node("Relu", ["c"], ["y"])
        #expect(try builder.imported().nodes.map(\.kind) == [.unary(.relu)])
    }

    @Test func weightsOfEveryElementType() throws {
        let values: [Float] = [1, -0.5, 2048]
        func gain(_ change: (inout Onnx_TensorProto) -> Void) throws -> [Float] {
            var builder = ModelBuilder(input: [1, 3, 1, 1])
            var tensor = ModelBuilder.tensor("gain", FloatTensor(shape: [1, 3, 1, 1], values: values))
            change(&tensor)
            builder.model.graph.initializer.append(tensor)
            builder.node("Cast", ["gain"], ["float"], ["to": .int(1)])
            builder.node("Mul", ["image", "float"], ["y"])
            return try builder.run(FloatTensor(shape: [1, 1, 1, 3], repeating: 1)).values
        }
        #expect(try gain { _ in } == values)
        #expect(try gain { $0.rawData = Data(); $0.floatData = values } == values)
        let halves = values.map { Float16($0).bitPattern }
        #expect(try gain { $0.dataType = 10; $0.rawData = halves.withUnsafeBytes { Data($0) } } == values)
        #expect(try gain { $0.dataType = 10; $0.rawData = Data(); $0.int32Data = halves.map(Int32.init) } == values)
        let brains = values.map { UInt16($0.bitPattern >> 16) }
        #expect(try gain { $0.dataType = 16; $0.rawData = brains.withUnsafeBytes { Data($0) } } == values)
        #expect(try gain { $0.dataType = 11; $0.rawData = Data(); $0.doubleData = values.map(Double.init) } == values)
        #expect(try gain { $0.dataType = 6; $0.rawData = Data(); $0.int32Data = [1, 0, 2048] } == [1, 0, 2048])
        #expect(try gain { $0.dataType = 7; $0.rawData = Data(); $0.int64Data = [1, 0, -3] } == [1, 0, -3])
        #expect(try gain { $0.dataType = 3; $0.rawData = Data([1, 0, 255]) } == [1, 0, -1])
    }

    @Test func weightsInAFileBeside() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tidepool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let values: [Float] = [0, 3, 4, 5]
        try values.withUnsafeBytes { Data($0) }.write(to: folder.appendingPathComponent("weights.bin"))
        func imported(_ location: String, length: String = "12") throws -> [Float] {
            var builder = ModelBuilder(input: [1, 3, 1, 1])
            var tensor = ModelBuilder.tensor("gain", FloatTensor(shape: [3, 1, 1]))
            tensor.rawData = Data()
            tensor.dataLocation = 1
            tensor.externalData = [("location", location), ("offset", "4"), ("length", length)].map { key, value in
                var entry = Onnx_StringStringEntryProto()
                (entry.key, entry.value) = (key, value)
                return entry
            }
            builder.model.graph.initializer.append(tensor)
            builder.node("Mul", ["image", "gain"], ["y"])
            let path = folder.appendingPathComponent("model.onnx")
            try builder.model.serializedData().write(to: path)
            let graph = try importONNX(path: path.path)
            return try FloatExecutor(graph, threads: 1).run(FloatTensor(shape: [1, 1, 1, 3], repeating: 1))[0].values
        }
        #expect(try imported("weights.bin") == [3, 4, 5])
        for (location, length) in [
            ("missing.bin", "12"), ("../weights.bin", "12"), ("/etc/passwd", "12"), ("weights.bin", "9999999999"),
            ("weights.bin", "-1"), ("", "12"), ("weights.bin", "8"),
        ] {
            #expect(throws: ImportError.self) { try imported(location, length: length) }
        }
    }
}
