import FloatGraph
import Foundation
@testable import Importers
import ONNXFormat
import Testing

/// What cannot be imported is named; nothing traps.
struct RejectionTests {
    @Test func unsupportedNodesAreListedAllAtOnce() throws {
        var builder = ModelBuilder()
        builder.constant("w", counting([6, 1, 3, 3]))
        builder.node("NonMaxSuppression", ["image"], ["a"])
        builder.node("Relu", ["a"], ["b"])
        builder.node("Relu", ["image"], ["features"])
        builder.node("TopK", ["features"], ["c"])
        builder.node("Conv", ["c", "w"], ["d"])
        builder.node("Det", ["d"], ["f"])
        builder.node("Einsum", ["image", "image"], ["e"])
        builder.node("Sum", ["b", "f", "e"], ["y"])
        do {
            _ = try builder.imported()
            Issue.record("imported")
        } catch ImportError.unsupported(let path, let nodes, let supported) {
            #expect(path == "model.onnx")
            // Det too, which reads what could not be translated.
            #expect(nodes.map(\.op) == ["NonMaxSuppression", "TopK", "Det", "Einsum"])
            #expect(nodes[1].name == "TopK of features" && nodes[1].reason.contains("--outputs features"))
            // The pictures alone are no network.
            #expect(!nodes[0].reason.contains("--outputs"))
            #expect(supported.contains("Conv") && supported.contains("LSTM"))
        }
        #expect(builder.failure().contains("NonMaxSuppression of image"))
    }

    @Test func whatNoOutputNeedsIsLeftOut() throws {
        var builder = ModelBuilder()
        builder.node("NonMaxSuppression", ["image"], ["boxes"])
        builder.node("Relu", ["image"], ["y"])
        #expect(try builder.imported().nodes.count == 1)
    }

    @Test func theGraphCanBeCut() throws {
        var builder = ModelBuilder()
        builder.node("Relu", ["image"], ["features"])
        builder.node("GridSample", ["features", "features"], ["y"])
        #expect(builder.failure().contains("--outputs features"))
        let graph = try builder.imported(ImportOptions(outputs: ["features"]))
        #expect(graph.outputs.map { graph.values[$0].name } == ["features"])
        #expect(builder.failure(ImportOptions(outputs: ["nowhere"])).contains("nowhere"))
    }

    @Test func openExtentsAreFixed() throws {
        var builder = ModelBuilder(input: [-1, 3, -1, -1])
        builder.node("Relu", ["image"], ["y"])
        let graph = try builder.imported(ImportOptions(height: 8, width: 6))
        #expect(graph.shape(graph.input) == [1, 8, 6, 3])
        #expect(builder.failure(ImportOptions(height: 8)).contains("--width"))
        #expect(builder.failure(ImportOptions(height: -8, width: 6)).contains("extent outside"))
        #expect(builder.failure(ImportOptions(height: 1 << 23, width: 1 << 23)).contains("more than"))
    }

    @Test func branchesCannotRecurseForever() throws {
        var builder = ModelBuilder()
        builder.constant("yes", [1])
        // Each body holds the one before.
        var inner = Onnx_NodeProto()
        inner.opType = "Relu"
        inner.input = ["image"]
        inner.output = ["r"]
        for depth in 0..<200 {
            var body = Onnx_GraphProto()
            body.node = [inner]
            body.output = [ModelBuilder.valueInfo(inner.output[0], [])]
            var attribute = Onnx_AttributeProto()
            attribute.name = "then_branch"
            attribute.g = body
            inner = Onnx_NodeProto()
            inner.opType = "If"
            inner.input = ["yes"]
            inner.output = ["if\(depth)"]
            inner.attribute = [attribute]
        }
        builder.model.graph.node.append(inner)
        builder.model.graph.output = [ModelBuilder.valueInfo(inner.output[0], [])]
        let data: Data = try builder.model.serializedBytes()
        #expect(throws: ImportError.self) { try importONNX(data, path: "deep.onnx") }
    }

