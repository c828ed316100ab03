import FloatGraph
import Testing

@testable import Quantizer

struct ErrorTests {
    private func small() throws -> Graph {
        var sketch = Sketch()
        let logits = try sketch.dense(try sketch.pooled(sketch.graph.input), 3)
        return try sketch.finished(try sketch.node(.softmax, [logits]))
    }

    private func quantizer(_ graph: Graph) throws -> Quantizer {
        try Quantizer(graph, recipe: Recipe(describing: graph))
    }

    private func failure(_ body: () throws -> Void) -> QuantizerError? {
        do { try body() } catch { return error as? QuantizerError }
        return nil
    }

    @Test func quantizingNeedsCalibration() throws {
        var quantizer = try quantizer(try small())
        #expect(failure { _ = try quantizer.quantize() }?.description.contains("no calibration input") == true)
        #expect(failure { try quantizer.calibrate(with: []) }?.description.contains("no calibration input") == true)
    }

    @Test func constantCalibrationIsRefused() throws {
        let graph = try small()
        var quantizer = try quantizer(graph)
        let grey = FloatTensor(shape: graph.shape(graph.input), repeating: 80)
        guard case .constantCalibration(80) = failure({ try quantizer.calibrate(with: [grey, grey]) }) else {
            Issue.record("accepted")
            return
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func weightsMustBeFinite(_ weight: Float) throws {
        var graph = try small()
        graph.values[graph.nodes[1].inputs[1]].constant!.values[0] = weight
        guard case .notFinite(_, nil) = failure({ _ = try quantizer(graph) }) else {
            Issue.record("accepted")
            return
        }
    }

    @Test func infinityIsReportedWithItsValue() throws {
        var graph = try small()
        let dense = graph.nodes[1]
        // the weights are finite, their sums are not
        for i in 0..<3 { graph.values[dense.inputs[1]].constant!.values[i] = 1e30 }
        var quantizer = try quantizer(graph)
        guard case .notFinite(let value, _) = failure({ try quantizer.calibrate(with: pictures(for: graph, 2)) }) else {
            Issue.record("accepted")
            return
        }
        #expect(value == graph.values[dense.output].name)
    }

    @Test func errorsOfTheInputsAreHandedOn() throws {
        struct Unreadable: Error {}
        var quantizer = try quantizer(try small())
        #expect(throws: Unreadable.self) { try quantizer.calibrate(3) { _ in throw Unreadable() } }
        let wrong = FloatTensor(shape: [1, 2, 2, 3], repeating: 0)
        guard case .graph = failure({ try quantizer.calibrate(with: [wrong]) }) else {
            Issue.record("accepted")
            return
        }
    }

    @Test func unsupportedNodesAreListedTogether() throws {
        var sketch = Sketch()
        let x = try sketch.convolution(sketch.graph.input, 4)
        let zero = sketch.graph.addConstant("zero", FloatTensor(shape: [1, 9, 1, 4], repeating: 0))
        let quotient = try sketch.node(.arithmetic(.divide), [x, zero])
        let window = ConvolutionWindow(dilationY: 2, dilationX: 2)
        let pool = try sketch.node(.pool(.maximum, kernelY: 2, kernelX: 2, window), [quotient])
        let graph = try sketch.finished(try sketch.node(.reduce(.product, axes: [3], keep: true), [pool]))
        guard case .unsupported(let nodes) = failure({ _ = try quantizer(graph) }) else {
            Issue.record("accepted")
            return
        }
        #expect(nodes.map(\.node) == graph.nodes[1...].map(\.name))
        #expect(nodes[0].reason.contains("a constant that contains 0"))
    }

    @Test func outputsMustDependOnTheInputAndBelongToTheClip() throws {
        var sketch = Sketch([3, 4, 4, 3])
        let pooled = try sketch.pooled(sketch.graph.input)
        let constant = try sketch.node(.unary(.tanh), [sketch.constant([1, 2])])
        let mean = try sketch.node(.reduce(.mean, axes: [0], keep: true), [pooled])
        let graph = try sketch.finished(try sketch.dense(mean, 2), pooled, constant, sketch.graph.input)
        guard case .unsupported(let nodes) = failure({ _ = try quantizer(graph) }) else {
            Issue.record("accepted")
            return
        }
        #expect(nodes.map(\.node) == [pooled, constant, graph.input].map { graph.values[$0].name })
    }

    @Test func recipesMustFit() throws {
        let graph = try small()
        let name = graph.values[graph.outputs[0]].name
        let good = Recipe(describing: graph)
        #expect(good.tasks == [.init(name: name, kind: .classification, output: name, labels: ["0", "1", "2"])])
        var recipes: [Recipe] = []
        for change: (inout Recipe) -> Void in [
            { $0.width = 7 }, { $0.clip = .init(frames: 4, stride: 1) },
            { $0.tasks[0].output = "nothing" }, { $0.tasks[0].labels = ["a"] }, { $0.tasks[0].kind = .regression },
        ] {
            recipes.append(good)
            change(&recipes[recipes.count - 1])
        }
        for recipe in recipes {
            guard case .recipe = failure({ _ = try Quantizer(graph, recipe: recipe) }) else {
                Issue.record("accepted \(recipe)")
                continue
            }
        }
    }

    /// Layers that are always zero, channels without weights: quantized with a safe scale, and reported.
    @Test func deadChannelsAndValuesAreNoErrors() throws {
        var sketch = Sketch()
        let weights = sketch.graph.addConstant("weights", FloatTensor(shape: [4, 1, 1, 3]))
        let bias = sketch.graph.addConstant("bias", FloatTensor(shape: [4], values: [0, 0, -3, 0]))
        let map = try sketch.node(.convolution(ConvolutionWindow()), [sketch.graph.input, weights, bias])
        let dead = try sketch.node(.unary(.relu), [map])
        let logits = try sketch.dense(try sketch.pooled(dead), 3)
        let graph = try sketch.finished(try sketch.node(.softmax, [logits]))
        var quantizer = try quantizer(graph)
        try quantizer.calibrate(with: pictures(for: graph, 2))
        let model = try quantizer.quantize()
        #expect(model.report.warnings.contains { $0.contains(graph.values[dead].name) })
        let integer = try IntegerExecutor(try .init(bytes: model.bytes, name: "dead")).run(pictures(for: graph, 1)[0])
        let float = try FloatExecutor(graph, threads: 1).run(pictures(for: graph, 1)[0])
        for (x, y) in zip(integer[0].values, float[0].values) { #expect(abs(x - y) < 1e-3) }
    }
}
