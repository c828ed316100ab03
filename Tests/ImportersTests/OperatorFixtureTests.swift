import FloatGraph
import Foundation
import Testing

@testable import Importers

/// Every operator and form of it against ONNX Runtime: the files that Tests/Fixtures/make_operators.py writes.
struct OperatorFixtureTests {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("../Fixtures/operators").path
    static let names = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []

    @Test func thereAreFixtures() {
        #expect(Self.names.count > 150)
    }

    @Test(arguments: names)
    func equalsONNXRuntime(_ name: String) throws {
        let model = try GoldenModel(path: Self.folder + "/" + name)
        let graph = try model.imported()
        let results = try FloatExecutor(graph, threads: 1).run(model.input)
        #expect(!model.outputs.isEmpty && results.count == model.outputs.count)
        for (result, golden) in zip(results, model.outputs) {
            let error = try #require(GoldenModel.error(result, golden), "\(result.shape) is not \(golden.shape)")
            #expect(error < 2e-5)
        }
    }

    /// Only these move data in memory; everything else is layout, which is weights' and views' business.
    static let moving: Set<String> = [
        "channel-shuffle", "depth-to-space-crd", "depth-to-space-dcr", "space-to-depth", "windows", "matmul-activations",
        "add-flat", "flatten-axis", "reduce-all", "softmax-flat-11", "softmax-width", "layernorm-picture",
        "matmul-constant-left", "gemm-activations", "einsum-attention", "einsum-outer", "einsum-order",
        "resize-cubic-align-corners", "resize-cubic-asymmetric", "resize-cubic-half-pixel",
    ]

    @Test(arguments: names)
    func layoutNeedsNoTransposes(_ name: String) throws {
        guard !Self.moving.contains(String(name.dropLast(5))) else { return }
        let graph = try GoldenModel(path: Self.folder + "/" + name).imported()
        #expect(!graph.nodes.contains { $0.kind.label == "transpose" })
    }

    @Test(arguments: [
        ("pattern-swish", UnaryFunction.swish), ("pattern-hard-swish", .hardSwish), ("pattern-gelu", .gelu),
        ("pattern-gelu-tanh", .geluTanh), ("pattern-mish", .mish),
    ])
    func patternsBecomeOneFunction(_ name: String, _ function: UnaryFunction) throws {
        let graph = try GoldenModel(path: "\(Self.folder)/\(name).onnx").imported()
        #expect(graph.nodes.last?.kind == .unary(function))
        #expect(graph.nodes.count <= 2)
    }

    @Test func patternsOfNormalizationBecomeOneLayer() throws {
        let graph = try GoldenModel(path: "\(Self.folder)/layernorm-steps.onnx").imported()
        #expect(graph.nodes.map(\.kind.label) == ["layerNormalization"])
    }

    @Test func zerosAroundAPictureBecomePadding() throws {
        for name in ["pad-conv", "pad-maxpool"] {
            let graph = try GoldenModel(path: "\(Self.folder)/\(name).onnx").imported()
            #expect(!graph.nodes.contains { $0.kind.label == "pad" })
        }
    }
}

/// Whole networks, when `TIDEPOOL_NETWORKS` names a folder of files that Tests/Fixtures/golden.py wrote.
struct NetworkTests {
    static let folder = ProcessInfo.processInfo.environment["TIDEPOOL_NETWORKS"]
    static let names = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0) }?.sorted() ?? []

    @Test(.enabled(if: folder != nil), arguments: names)
    func equalsONNXRuntime(_ name: String) throws {
        let model = try GoldenModel(path: try #require(Self.folder) + "/" + name)
        let graph = try model.imported()
        let results = try FloatExecutor(graph).run(model.input)
        for (result, golden) in zip(results, model.outputs) {
            let error = try #require(GoldenModel.error(result, golden), "\(result.shape) is not \(golden.shape)")
            print("\(name): \(graph.nodes.count) nodes, deviation \(error)")
            #expect(error < 1e-3)
        }
    }
}
