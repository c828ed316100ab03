import FloatGraph
import ModelFile
import Testing

@testable import Quantizer

/// Layers of weighted sums. With weights that int8 holds exactly, all that is left is one rounding of the output.
struct WeightedLoweringTests {
    /// A little more than half a step: the float oracle's own rounding.
    static let half = 0.502

    @Test(arguments: 1...8)
    func convolutionsRoundOnce(_ seed: UInt64) throws {
        var sketch = Sketch([1, 9, 8, 3], seed: seed)
        sketch.isExact = true
        let first = try sketch.convolution(
            try sketch.normalized(), 5, kernel: seed % 2 == 0 ? 3 : 5, stride: seed % 3 == 0 ? 2 : 1)
        let second = try sketch.convolution(first, 4, kernel: 1)
        let graph = try sketch.finished(second)
        let inputs = pictures(for: graph, 4)
        let lowered = try Lowered(graph, inputs)
        let (x, y) = (try lowered.tensor(first), try lowered.tensor(second))
        #expect(x.type == .int8 && y.type == .int16)
        let found = try lowered.deviations(inputs, first, second)
        #expect(found[0].error <= Self.half * x.scale)
        // the second layer adds its own rounding to what reaches it of the first's
        let gain = rowSums(graph, of: second)
        #expect(found[1].error <= gain * found[0].error + Self.half * y.scale)
    }

    @Test(arguments: 1...4)
    func depthwiseAndDenseRoundOnce(_ seed: UInt64) throws {
        var sketch = Sketch([1, 9, 8, 3], seed: seed)
        sketch.isExact = true
        let deep = try sketch.depthwise(try sketch.normalized(), kernel: seed % 2 == 0 ? 3 : 5)
        let pooled = try sketch.pooled(deep)
        let dense = try sketch.dense(pooled, 6)
        let graph = try sketch.finished(try sketch.dense(dense, 2))
        let inputs = pictures(for: graph, 4)
        let lowered = try Lowered(graph, inputs)
        let found = try lowered.deviations(inputs, deep, pooled, dense)
        #expect(found[0].error <= Self.half * (try lowered.tensor(deep).scale))
        let last = try lowered.tensor(dense)
        #expect(found[2].error <= rowSums(graph, of: dense) * found[1].error + Self.half * last.scale)
    }

    /// Rounded weights: Σ|x|·s_w/2 more, here bounded by the weights' own scale.
    @Test(arguments: [WeightMethod.largest, .leastSquares], [true, false])
    func roundedWeightsAddAtMostHalfAStepEach(_ method: WeightMethod, _ correctsBias: Bool) throws {
        var sketch = Sketch()
        let x = try sketch.normalized()
        let output = try sketch.convolution(x, 6)
        let graph = try sketch.finished(output)
        let inputs = pictures(for: graph, 4)
        var options = QuantizerOptions.narrow
        options.weights = method
        options.correctsBias = correctsBias
        let lowered = try Lowered(graph, inputs, options)
        let weights = graph.constant(graph.nodes[2].inputs[1])!.values
        let largest = Double(weights.map(abs).max()!)
        // least squares may saturate the largest weight a little: up to 170/127 of the scale
        let step = largest / 127 * (method == .largest ? 0.5 : 127.0 / 64)
        let found = try lowered.deviations(inputs, x, output)
        let bound = 27 * found[0].magnitude * step + (try lowered.tensor(output).scale)
        #expect(found[1].error <= bound)
    }

    @Test func reluAndClipBecomeTheClamp() throws {
        for function in [UnaryFunction.relu, .clip(0, 6), .clip(-1, 2)] {
            var sketch = Sketch()
            sketch.isExact = true
            let activated = try sketch.node(.unary(function), [try sketch.convolution(try sketch.normalized(), 4)])
            let graph = try sketch.finished(try sketch.convolution(activated, 2, kernel: 1))
            let inputs = pictures(for: graph, 4)
            let lowered = try Lowered(graph, inputs)
            #expect(lowered.operations == ["convolution", "convolution"])
            let found = try lowered.deviations(inputs, activated)
            #expect(found[0].error <= Self.half * (try lowered.tensor(activated).scale))
        }
    }

    /// A batch normalization that can fold nowhere is a depthwise convolution with one tap.
    @Test func affineFunctionsAreDepthwise() throws {
        var sketch = Sketch()
        let map = try sketch.node(.unary(.relu), [try sketch.convolution(try sketch.normalized(), 5)])
        let affine = try sketch.batchNormalization(map)
        let peak = try sketch.node(.reduce(.maximum, axes: [1, 2], keep: false), [affine])
        let vector = try sketch.batchNormalization(peak)
        let graph = try sketch.finished(try sketch.depthwise(affine), try sketch.node(.unary(.tanh), [vector]))
        let inputs = pictures(for: graph, 4)
        let lowered = try Lowered(graph, inputs)
        #expect(lowered.operations.filter { $0 == "depthwise" }.count == 3)
        let gains = Affine(graph.nodes.first { $0.output == affine }!, in: graph)!.scale.map(abs)
        let found = try lowered.deviations(inputs, map, affine)
        #expect(found[1].error <= gains.max()! * found[0].error + 0.51 * (try lowered.tensor(affine).scale))
    }

