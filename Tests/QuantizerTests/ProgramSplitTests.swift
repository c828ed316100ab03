import FloatGraph
import Testing

@testable import Quantizer

struct ProgramSplitTests {
    /// Two branches: pooled frames through an LSTM, mean frames through a convolution.
    private func clip() throws -> (graph: Graph, map: ValueID, pooled: ValueID) {
        var sketch = Sketch([4, 9, 8, 3])
        let map = try sketch.node(.unary(.relu), [try sketch.convolution(sketch.graph.input, 6, stride: 2)])
        let pooled = try sketch.pooled(map)
        let hidden = try sketch.node(
            .lstm(hidden: 5),
            [pooled, sketch.constant([20, 6]), sketch.constant([20, 5]), sketch.constant([20])])
        let last = try sketch.node(.reduce(.maximum, axes: [0], keep: true), [hidden])
        let mean = try sketch.node(.reduce(.mean, axes: [0], keep: true), [map])
        let spatial = try sketch.pooled(try sketch.convolution(mean, 5))
        let fused = try sketch.node(.concatenate(axis: 1), [last, spatial])
        return (try sketch.finished(try sketch.dense(fused, 3)), map, pooled)
    }

    @Test func framesEndWhereTheyAreMixed() throws {
        let (graph, map, pooled) = try clip()
        let split = ProgramSplit(graph)
        #expect(split.features == [map, pooled])
        #expect(split.frame.map { graph.nodes[$0].kind.label } == ["convolution", "relu", "mean"])
        #expect(split.clip.count == graph.nodes.count - 3)
        let frame = graph.multiplyAdds(graph.nodes[0]) / 4
        let rest = graph.nodes[3...].reduce(0) { $0 + graph.multiplyAdds($1) }
        #expect(split.multiplyAdds(graph) == frame + rest)
    }

    @Test func onlyThePooledFeatureIsKeptWhereNobodyReadsTheMap() throws {
        var sketch = Sketch([4, 9, 8, 3])
        let pooled = try sketch.pooled(try sketch.convolution(sketch.graph.input, 6))
        let mean = try sketch.node(.reduce(.mean, axes: [0], keep: true), [pooled])
        let split = ProgramSplit(try sketch.finished(try sketch.dense(mean, 3)))
        #expect(split.features == [pooled])
        #expect(split.frame.count == 2 && split.clip.count == 2)
    }

    @Test func aPictureNetworkIsOneProgram() throws {
        var sketch = Sketch()
        let graph = try sketch.finished(try sketch.dense(try sketch.pooled(sketch.graph.input), 3))
        let split = ProgramSplit(graph)
        #expect(split.frame.count == 2 && split.clip.isEmpty && split.features.isEmpty)
    }
}
