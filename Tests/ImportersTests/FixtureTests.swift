import FloatGraph
import Foundation
import GraphSamples
import Importers
import Testing

/// The committed networks against what ONNX Runtime computes with them.
struct FixtureTests {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("../Fixtures")

    static func graph(_ name: String) throws -> Graph {
        try importONNX(path: folder.appendingPathComponent(name + ".onnx").path)
    }

    @Test(arguments: [("clip", ["action", "identity"]), ("face", ["age", "gender", "race"]), ("swish", ["scores"])])
    func outputsEqualONNXRuntime(_ name: String, _ outputs: [String]) throws {
        let graph = try Self.graph(name)
        #expect(graph.outputs.map { graph.values[$0].name } == outputs)
        let inputs = try NumPyArray(Self.folder.appendingPathComponent("\(name)-input.npy"))
        let executor = try FloatExecutor(graph, threads: 1)
        let references = try outputs.map { try NumPyArray(Self.folder.appendingPathComponent("\(name)-\($0).npy")) }
        for index in 0..<inputs.shape[0] {
            let results = try executor.run(FloatTensor(shape: graph.shape(graph.input), values: inputs[index]))
            for (result, reference) in zip(results, references) {
                #expect(result.count == reference[index].count)
                for (value, expected) in zip(result.values, reference[index]) {
                    #expect(abs(value - expected) <= 1e-4 * abs(expected) + 1e-7)
                }
            }
        }
    }

    @Test func clipNetworkIsRecognised() throws {
        let graph = try Self.graph("clip")
        #expect(graph.shape(graph.input) == [5, 20, 20, 3])
        let kinds = graph.nodes.map(\.kind.label)
        #expect(kinds.filter { $0 == "selfAttention" }.count == 1)
        #expect(kinds.filter { $0 == "lstm" }.count == 1)
        // The attention's tanh, scores and products are inside of it; views have left nothing behind.
        #expect(!kinds.contains("reshape") && !kinds.contains("tanh"))
        #expect(kinds.filter { $0 == "dense" }.count == 4)
    }

    @Test func swishIsRecognised() throws {
        let kinds = try Self.graph("swish").nodes.map(\.kind)
        #expect(kinds.filter { $0 == .unary(.swish) }.count == 15)
        // Only the gates of squeeze-excite are left as sigmoids.
        #expect(kinds.filter { $0 == .unary(.sigmoid) }.count == 5)
    }

    @Test func slicedGatesAreLayersOfTheirOwn() throws {
        let graph = try Self.graph("face")
        // Three gates of one Gemm, three heads of two layers, the ages' mean.
        #expect(graph.nodes.filter { $0.kind == .dense }.count == 10)
    }
}
