import FloatGraph
import Foundation
import GraphSamples
import Importers
import Testing

/// Keras files of every form against what Keras computes with them.
struct KerasFixtureTests {
    static let folder = FixtureTests.folder.appendingPathComponent("keras")

    static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    @Test(arguments: [
        ("picture.h5", "picture", ["action", "age"]), ("picture.keras", "picture", ["action", "age"]),
        // Weights alone, the description beside them.
        ("picture-weights.h5", "picture", ["action", "age"]),
        ("clip.h5", "clip", ["reid", "action"]), ("clip.keras", "clip", ["reid", "action"]),
        ("clip-2.3.h5", "clip", ["reid", "action"]),
        ("sequence.h5", "sequence", ["scores"]), ("sequence.keras", "sequence", ["scores"]),
        ("operations.h5", "operations", ["scores"]),
        ("nested.h5", "nested", ["scores"]), ("nested.keras", "nested", ["scores"]),
    ])
    func outputsEqualKeras(_ file: String, _ name: String, _ outputs: [String]) throws {
        let graph = try importModel(path: Self.path(file))
        #expect(graph.outputs.map { graph.values[$0].name } == outputs)
        let inputs = try NumPyArray(Self.folder.appendingPathComponent("\(name)-input.npy"))
        let references = try outputs.map { try NumPyArray(Self.folder.appendingPathComponent("\(name)-\($0).npy")) }
        let executor = try FloatExecutor(graph, threads: 1)
        for index in 0..<inputs.shape[0] {
            let results = try executor.run(FloatTensor(shape: graph.shape(graph.input), values: inputs[index]))
            for (result, reference) in zip(results, references) {
                let expected = reference[index]
                let scale = expected.map(abs).max()!
                #expect(result.count == expected.count)
                #expect(zip(result.values, expected).allSatisfy { abs($0 - $1) <= 1e-5 * scale })
            }
        }
    }

    /// A Lambda's code is not run: what it was taken to mean is said, in a line each.
    @Test func whatLambdasWereTakenToMeanIsNoted() throws {
        let notes = try importModel(path: Self.path("clip.h5")).notes
        #expect(notes.contains { $0.contains("mean(axis=3, keepdims=true)") || $0.contains("mean(") })
        #expect(notes.contains { $0.contains("max(") })
        #expect(notes.allSatisfy { $0.hasPrefix("Lambda ") && !$0.contains("\n") })
        #expect(try importModel(path: Self.path("nested.h5")).notes.isEmpty)
    }

    @Test func weightsOfANewerFormTakeTheirDescriptionFromAModel() throws {
        let options = ImportOptions(keras: KerasHints(architecture: Self.path("picture.keras")))
        let graph = try importModel(path: Self.path("picture-weights.h5"), options: options)
        #expect(graph.parameterCount == (try importModel(path: Self.path("picture.h5"))).parameterCount)
    }

    @Test func clipNetworkIsReadByMeaning() throws {
        let graph = try importModel(path: Self.path("clip.h5"))
        #expect(graph.shape(graph.input) == [4, 12, 10, 3])
        let kinds = graph.nodes.map(\.kind.label)
        #expect(kinds.filter { $0 == "selfAttention" }.count == 1 && kinds.filter { $0 == "lstm" }.count == 1)
        // The backbone sees all frames at once; its padding is that of the convolutions.
        let stem = try #require(graph.nodes.first { $0.name == "stem" })
        #expect(graph.shape(stem.output) == [4, 6, 5, 6])
        #expect(!kinds.contains("transpose") && !kinds.contains("pad"))
    }

    @Test func outputsAreChosenByName() throws {
        let graph = try importModel(path: Self.path("clip.h5"), options: ImportOptions(outputs: ["action"]))
        #expect(graph.outputs.map { graph.values[$0].name } == ["action"])
        #expect(throws: ImportError.self) {
            try importModel(path: Self.path("clip.h5"), options: ImportOptions(outputs: ["age"]))
        }
    }

    @Test func aSharedLayerHasItsWeightsOnce() throws {
        let graph = try importModel(path: Self.path("nested.h5"))
        let shared = graph.nodes.filter { $0.name.hasPrefix("dense") && $0.kind == .dense }
        #expect(shared.count == 2 && Set(shared.map { $0.inputs[1] }).count == 1)
    }

    @Test func theRecipeSaysWhatALayerMeans() throws {
        let hints = KerasHints(layers: ["lambda": "max(axis=3, keepdims=true)", "lambda_1": "max(3, True)"])
        let graph = try importModel(path: Self.path("clip.h5"), options: ImportOptions(keras: hints))
        let reduced = graph.nodes.filter { $0.name.hasPrefix("lambda") }.map(\.kind.label)
        #expect(reduced == ["maximum", "maximum"])
    }
}
