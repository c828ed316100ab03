import FloatGraph
import ModelFile
import Testing

@testable import Quantizer

/// Operators without weights: each adds one rounding to what its inputs bring.
struct OperatorLoweringTests {
    static let half = 0.51

    /// Two int8 maps to work with: x in about ±2, y in 0…3.
    private func maps(_ sketch: inout Sketch) throws -> (x: ValueID, y: ValueID) {
        let input = try sketch.normalized()
        let x = try sketch.convolution(input, 4)
        let y = try sketch.node(.unary(.clip(0, 3)), [try sketch.convolution(input, 4, kernel: 1)])
        return (x, y)
    }

    /// `value` with a reader behind it, so that it is int8.
    private func finish(_ sketch: inout Sketch, _ value: ValueID) throws -> Graph {
        try sketch.finished(try sketch.convolution(value, 2, kernel: 1))
    }

    @Test(arguments: [ArithmeticFunction.add, .subtract])
    func sums(_ function: ArithmeticFunction) throws {
        var sketch = Sketch()
        let (x, y) = try maps(&sketch)
        let sum = try sketch.node(.arithmetic(function), [x, y])
        let graph = try finish(&sketch, sum)
        for isWide in [false, true] {
            var options = QuantizerOptions.narrow
            options.keepsResidualsWide = isWide
            let inputs = pictures(for: graph, 4)
            let lowered = try Lowered(graph, inputs, options)
            #expect(try lowered.tensor(x).type == (isWide ? .int16 : .int8))
            let found = try lowered.deviations(inputs, x, y, sum)
            #expect(found[2].error <= found[0].error + found[1].error + Self.half * (try lowered.tensor(sum).scale))
        }
    }

    @Test func products() throws {
        var sketch = Sketch()
        let (x, y) = try maps(&sketch)
        let same = try sketch.node(.arithmetic(.multiply), [x, y])
        let pooled = try sketch.node(.reduce(.mean, axes: [1, 2], keep: true), [x])
        let channels = try sketch.node(.unary(.sigmoid), [pooled])
        let perChannel = try sketch.node(.arithmetic(.multiply), [channels, same])
        let positions = try sketch.node(.unary(.sigmoid), [try sketch.node(.reduce(.mean, axes: [3], keep: true), [y])])
        let perPosition = try sketch.node(.arithmetic(.multiply), [perChannel, positions])
        let graph = try finish(&sketch, perPosition)
        let inputs = pictures(for: graph, 4)
        let lowered = try Lowered(graph, inputs)
        for (a, b, product) in [(x, y, same), (same, channels, perChannel), (perChannel, positions, perPosition)] {
            let found = try lowered.deviations(inputs, a, b, product)
            let (ea, eb) = (found[0].error, found[1].error)
            let bound = found[0].magnitude * eb + found[1].magnitude * ea + ea * eb
            #expect(found[2].error <= bound + Self.half * (try lowered.tensor(product).scale))
        }
    }

