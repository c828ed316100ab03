import FloatGraph
import ModelFile
import Testing

@testable import Quantizer

/// Residual sums kept as int16, and the first layers' results.
struct ResidualTests {
    /// A stem and residual blocks on its result; a dense layer on the means of the last sum's convolution.
    struct Stream {
        let graph: Graph
        /// What is handed from sum to sum, the stem's result first; the last one goes to a layer only.
        let sums: [ValueID]
        let branches: [ValueID]
        let inputs: [FloatTensor]

        /// - Parameter branch: a factor of what the branches add.
        init(_ seed: UInt64 = 3, blocks: Int = 6, branch: Float = 1) throws {
            var sketch = Sketch([1, 16, 16, 3], seed: seed)
            sketch.isExact = true
            var sums = [try sketch.convolution(try sketch.normalized(), 8)], branches: [ValueID] = []
            for _ in 0..<blocks {
                let wide = try sketch.node(.unary(.clip(0, 6)), [try sketch.convolution(sums.last!, 16, kernel: 1)])
                branches.append(try sketch.convolution(wide, 8, kernel: 1))
                sums.append(try sketch.node(.arithmetic(.add), [sums.last!, branches.last!]))
            }
            let last = try sketch.convolution(sums.last!, 12, kernel: 1)
            var graph = try sketch.finished(try sketch.dense(try sketch.pooled(last), 4))
            for node in graph.nodes where branches.contains(node.output) {
                for input in node.inputs.dropFirst() {
                    for i in graph.values[input].constant!.values.indices { graph.values[input].constant!.values[i] *= branch }
                }
            }
            self.graph = graph
            self.sums = sums
            self.branches = branches
            inputs = pictures(for: graph, 12, seed: seed)
        }
    }

    private static func options(_ isWide: Bool) -> QuantizerOptions {
        var options = QuantizerOptions.narrow
        options.keepsResidualsWide = isWide
        return options
    }

    @Test func theStreamIsInt16AndItsReadersAreNot() throws {
        let stream = try Stream()
        let lowered = try Lowered(stream.graph, stream.inputs, Self.options(true))
        for value in stream.sums.dropLast() + stream.branches { #expect(try lowered.tensor(value).type == .int16) }
        #expect(try lowered.tensor(stream.sums.last!).type == .int8)
        let tensors = lowered.model.description.tensors
        for operation in lowered.model.description.frame.operations {
            guard case .convolution = operation.kind else { continue }
            #expect(tensors[operation.inputs[0]].type == .int8)
        }
        #expect(lowered.operations.count { $0 == "rescale" } == stream.sums.count - 1)
        let narrow = try Lowered(stream.graph, stream.inputs, Self.options(false))
        #expect(lowered.report.multiplyAdds.elementsEqual(narrow.report.multiplyAdds, by: ==))
        #expect(!narrow.operations.contains("rescale"))
    }

    /// With weights that int8 holds and small branches, all that is left is the roundings of the sums: of all before in
    /// an int8 stream, of the last one where the stream is int16.
    @Test(arguments: 1...3)
    func noiseIsNotHandedOn(_ seed: UInt64) throws {
        let stream = try Stream(seed, blocks: 12, branch: 1 / 32)
        func error(_ isWide: Bool) throws -> Double {
            let lowered = try Lowered(stream.graph, stream.inputs, Self.options(isWide))
            let last = stream.sums.last!
            return try lowered.deviations(stream.inputs, last)[0].error / lowered.tensor(last).scale
        }
        let (wide, narrow) = (try error(true), try error(false))
        #expect(wide < 1.25 && narrow > 2, "\(wide), \(narrow) steps")
    }

    /// Copies change nothing that is computed, and are made for layers beside a sum only.
    @Test func copiesStandBesideSumsOnly() throws {
        let stream = try Stream(5, blocks: 3)
        var separated = stream.graph
        #expect(SeparateResiduals.run(on: &separated) == 3)
        try separated.validated()
        let before = try FloatExecutor(stream.graph, threads: 1), after = try FloatExecutor(separated, threads: 1)
        for picture in stream.inputs.prefix(3) { #expect(try before.run(picture)[0] == after.run(picture)[0]) }
        #expect(SeparateResiduals.run(on: &separated) == 0)

        var sketch = Sketch()
        let x = try sketch.convolution(try sketch.normalized(), 4)
        let mean = try sketch.node(.reduce(.mean, axes: [1, 2], keep: true), [x])
        let raised = try sketch.node(.arithmetic(.add), [x, mean])
        let y = try sketch.convolution(x, 4, kernel: 1)
        var plain = try sketch.finished(try sketch.convolution(try sketch.node(.arithmetic(.multiply), [raised, y]), 2))
        #expect(SeparateResiduals.run(on: &plain) == 0)
    }

    /// A layer that is asked to read int16 reads the sum's integers themselves.
    @Test func aWideCopyIsNone() throws {
        let stream = try Stream(7, blocks: 2)
        var options = Self.options(true)
        options.wideValues = [stream.graph.values[stream.sums[1]].name + ":copy"]
        let lowered = try Lowered(stream.graph, stream.inputs, options)
        #expect(lowered.operations.count { $0 == "rescale" } == 1)
        let copy = try #require(
            lowered.model.description.tensors.first { $0.name == options.wideValues.first! && !$0.isConstant })
        let sum = try lowered.tensor(stream.sums[1])
        #expect(copy.type == .int16 && copy.scale == sum.scale)
    }

    /// Results of the first layers, where their readers do little, each alone and all that is int16 together.
    @Test func firstResultsAreInt16WhereThatIsCheap() throws {
        var sketch = Sketch([1, 24, 24, 3], seed: 9)
        let first = try sketch.node(.unary(.clip(0, 6)), [try sketch.convolution(try sketch.normalized(), 8)])
        let second = try sketch.convolution(try sketch.depthwise(first), 40)
        let third = try sketch.depthwise(second)
        let graph = try sketch.finished(try sketch.dense(try sketch.pooled(try sketch.convolution(third, 40)), 3))
        let share = Double(24 * 24 * 8 * 9) / Double(graph.multiplyAdds())
        for (depth, allowed, total, areWide) in [
            (1, 1.01, 1.01, [true, false]), (1, 0.99, 1.01, [false, false]), (1, 1.01, 0.99, [false, false]),
            (0, 1.01, 1.01, [false, false]), (3, 5.01, 6.01, [true, true]), (3, 5.01, 5.99, [true, false]),
            (2, 5.01, 6.01, [true, false]),
        ] {
            var options = QuantizerOptions.narrow
            options.wideDepth = depth
            options.wideShare = allowed * share
            options.wideTotal = total * share
            options.wideElements = 0
            let lowered = try Lowered(graph, pictures(for: graph, 4), options)
            let types = try [first, second].map { try lowered.tensor($0).type == .int16 }
            #expect(types == areWide, "\(depth) \(allowed) \(total)")
            #expect(try lowered.tensor(third).type == .int8)
        }
    }
}
