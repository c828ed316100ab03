import FloatGraph
import ModelFile
import Testing

@testable import Quantizer

/// Every pass by itself: off, on, and what it brings.
struct PassGainTests {
    @Test func onePassLessIsOneOptionLess() {
        var options = QuantizerOptions()
        options.equalizesChannels = true
        options.rounding = .adaptive
        for pass in Pass.allCases {
            #expect(options.uses(pass))
            let rest = options.without(pass)
            #expect(!rest.uses(pass))
            for other in Pass.allCases where other != pass { #expect(rest.uses(other)) }
        }
        #expect(!QuantizerOptions().uses(.equalize) && QuantizerOptions().uses(.residuals))
    }

    @Test func gainsAreThoseOfTheNetworks() throws {
        let fixture = try FixtureTests.Fixture("swish")
        var options = QuantizerOptions()
        options.equalizesChannels = true
        options.rounding = .nearest
        var quantizer = try Quantizer(fixture.graph, recipe: Recipe(describing: fixture.graph), options: options)
        try quantizer.calibrate(with: fixture.inputs)
        let inputs = fixture.inputs
        var last = 0
        let gains = try quantizer.gains(inputs.count, compared: inputs) { done, _ in last = done } input: { inputs[$0] }
        #expect(gains.map(\.pass) == [.fold, .equalize, .clip, .ranges, .bias, .residuals, .wide] && last == 8)
        #expect(gains.allSatisfy { $0.outputs.count == fixture.graph.outputs.count })
        // the network without the pass, made from the beginning
        func ratio(_ options: QuantizerOptions) throws -> Double {
            var other = try Quantizer(fixture.graph, recipe: Recipe(describing: fixture.graph), options: options)
            try other.calibrate(with: inputs)
            let model = try Model(bytes: other.quantize().bytes, name: "x")
            return try Quantizer.compare(fixture.graph, model, inputs.count) { inputs[$0] }.outputs[0].sqnr
        }
        let whole = try ratio(options)
        for gain in gains { #expect(abs(gain.outputs[0] - (whole - (try ratio(options.without(gain.pass))))) < 1e-9) }
    }

    /// Rows and columns meet in the middle; the function stays.
    @Test func equalizationMeetsInTheMiddle() throws {
        var sketch = Sketch()
        let first = try sketch.convolution(try sketch.normalized(), 6)
        let deep = try sketch.depthwise(try sketch.node(.unary(.relu), [first]))
        let second = try sketch.convolution(deep, 4, kernel: 1)
        let graph = try sketch.finished(second)
        var options = QuantizerOptions()
        options.equalizesChannels = true
        var prepared = graph
        let records = try PassPipeline.run(on: &prepared, options)
        #expect(records.last == PassRecord(name: EqualizeChannels.name, changes: 2))
        let last = prepared.constant(prepared.nodes.last!.inputs[1])!, channels = 6
        let depthwise = prepared.constant(prepared.nodes[prepared.nodes.count - 2].inputs[1])!
        for channel in 0..<channels {
            func largest(_ tensor: FloatTensor) -> Float {
                tensor.values.indices.filter { $0 % channels == channel }.map { abs(tensor.values[$0]) }.max()!
            }
            #expect(abs(largest(depthwise) / largest(last) - 1) < 1e-4)
        }
        let before = try FloatExecutor(graph, threads: 1), after = try FloatExecutor(prepared, threads: 1)
        for picture in pictures(for: graph, 3) {
            for (x, y) in zip(try before.run(picture)[0].values, try after.run(picture)[0].values) {
                #expect(abs(x - y) < 1e-4 * max(1, abs(x)))
            }
        }
    }

    /// Nothing is scaled across a clip or a swish, nor where two read.
    @Test func equalizationKeepsOutOfTheRest() throws {
        for function in [UnaryFunction.swish, .clip(0, 6), .relu] {
            var sketch = Sketch()
            let first = try sketch.node(.unary(function), [try sketch.convolution(try sketch.normalized(), 6)])
            let a = try sketch.convolution(first, 4, kernel: 1)
            let graph = function == .relu
                ? try sketch.finished(a, try sketch.convolution(first, 3, kernel: 1)) : try sketch.finished(a)
            var prepared = graph
            #expect(EqualizeChannels.run(on: &prepared) == 0)
        }
    }
}
