import FloatGraph
import Foundation
@testable import Importers
import Testing

/// What cannot be imported is named; nothing traps.
struct RejectionTests {
    @Test func unsupportedNodesAreListedAllAtOnce() throws {
        var builder = ModelBuilder()
        builder.constant("w", counting([6, 1, 3, 3]))
        builder.node("NonMaxSuppression", ["image"], ["a"])
        builder.node("Relu", ["a"], ["b"])
        builder.node("Conv", ["image", "w"], ["c"], ["group": .int(3)])
        builder.node("Einsum", ["b", "c"], ["y"])
        do {
            _ = try builder.imported()
            Issue.record("imported")
        } catch ImportError.unsupported(let path, let nodes, let supported) {
            #expect(path == "model.onnx")
            #expect(nodes.map(\.op) == ["NonMaxSuppression", "Conv", "Einsum"])
            #expect(nodes[1].name == "Conv of image" && nodes[1].reason.contains("depthwise"))
            #expect(supported.contains("Conv") && supported.contains("LSTM"))
        }
        #expect(builder.failure().contains("NonMaxSuppression of image"))
    }

    @Test func productsOfActivationsAreNamed() throws {
        var builder = ModelBuilder(input: [2, 3, 1, 1])
        builder.node("Flatten", ["image"], ["x"])
        builder.node("Transpose", ["x"], ["t"])
        builder.node("MatMul", ["t", "x"], ["y"])
        #expect(builder.failure().contains("self-attention"))
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
        ("another order", { $0.model.graph.input[0] = ModelBuilder.valueInfo("image", [1, 4, 4, 3]) }),
        ("needs [N, 3, H, W]", { $0.model.graph.input[0] = ModelBuilder.valueInfo("image", [1, 5, 4, 4]) }),
        ("needs [N, 3, H, W]", { $0.model.graph.input[0] = ModelBuilder.valueInfo("image", [3]) }),
        ("axis 2 open", { $0.model.graph.input[0] = ModelBuilder.valueInfo("image", [1, 3, -1, -1]) }),
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
        ("dilated", { $0.node("Conv", ["image", "w"], ["y2"], ["dilations": .ints([2, 2])]) }),
        ("axis", { $0.node("Concat", ["image", "image"], ["y2"], ["axis": .int(.min)]) }),
        ("joins axis 2", { $0.node("Concat", ["image", "image"], ["y2"], ["axis": .int(2)]) }),
        ("axis", { $0.node("Softmax", ["image"], ["y2"], ["axis": .int(4)]) }),
        ("axis", { $0.node("ReduceMean", ["image"], ["y2"], ["axes": .ints([9])]) }),
        ("permutes", { $0.node("Transpose", ["image"], ["y2"], ["perm": .ints([0, 0, 1, 2])]) }),
        ("squeezes", { $0.node("Squeeze", ["image"], ["y2"], ["axes": .ints([1])]) }),
        ("no axes", { $0.node("Unsqueeze", ["image"], ["y2"]) }),
        ("reshapes", { $0.constant("s", [7, -1]); $0.node("Reshape", ["image", "s"], ["y2"]) }),
        ("reshapes", { $0.constant("s", [-1, -1]); $0.node("Reshape", ["image", "s"], ["y2"]) }),
        ("attribute", { $0.node("LeakyRelu", ["image"], ["y2"], ["alpha": .float(.nan)]) }),
        ("root", { b in
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
        ("another order", { $0.constant("s", [1, 6, 8]); $0.node("Reshape", ["image", "s"], ["y2"]) }),
        ("beyond reason", { $0.constant("s", [1 << 14, 1 << 13]); $0.node("ConstantOfShape", ["s"], ["c"]) }),
        ("beyond reason", { builder in
            builder.constant("s", [1 << 20])
            for i in 0..<80 { builder.node("ConstantOfShape", ["s"], ["c\(i)"]) }
        }),
        ("divides by 0", { $0.constant("a", [1]); $0.constant("b", [0]); $0.node("Div", ["a", "b"], ["c"]) }),
        ("outside", { $0.constant("a", [1]); $0.constant("b", [1]); $0.node("Gather", ["a", "b"], ["c"]) }),
        ("step of 0", { b in
            for (n, v) in [("s", Int64(0)), ("e", 1), ("a", 0), ("t", 0)] { b.constant(n, [v]) }
            b.node("Slice", ["image", "s", "e", "a", "t"], ["y2"])
        }),
        ("broadcast", { $0.constant("c", counting([5])); $0.node("Add", ["image", "c"], ["y2"]) }),
        ("computes nothing", { $0.model.graph.node[0].output = [] }),
        ("Pad is supported in front of Conv", { b in
            b.constant("p", [0, 0, 1, 1, 0, 0, 1, 1])
            b.node("Pad", ["image", "p"], ["padded"])
            b.node("Relu", ["padded"], ["y2"])
        }),
        ("supported are zeros", { b in
            b.constant("p", [0, 0, 1, 1, 0, 0, 1, 1])
            b.node("Pad", ["image", "p"], ["padded"], ["mode": .string("reflect")])
        }),
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
