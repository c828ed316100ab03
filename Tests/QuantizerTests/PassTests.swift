import FloatGraph
import Testing

@testable import Quantizer

/// Every pass keeps what the graph computes, and does what it is there for.
struct PassTests {
    /// Runs all passes; the outputs of random pictures must not move by more than 1e-5 of their size.
    private func rewritten(_ graph: Graph) throws -> Graph {
        var prepared = graph
        _ = try PassPipeline.run(on: &prepared)
        let before = try FloatExecutor(graph, threads: 1), after = try FloatExecutor(prepared, threads: 1)
        for picture in pictures(for: graph, 3) {
            for (x, y) in zip(try before.run(picture), try after.run(picture)) {
                #expect(x.shape == y.shape)
                let size = x.values.reduce(0) { max($0, abs($1)) }
                for (a, b) in zip(x.values, y.values) { #expect(abs(a - b) <= 1e-5 * size) }
            }
        }
        #expect(prepared.outputs.map { prepared.values[$0].name } == graph.outputs.map { graph.values[$0].name })
        return prepared
    }

    private func affineCount(_ graph: Graph) -> Int { graph.nodes.indices.filter { graph.affine($0) != nil }.count }

    @Test func batchNormalizationFoldsIntoTheLayerBefore() throws {
        var sketch = Sketch()
        let x = try sketch.normalized()
        let stem = try sketch.batchNormalization(try sketch.convolution(x, 6, bias: false))
        let deep = try sketch.batchNormalization(try sketch.depthwise(try sketch.node(.unary(.relu), [stem])))
        let logits = try sketch.batchNormalization(try sketch.dense(try sketch.pooled(deep), 5))
        let graph = try rewritten(try sketch.finished(logits))
        // the input's normalization remains
        #expect(affineCount(graph) == 1)
        #expect(graph.nodes.count == 6)
    }

    @Test func aLayerReadTwiceKeepsItsWeights() throws {
        var sketch = Sketch()
        let stem = try sketch.convolution(sketch.graph.input, 6)
        let normalized = try sketch.batchNormalization(stem)
        let sum = try sketch.node(.arithmetic(.add), [stem, normalized])
        let graph = try rewritten(try sketch.finished(sum))
        #expect(affineCount(graph) == 1)
    }

    @Test func batchNormalizationFoldsForwardThroughMeanAndConcatenation() throws {
        var sketch = Sketch()
        let stem = try sketch.node(.unary(.relu), [try sketch.convolution(sketch.graph.input, 6)])
        let spatial = try sketch.pooled(try sketch.batchNormalization(stem))
        let fused = try sketch.node(.concatenate(axis: 1), [spatial, try sketch.pooled(stem), spatial])
        let first = try sketch.dense(fused, 5), second = try sketch.dense(fused, 3)
        let graph = try rewritten(try sketch.finished(first, second))
        #expect(affineCount(graph) == 0)
        // the concatenation no longer holds what its name says
        #expect(graph.values.contains { $0.name.hasSuffix(":unscaled") })
    }

    @Test func batchNormalizationAfterPReLUFoldsIntoTheNextDenseLayer() throws {
        var sketch = Sketch()
        let hidden = try sketch.dense(try sketch.pooled(sketch.graph.input), 8)
        let activated = try sketch.node(.prelu, [hidden, sketch.constant([8], 0.1...0.4)])
        let logits = try sketch.dense(try sketch.batchNormalization(activated), 4)
        let graph = try rewritten(try sketch.finished(logits))
        #expect(affineCount(graph) == 0)
    }

    @Test func whatCannotFoldStaysOrMovesBehindTheMean() throws {
        var sketch = Sketch()
        let stem = try sketch.node(.unary(.relu), [try sketch.convolution(sketch.graph.input, 6)])
        // zeros around the picture are not zeros in front of the batch normalization
        let padded = try sketch.depthwise(try sketch.batchNormalization(stem))
        let mean = try sketch.pooled(try sketch.batchNormalization(try sketch.node(.unary(.relu), [padded])))
        let output = try sketch.node(.unary(.tanh), [mean])
        let graph = try rewritten(try sketch.finished(output))
        #expect(affineCount(graph) == 2)
        let last = try #require(graph.nodes.lastIndex { if case .batchNormalization = $0.kind { true } else { false } })
        #expect(graph.shape(graph.nodes[last].output).count == 2)
    }

    @Test func chainsOfConstantArithmeticBecomeOneAffineFunction() throws {
        var sketch = Sketch()
        let two = sketch.graph.addConstant("two", FloatTensor(shape: [1], values: [2]))
        let perChannel = sketch.constant([1, 1, 1, 3], 0.5...1.5)
        var x = try sketch.node(.arithmetic(.subtract), [two, sketch.graph.input])
        x = try sketch.node(.arithmetic(.divide), [x, perChannel])
        x = try sketch.node(.unary(.negate), [x])
        x = try sketch.node(.arithmetic(.add), [x, perChannel])
        let graph = try rewritten(try sketch.finished(try sketch.node(.unary(.sigmoid), [x])))
        #expect(graph.nodes.count == 2 && affineCount(graph) == 1)
    }

    @Test func constantNodesAreEvaluatedAndDeadOnesRemoved() throws {
        var sketch = Sketch()
        let sum = try sketch.node(.arithmetic(.add), [sketch.constant([3]), sketch.constant([3])])
        let offset = try sketch.node(.unary(.tanh), [sum])
        let x = try sketch.node(.arithmetic(.add), [sketch.graph.input, offset])
        _ = try sketch.convolution(x, 4)
        let graph = try rewritten(try sketch.finished(try sketch.node(.unary(.sigmoid), [x])))
        #expect(graph.nodes.count == 2)
    }

    @Test func anExactNormalizationStaysAtTheInput() throws {
        var sketch = Sketch()
        let output = try sketch.convolution(try sketch.normalized(), 4)
        let graph = try rewritten(try sketch.finished(output))
        let normalization = try #require(graph.affine(0).flatMap(InputNormalization.init))
        #expect(normalization.centre == 127 && abs(normalization.scale - 1 / 128) < 1e-9)
    }

    @Test func scalesOfChannelsMoveIntoTheFirstLayerAndTheCentreStays() throws {
        var sketch = Sketch()
        let centre = sketch.graph.addConstant("centre", FloatTensor(shape: [1], values: [128]))
        let centred = try sketch.node(.arithmetic(.subtract), [sketch.graph.input, centre])
        let scaled = try sketch.node(.arithmetic(.multiply), [centred, sketch.constant([3], 0.01...0.02)])
        let graph = try rewritten(try sketch.finished(try sketch.convolution(scaled, 4)))
        #expect(graph.nodes.count == 2)
        #expect(graph.affine(0).flatMap(InputNormalization.init) == InputNormalization(Affine(
            scale: [1, 1, 1], offset: [-128, -128, -128])))
    }

    @Test func centresOfChannelsFoldOnlyWhereNothingIsPadded() throws {
        for (kernel, remaining) in [(1, 0), (3, 1)] {
            var sketch = Sketch()
            let centred = try sketch.node(
                .arithmetic(.subtract), [sketch.graph.input, sketch.constant([3], 100...120)])
            let graph = try rewritten(try sketch.finished(try sketch.convolution(centred, 4, kernel: kernel)))
            #expect(affineCount(graph) == remaining)
        }
    }
}
