import FloatGraph
import ModelFile
import Testing

@testable import Quantizer

/// Dense layers whose weights are two int8 tensors.
struct WideWeightTests {
    /// A convolution that does nearly all the work, and a dense layer on its means.
    private func network(_ seed: UInt64) throws -> (graph: Graph, dense: ValueID) {
        var sketch = Sketch([1, 20, 20, 3], seed: seed)
        let maps = try sketch.convolution(try sketch.normalized(), 24, kernel: 5)
        let dense = try sketch.dense(try sketch.pooled(maps), 6)
        return (try sketch.finished(dense), dense)
    }

    /// Both parts together hold the weights to a hundredth of an int8 step.
    @Test(arguments: 1...4)
    func twoTensorsHoldTheWeights(_ seed: UInt64) throws {
        let (graph, _) = try network(seed)
        let inputs = pictures(for: graph, 8)
        for rounding in [RoundingMethod.nearest, .adaptive] {
            var options = QuantizerOptions()
            options.rounding = rounding
            var quantizer = try Quantizer(graph, recipe: Recipe(describing: graph), options: options)
            try quantizer.calibrate(with: inputs)
            let quantized = try quantizer.quantize()
            let model = try Model(bytes: quantized.bytes, name: "x")
            let labels = model.description.frame.operations.map(\.kind.label)
            #expect(labels.suffix(3) == ["dense", "dense", "add"])
            let form = IntegerForm(model, of: quantizer.prepared)
            let index = quantizer.prepared.nodes.count - 1
            let before = try #require(quantizer.prepared.constant(quantizer.prepared.nodes[index].inputs[1]))
            let after = try #require(form.graph.constant(form.graph.nodes[index].inputs[1]))
            let largest = before.values.map(abs).max()!
            for (x, y) in zip(before.values, after.values) { #expect(abs(x - y) < largest / 127 / 100) }
            // counted as often as they are done
            let dense = graph.multiplyAdds(graph.nodes.last!)
            #expect(quantized.report.multiplyAdds.reduce(0) { $0 + $1.count } == graph.multiplyAdds() + dense)
        }
    }

    /// Less is lost than with one tensor.
    @Test func lessIsLost() throws {
        let (graph, dense) = try network(5)
        let inputs = pictures(for: graph, 8)
        var single = QuantizerOptions()
        single.wideWeightShare = 0
        let one = try Lowered(graph, inputs, single).deviations(inputs, dense)[0].error
        let two = try Lowered(graph, inputs, QuantizerOptions()).deviations(inputs, dense)[0].error
        #expect(two < one)
    }

    /// A layer that would cost more than its share keeps one tensor.
    @Test func costlyLayersKeepOneTensor() throws {
        let (graph, _) = try network(6)
        var options = QuantizerOptions()
        options.wideWeightShare = 1e-5
        let lowered = try Lowered(graph, pictures(for: graph, 8), options)
        #expect(lowered.operations.suffix(2) != ["dense", "add"])
    }
}