    /// The input's normalization costs no operation and no rounding; one with several centres is depthwise.
    @Test func inputNormalizations() throws {
        var sketch = Sketch()
        let exact = try sketch.normalized()
        var graph = try sketch.finished(try sketch.convolution(exact, 4))
        var inputs = pictures(for: graph, 2)
        var lowered = try Lowered(graph, inputs)
        #expect(lowered.operations == ["convolution"])
        #expect(try lowered.tensor(exact).zeroPoint == -1 && lowered.tensor(exact).scale == 1 / 128)
        #expect(try lowered.deviations(inputs, exact)[0].error == 0)

        sketch = Sketch()
        let centred = try sketch.node(.arithmetic(.subtract), [sketch.graph.input, sketch.constant([3], 100...130)])
        let scaled = try sketch.node(.arithmetic(.multiply), [centred, sketch.constant([3], 0.01...0.02)])
        graph = try sketch.finished(try sketch.convolution(scaled, 4))
        inputs = pictures(for: graph, 2)
        var options = QuantizerOptions.narrow
        options.wideValues = [graph.values[scaled].name]
        lowered = try Lowered(graph, inputs, options)
        #expect(lowered.operations == ["depthwise", "convolution"])
        // the bias rounds to units of the sums, of which the output's are at least two
        #expect(try lowered.deviations(inputs, scaled)[0].error <= 0.76 * (try lowered.tensor(scaled).scale))
    }

    /// Int16 inputs with many weights of one size: the sums must stay below 2³⁰ and the weights get coarser for it.
    @Test func largeSumsRaiseTheWeightsScale() throws {
        var sketch = Sketch([1, 24, 24, 3])
        let flat = try sketch.node(.reshape, [sketch.graph.input], shape: [1, 1728])
        let wide = try sketch.node(.unary(.tanh), [try sketch.dense(flat, 125)])
        let long = try sketch.node(.concatenate(axis: 1), Array(repeating: wide, count: 16))
        let weights = sketch.graph.addConstant("even", FloatTensor(shape: [2, 2000], repeating: 0.25))
        let output = try sketch.node(.dense, [long, weights])
        let graph = try sketch.finished(output)
        var options = QuantizerOptions.narrow
        options.wideValues = [graph.values[long].name]
        let inputs = pictures(for: graph, 3)
        let lowered = try Lowered(graph, inputs, options)
        #expect(try lowered.tensor(long).type == .int16)
        let found = try lowered.deviations(inputs, long, output)
        // 2000 · q · 32768 < 2³⁰ leaves 16 steps, which hold 0.25 exactly
        #expect(found[1].error <= 500 * found[0].error + 2 * (try lowered.tensor(output).scale))
        let constant = lowered.model.description.frame.operations.last!.inputs[1]
        #expect(lowered.model.constant(constant).allSatisfy { $0 <= 16 && $0 >= 8 })
    }

    /// The expected value of a distribution: whole-number weights stay whole, and the range covers all of them.
    @Test func expectationsKeepWholeNumbers() throws {
        var sketch = Sketch()
        let logits = try sketch.dense(try sketch.pooled(try sketch.normalized()), 117)
        let distribution = try sketch.node(.softmax, [logits])
        let years = sketch.graph.addConstant(
            "years", FloatTensor(shape: [1, 117], values: (0..<117).map(Float.init)))
        let age = try sketch.node(.dense, [distribution, years])
        let graph = try sketch.finished(age)
        let inputs = pictures(for: graph, 6)
        let lowered = try Lowered(graph, inputs)
        #expect(lowered.operations.suffix(3) == ["softmax", "rescale", "dense"])
        let tensor = try lowered.tensor(age)
        #expect(tensor.scale * 32767 >= 116)
        let constant = lowered.model.description.frame.operations.last!.inputs[1]
        #expect(Array(lowered.model.constant(constant)) == (0..<117).map(UInt8.init))
        // probabilities to 2⁻¹⁶, their halving to another, times at most 116 each: the mean of many is far below
        let found = try lowered.deviations(inputs, logits, age)
        #expect(found[1].error <= 117 * 0.5 * found[0].error + 0.15)
    }

    /// The largest Σ|w| of the rows of the layer that computes `value`: how far input errors can add up.
    private func rowSums(_ graph: Graph, of value: ValueID) -> Double {
        let weights = WeightMatrix(graph.constant(graph.nodes.first { $0.output == value }!.inputs[1])!)
        return (0..<weights.channels).map { weights[$0].reduce(0) { $0 + abs($1) } }.max()!
    }
}