    @Test func int16Products() throws {
        var sketch = Sketch()
        let vector = try sketch.dense(try sketch.pooled(try sketch.normalized()), 6)
        let gate = try sketch.node(.unary(.sigmoid), [vector]), candidate = try sketch.node(.unary(.tanh), [vector])
        let product = try sketch.node(.arithmetic(.multiply), [gate, candidate])
        let graph = try sketch.finished(try sketch.node(.unary(.tanh), [product]))
        var options = QuantizerOptions.narrow
        options.wideValues = [graph.values[gate].name, graph.values[candidate].name]
        let inputs = pictures(for: graph, 4)
        let lowered = try Lowered(graph, inputs, options)
        #expect(try lowered.tensor(gate).scale == 0x1p-15)
        let found = try lowered.deviations(inputs, gate, candidate, product)
        #expect(
            found[2].error <= found[0].error + found[1].error + Self.half * (try lowered.tensor(product).scale))
    }

    @Test func reductionsAndConcatenation() throws {
        var sketch = Sketch()
        let (x, y) = try maps(&sketch)
        let mean = try sketch.node(.reduce(.mean, axes: [3], keep: true), [x])
        let peak = try sketch.node(.reduce(.maximum, axes: [3], keep: true), [y])
        let both = try sketch.node(.concatenate(axis: 3), [mean, peak, x])
        let graph = try finish(&sketch, both)
        let inputs = pictures(for: graph, 4)
        let lowered = try Lowered(graph, inputs)
        let found = try lowered.deviations(inputs, x, y, mean, peak, both)
        #expect(found[2].error <= found[0].error + Self.half * (try lowered.tensor(mean).scale))
        #expect(found[3].error <= found[1].error)
        let widest = found[0...3].map(\.error).max()!
        #expect(found[4].error <= widest + Self.half * (try lowered.tensor(both).scale))
        #expect(try lowered.tensor(peak).scale == lowered.tensor(y).scale)
    }

    /// Tables read int16: what is left is the slope times the input's error, the output's rounding, the interpolation.
    @Test(arguments: [
        (UnaryFunction.swish, 1.1, 0.5), (.sigmoid, 0.25, 0.1), (.tanh, 1, 0.8), (.hardSwish, 1.5, 0.34),
        (.leakyRelu(0.2), 1, 0), (.hardSigmoid(alpha: 0.2, beta: 0.5), 0.2, 0), (.exp, 8, 8),
    ])
    func tables(_ function: UnaryFunction, slope: Double, curvature: Double) throws {
        var sketch = Sketch()
        let x = try sketch.convolution(try sketch.normalized(), 4)
        let y = try sketch.node(.unary(function), [x])
        let graph = try finish(&sketch, y)
        let inputs = pictures(for: graph, 4)
        let lowered = try Lowered(graph, inputs)
        let (input, output) = (try lowered.tensor(x), try lowered.tensor(y))
        #expect(input.type == .int16 && output.type == .int8)
        let found = try lowered.deviations(inputs, x, y)
        let step = 128 * input.scale
        // kinks lie between knots: their change of slope over half a step
        let kinks = curvature < 0.5 ? step / 4 : 0
        #expect(
            found[1].error <= slope * found[0].error + 0.52 * output.scale + curvature * step * step / 8 + kinks)
    }

    @Test func prelu() throws {
        var sketch = Sketch()
        let x = try sketch.convolution(try sketch.normalized(), 5)
        let slope = sketch.graph.addConstant("slope", FloatTensor(shape: [5], values: [0.25, -0.5, 0, 1.5, 1e-12]))
        let y = try sketch.node(.prelu, [x, slope])
        let graph = try finish(&sketch, y)
        let inputs = pictures(for: graph, 4)
        let lowered = try Lowered(graph, inputs)
        #expect(try lowered.tensor(x).type == .int16 && lowered.tensor(y).type == .int8)
        let found = try lowered.deviations(inputs, x, y)
        #expect(found[1].error <= 1.5 * found[0].error + Self.half * (try lowered.tensor(y).scale))
    }

    /// |Δp| ≤ ½·max|Δx|, and half a unit of 2⁻¹⁶ twice: the exponentials' and the quotient's.
    @Test func softmax() throws {
        var sketch = Sketch()
        let logits = try sketch.dense(try sketch.pooled(try sketch.normalized()), 9)
        let graph = try sketch.finished(try sketch.node(.softmax, [logits]))
        let inputs = pictures(for: graph, 6)
        let lowered = try Lowered(graph, inputs)
        #expect(try lowered.tensor(logits).type == .int16 && lowered.tensor(graph.outputs[0]).type == .uint16)
        let found = try lowered.deviations(inputs, logits, graph.outputs[0])
        #expect(found[1].error <= 0.5 * found[0].error + 0x1p-16 + 1e-6)
    }

    @Test func reshapes() throws {
        var sketch = Sketch()
        let deep = try sketch.convolution(try sketch.normalized(), 3)
        let map = try sketch.node(.reduce(.mean, axes: [1, 2], keep: true), [deep])
        let vector = try sketch.node(.reshape, [map], shape: [1, 3])
        let graph = try sketch.finished(try sketch.dense(vector, 2))
        let inputs = pictures(for: graph, 2)
        let lowered = try Lowered(graph, inputs)
        let found = try lowered.deviations(inputs, map, vector)
        #expect(found[0].error == found[1].error && lowered.operations.contains("reshape"))
    }
}
