import FloatGraph
import ModelFile
import Testing

@testable import Quantizer

/// LSTM and attention: gates at 2⁻¹² and int16 states leave errors of a few thousandths.
struct SequenceLoweringTests {
    private func clip(_ seed: UInt64) throws -> (graph: Graph, hidden: ValueID, attended: ValueID, peak: ValueID) {
        var sketch = Sketch([6, 9, 8, 3], seed: seed)
        let map = try sketch.node(.unary(.relu), [try sketch.convolution(try sketch.normalized(), 8, stride: 2)])
        let hidden = try sketch.node(
            .lstm(hidden: 10),
            [
                try sketch.pooled(map), sketch.constant([40, 8], -2...2), sketch.constant([40, 10]),
                sketch.constant([40]),
            ])
        let attended = try sketch.node(
            .selfAttention(units: 7),
            [
                hidden, sketch.constant([7, 10]), sketch.constant([7, 10]), sketch.constant([7]),
                sketch.constant([7], -3...3), sketch.constant([1]),
            ])
        let peak = try sketch.node(.reduce(.maximum, axes: [0], keep: true), [attended])
        let mean = try sketch.node(.reduce(.mean, axes: [0], keep: true), [attended])
        let spatial = try sketch.pooled(
            try sketch.convolution(try sketch.node(.reduce(.mean, axes: [0], keep: true), [map]), 4))
        let fused = try sketch.node(.concatenate(axis: 1), [peak, mean, spatial])
        let graph = try sketch.finished(try sketch.node(.softmax, [try sketch.dense(fused, 4)]))
        return (graph, hidden, attended, peak)
    }

    @Test(arguments: 1...6)
    func statesStayClose(_ seed: UInt64) throws {
        let (graph, hidden, attended, peak) = try clip(seed)
        let inputs = pictures(for: graph, 6, seed: seed)
        let lowered = try Lowered(graph, inputs)
        #expect(lowered.model.description.clip == Clip(frames: 6, stride: 1))
        #expect(lowered.operations.contains("lstm") && lowered.operations.contains("attention"))
        let found = try lowered.deviations(inputs, hidden, attended, peak, graph.outputs[0])
        // maps are int8 here: 2 gates' worth of half a step of the pooled feature, grown over six steps
        #expect(found[0].error < 0.02)
        #expect(found[1].error < 0.02 && found[2].error < 0.02)
        #expect(found[3].error < 0.02)
    }

    /// The cell's format follows the calibration: bits for ±1.25 times what was reached.
    @Test func cellBitsFollowTheCell() throws {
        let (graph, _, _, _) = try clip(1)
        let lowered = try Lowered(graph, pictures(for: graph, 6))
        let bits = lowered.model.description.clipProgram!.operations.compactMap { operation -> Int32? in
            if case .lstm(let bits) = operation.kind { bits } else { nil }
        }
        #expect(bits.count == 1 && (12...15).contains(bits[0]))
    }

    /// A constant input drives the cell to a known place: c = Σ i·j with f ≈ 1.
    @Test func cellMagnitude() throws {
        var sketch = Sketch([4, 2, 2, 3])
        let zeros = sketch.graph.addConstant("zeros", FloatTensor(shape: [4, 3]))
        let recurrent = sketch.graph.addConstant("recurrent", FloatTensor(shape: [4, 1]))
        let bias = sketch.graph.addConstant("bias", FloatTensor(shape: [4], values: [40, 40, 40, 0]))
        let hidden = try sketch.node(.lstm(hidden: 1), [try sketch.pooled(sketch.graph.input), zeros, recurrent, bias])
        let graph = try sketch.finished(try sketch.node(.reduce(.mean, axes: [0], keep: true), [hidden]))
        let x = [Float](repeating: 0, count: 12)
        let reached = x.withUnsafeBufferPointer { CellRange.magnitude(of: graph.nodes[1], in: graph, inputs: $0) }
        #expect(abs(reached - 4) < 1e-9)
    }
}
