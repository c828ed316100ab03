import FloatGraph
import ModelFile
import Runtime
import Testing

@testable import Quantizer

/// Outputs that no task of the recipe reads, such as an embedding: they are in the file and can be read by name.
struct OutputTests {
    /// An embedding and the scores that are computed from it.
    private func graph(frames: Int, _ between: (inout Sketch, ValueID) throws -> ValueID) throws -> Graph {
        var sketch = Sketch([frames, 9, 8, 3])
        var pooled = try sketch.pooled(try sketch.convolution(try sketch.normalized(), 8, stride: 2))
        if frames > 1 { pooled = try sketch.node(.reduce(.mean, axes: [0], keep: true), [pooled]) }
        let embedding = try sketch.dense(pooled, 16)
        let scores = try sketch.node(.softmax, [try sketch.dense(try between(&sketch, embedding), 3)])
        sketch.graph.values[scores].name = "identity"
        sketch.graph.values[embedding].name = "embedding"
        return try sketch.finished(scores, embedding)
    }

    private func recipe(_ graph: Graph) -> Recipe {
        let shape = graph.shape(graph.input)
        return Recipe(
            name: "sketch", width: shape[2], height: shape[1],
            clip: shape[0] > 1 ? .init(frames: shape[0], stride: 1) : nil,
            tasks: [.init(name: "identity", kind: .classification, output: "identity", labels: ["a", "b", "c"])],
            provenance: [(key: "embedding.output", value: "embedding")])
    }

    /// Read as it is, through a ReLU (which must not fuse into it), or through a normalization (which must not fold).
    @Test(arguments: [1, 4], ["plain", "relu", "batchNormalization"])
    func anEmbeddingStays(frames: Int, reader: String) throws {
        let graph = try graph(frames: frames) { sketch, embedding in
            switch reader {
            case "relu": try sketch.node(.unary(.relu), [embedding])
            case "batchNormalization": try sketch.batchNormalization(embedding)
            default: embedding
            }
        }
        let inputs = pictures(for: graph, 6)
        var quantizer = try Quantizer(graph, recipe: recipe(graph))
        try quantizer.calibrate(with: inputs)
        let model = try Model(bytes: quantizer.quantize().bytes, name: "sketch")
        #expect(model.description.tasks.map(\.name) == ["identity"])
        #expect(model.description.provenance == [ProvenanceEntry(key: "embedding.output", value: "embedding")])

        let integer = try IntegerExecutor(model)
        let float = try FloatExecutor(graph, threads: 1)
        #expect(integer.network.output(named: "nothing") == nil)
        for input in inputs {
            let expected = try float.run(input)[1].values
            _ = try integer.run(input)
            let output = try #require(integer.network.output(named: "embedding"))
            #expect(output.type == .int16 && output.count == 16)
            let largest = expected.map(abs).max()!
            for (index, value) in expected.enumerated() {
                #expect(abs(output.real(index) - Double(value)) < 0.03 * Double(largest))
            }
        }
    }
}