    @Test func circlesAreErrors() {
        var builder = ModelBuilder()
        builder.node("Add", ["image", "b"], ["a"])
        builder.node("Relu", ["a"], ["b"])
        #expect(builder.failure().contains("b, which nothing before it computes; a node after it does"))
        var own = ModelBuilder()
        own.node("Relu", ["a"], ["a"])
        #expect(own.failure().contains("nothing before it computes"))
    }

    /// A change to a valid model, and a part of the message that it gets.
    static let changes: [(String, @Sendable (inout ModelBuilder) -> Void)] = [
        ("not finite", { $0.model.graph.initializer[0].rawData.replaceSubrange(0..<4, with: [0, 0, 192, 127]) }),
        ("holds 108", { $0.model.graph.initializer[0].dims = [1024, 1024, 16, 16] }),
        ("holds more than", { $0.model.graph.initializer[0].dims = [1 << 16, 1 << 16] }),
        ("impossible shape", { $0.model.graph.initializer[0].dims = [1, 3, 3, .max] }),
        ("impossible shape", { $0.model.graph.initializer[0].dims = [1, -3, 3, -3] }),
        ("holds 108", { $0.model.graph.initializer[0].dims = [1, 3, 3] }),
        ("element type 8", { $0.model.graph.initializer[0].dataType = 8 }),
        ("no place in its folder", { $0.model.graph.initializer[0].dataLocation = 1 }),
        ("channels", { $0.constant("w", counting([1, 4, 3, 3])) }),
        ("runs over", { $0.model.graph.input[0] = ModelBuilder.valueInfo("image", [3]) }),
        ("do not fit together", { $0.model.graph.input[0] = ModelBuilder.valueInfo("image", [1, 5, 4, 4]) }),
        ("needs [N, C, H, W]", { $0.model.graph.input[0] = ModelBuilder.valueInfo("image", [1, 1, 1, 3, 4, 4]) }),
        ("holds 2 clips", { $0.model.graph.input[0] = ModelBuilder.valueInfo("image", [2, 5, 3, 4, 4]) }),
        ("--height", { $0.model.graph.input[0] = ModelBuilder.valueInfo("image", [1, 3, -1, -1]) }),
        ("more than", { $0.model.graph.input[0] = ModelBuilder.valueInfo("image", [1, 3, 100_000, 100_000]) }),
        ("outside", { $0.model.graph.input[0] = ModelBuilder.valueInfo("image", [1, 3, 1 << 62, 1 << 62]) }),
        ("2 inputs", { $0.model.graph.input.append(ModelBuilder.valueInfo("mask", [1])) }),
        ("0 inputs", { $0.model.graph.input = [] }),
        ("has no output", { $0.model.graph.output = [] }),
        ("same value", { b in
            b.node("Identity", ["y"], ["z"])
            b.model.graph.output.append(ModelBuilder.valueInfo("y", []))
        }),
        ("output z", { $0.model.graph.output[0].name = "z" }),
        ("nothing before it computes", { $0.model.graph.node[0].input[1] = "nowhere" }),
        ("no graph", { $0.model.clearGraph() }),
        ("operator set", { $0.model.opsetImport = [] }),
        ("too old", { $0.model.opsetImport[0].version = 6 }),
        ("do not fit", { $0.node("Conv", ["image", "w"], ["y2"], ["strides": .ints([0, 1])]) }),
        ("do not fit", { $0.node("Conv", ["image", "w"], ["y2"], ["pads": .ints([.max, .max, .max, .max])]) }),
        ("do not fit", { $0.node("Conv", ["image", "w"], ["y2"], ["pads": .ints([1])]) }),
        ("do not fit", { $0.node("Conv", ["image", "w"], ["y2"], ["kernel_shape": .ints([5, 5])]) }),
        ("axis", { $0.node("Concat", ["image", "image"], ["y2"], ["axis": .int(.min)]) }),
        ("axis", { $0.node("Softmax", ["image"], ["y2"], ["axis": .int(4)]) }),
        ("axis", { $0.node("ReduceMean", ["image"], ["y2"], ["axes": .ints([9])]) }),
        ("permutes", { $0.node("Transpose", ["image"], ["y2"], ["perm": .ints([0, 0, 1, 2])]) }),
        ("squeezes", { $0.node("Squeeze", ["image"], ["y2"], ["axes": .ints([1])]) }),
        ("no axes", { $0.node("Unsqueeze", ["image"], ["y2"]) }),
        ("reshapes", { $0.constant("s", [7, -1]); $0.node("Reshape", ["image", "s"], ["y2"]) }),
        ("reshapes", { $0.constant("s", [-1, -1]); $0.node("Reshape", ["image", "s"], ["y2"]) }),
        ("attribute", { $0.node("LeakyRelu", ["image"], ["y2"], ["alpha": .float(.nan)]) }),
        ("not a finite number", { b in
            b.constant("n", FloatTensor(shape: [1], values: [-1]))
            b.node("Sqrt", ["n"], ["r"])
            b.node("Cast", ["r"], ["i"], ["to": .int(7)])
        }),
        ("not finite", { b in
            b.constant("v", FloatTensor(shape: [48, 2], repeating: 1e38))
            b.node("Flatten", ["image"], ["row"])
            b.node("Gemm", ["row", "v"], ["y2"], ["alpha": .float(1e30)])
        }),
        ("more than", { b in
            b.model.graph.initializer[0].dims = [0, 1 << 24, 1 << 24, 1 << 24]
            b.model.graph.initializer[0].rawData = Data()
        }),
        ("impossible shape", { $0.constant("s", [-5, 48]); $0.node("Reshape", ["image", "s"], ["y2"]) }),
        ("beyond reason", { $0.constant("s", [1 << 14, 1 << 13]); $0.node("ConstantOfShape", ["s"], ["c"]) }),
        ("beyond reason", { builder in
            builder.constant("s", [1 << 20])
            for i in 0..<80 { builder.node("ConstantOfShape", ["s"], ["c\(i)"]) }
            builder.node("Sum", (0..<80).map { "c\($0)" }, ["sum"])
        }),
        ("divides by 0", { $0.constant("a", [1]); $0.constant("b", [0]); $0.node("Div", ["a", "b"], ["c"]) }),
        ("outside", { $0.constant("a", [1]); $0.constant("b", [1]); $0.node("Gather", ["a", "b"], ["c"]) }),
        ("larger than the padded input", { $0.node("Conv", ["image", "w"], ["y2"], ["dilations": .ints([2, 2])]) }),
        ("do not fit", { $0.node("Conv", ["image", "w"], ["y2"], ["dilations": .ints([0, 1])]) }),
        ("do not fit", { $0.node("MaxPool", ["image"], ["y2"], ["kernel_shape": .ints([.max, 2])]) }),
        ("padding alone", { b in
            b.node("MaxPool", ["image"], ["y2"], ["kernel_shape": .ints([2, 2]), "pads": .ints([2, 2, 2, 2])])
        }),
        ("no kernel_shape", { $0.node("MaxPool", ["image"], ["y2"]) }),
        ("pads by wrap", { b in
            b.constant("p", [0, 0, 1, 1, 0, 0, 1, 1])
            b.node("Pad", ["image", "p"], ["y2"], ["mode": .string("wrap")])
        }),
        ("extent outside", { b in
            b.constant("p", [0, 0, 1 << 24, 1 << 24, 0, 0, 0, 0])
            b.node("Pad", ["image", "p"], ["y2"])
        }),
        ("pads for", { $0.constant("p", [.min, .max]); $0.node("Pad", ["image", "p"], ["y2"]) }),
        ("sizes", { b in
            b.constant("s", [1, 3, .max, -1])
            b.node("Resize", ["image", "", "", "s"], ["y2"])
        }),
        ("scales", { b in
            b.constant("s", FloatTensor(shape: [4], values: [1, 1, 1e30, 1]))
            b.node("Resize", ["image", "", "s"], ["y2"])
        }),
        ("groups do not fit", { $0.node("Conv", ["image", "w"], ["y2"], ["group": .int(.max)]) }),
        ("groups do not fit", { $0.node("ConvTranspose", ["image", "w"], ["y2"], ["group": .int(.min)]) }),
        ("output shape", { b in
            b.constant("k", counting([3, 1, 2, 2]))
            b.node("ConvTranspose", ["image", "k"], ["y2"], ["output_shape": .ints([.min, .max])])
        }),
        ("beyond reason", { b in
            for (n, v) in [("s", Float(0)), ("e", 1e30), ("d", -1e-30)] {
                b.constant(n, FloatTensor(shape: [1], values: [v]))
            }
            b.node("Range", ["s", "e", "d"], ["r"])
            b.node("Mul", ["image", "r"], ["y2"])
        }),
        ("blocks", { $0.node("DepthToSpace", ["image"], ["y2"], ["blocksize": .int(.max)]) }),
        ("groups", { b in
            b.constant("g", counting([3]))
            b.node("GroupNormalization", ["image", "g", "g"], ["y2"], ["num_groups": .int(2)])
        }),
        ("repeats", { $0.constant("r", [1, 1, .max, 1]); $0.node("Tile", ["image", "r"], ["y2"]) }),
        ("leaves nothing", { b in
            for (n, v) in [("s", Int64(2)), ("e", 1), ("a", 2)] { b.constant(n, [v]) }
            b.node("Slice", ["image", "s", "e", "a"], ["y2"])
        }),
        ("permutes", { $0.node("Transpose", ["image"], ["y2"], ["perm": .ints([.max, .min, 0, 1])]) }),
        ("depends on the picture", { $0.node("If", ["image"], ["y2"]) }),
        ("integer operator", { $0.node("ConvInteger", ["image", "w"], ["y2"]) }),
        ("leaves the integers' range", { b in
            b.constant("a", [.min]); b.constant("b", [-1]); b.constant("c", [0])
            b.node("Pow", ["a", "a"], ["d"])
            b.node("Mod", ["d", "c"], ["e"])
            b.node("Reshape", ["image", "e"], ["y2"])
        }),
        ("step of 0", { b in
            for (n, v) in [("s", Int64(0)), ("e", 1), ("a", 0), ("t", 0)] { b.constant(n, [v]) }
            b.node("Slice", ["image", "s", "e", "a", "t"], ["y2"])
        }),
        ("broadcast", { $0.constant("c", counting([5])); $0.node("Add", ["image", "c"], ["y2"]) }),
        ("output y", { $0.model.graph.node[0].output = [] }),
    ]

    static func valid() -> ModelBuilder {
        var builder = ModelBuilder()
        builder.constant("w", counting([1, 3, 3, 3]))
        builder.node("Conv", ["image", "w"], ["y"])
        return builder
    }

    @Test(arguments: changes.indices)
    func contradictionsAreErrors(_ index: Int) {
        let (message, change) = Self.changes[index]
        var builder = Self.valid()
        #expect(builder.failure() == "imported")
        change(&builder)
        let failure = builder.failure()
        #expect(failure.contains(message) && failure.contains("model.onnx"), "\(failure)")
    }

    @Test func filesThatAreNoModels() throws {
        #expect(throws: ImportError.self) { try importONNX(path: "/nowhere/model.onnx") }
        #expect(throws: ImportError.self) { try importONNX(path: "/") }
        for text in ["", "hello, this is no model", String(repeating: "\u{8}", count: 1000), "\u{3a}\u{7f}"] {
            #expect(throws: ImportError.self) { try importONNX(Data(text.utf8), path: "text") }
        }
    }
}
