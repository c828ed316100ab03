import FloatGraph
import Foundation
import GraphSamples
import Importers
import Testing

/// The committed .tflite networks against what TensorFlow's interpreter computes with them.
struct TFLiteFixtureTests {
    static func graph(_ name: String) throws -> Graph {
        try importModel(path: FixtureTests.folder.appendingPathComponent("tflite-\(name).tflite").path)
    }

    /// Signal to noise of all outputs on all inputs, in dB, for each output of the file.
    static func agreement(_ name: String, inputs: String) throws -> [Double] {
        let graph = try graph(name)
        let inputs = try NumPyArray(FixtureTests.folder.appendingPathComponent("tflite-\(inputs)-input.npy"))
        let executor = try FloatExecutor(graph, threads: 1)
        let results = try (0..<inputs.shape[0]).map { index in
            try executor.run(FloatTensor(shape: graph.shape(graph.input), values: inputs[index]))
        }
        return try graph.outputs.indices.map { output in
            let reference = try NumPyArray(FixtureTests.folder.appendingPathComponent("tflite-\(name)-\(output).npy"))
            var (signal, noise) = (0.0, 1e-30)
            for (index, result) in results.enumerated() {
                #expect(result[output].count == reference[index].count)
                for (value, expected) in zip(result[output].values, reference[index]) {
                    signal += Double(expected) * Double(expected)
                    noise += Double(value - expected) * Double(value - expected)
                }
            }
            return 10 * log10(signal / noise)
        }
    }

    @Test(arguments: [("small-float32", "small"), ("small-float16", "small"), ("clip-float32", "clip")])
    func floatNetworksEqualTheInterpreter(_ name: String, _ inputs: String) throws {
        for decibels in try Self.agreement(name, inputs: inputs) { #expect(decibels > 100) }
    }

    /// Their kernels round activations to 8 bits, the float graph does not: the difference is that rounding.
    @Test(arguments: ["small-int8", "small-uint8"])
    func quantizedNetworksDifferByRounding(_ name: String) throws {
        for decibels in try Self.agreement(name, inputs: "small") { #expect(decibels > 20) }
    }

    @Test func layersAreRecognised() throws {
        let graph = try Self.graph("small-float32")
        #expect(graph.shape(graph.input) == [1, 16, 16, 3])
        let kinds = graph.nodes.map(\.kind)
        #expect(kinds.filter { $0 == .unary(.swish) }.count == 2)
        // Zeros around a dilated convolution are its own padding; the grouped one is two.
        #expect(!kinds.contains { if case .pad = $0 { true } else { false } })
        #expect(kinds.contains { if case .convolution(let window) = $0 { window.isDilated && window.isPadded } else { false } })
        #expect(kinds.filter { $0.label == "convolution" }.count == 9)
    }

    @Test func clipIsASequence() throws {
        let graph = try Self.graph("clip-float32")
        #expect(graph.shape(graph.input) == [4, 16, 16, 3])
        let kinds = graph.nodes.map(\.kind.label)
        #expect(kinds.filter { $0 == "lstm" }.count == 1)
        // The batch of 1 in front of the frames is nowhere.
        #expect(graph.nodes.allSatisfy { [2, 4].contains(graph.shape($0.output).count) })
    }

    @Test(arguments: ["small-int8", "small-uint8"])
    func quantizationIsKept(_ name: String) throws {
        let graph = try Self.graph(name)
        // Pixels 0…255 are the integers of the input.
        #expect(graph.values[graph.input].quantization?.zeroPoints == [-128])
        for node in graph.nodes {
            switch node.kind {
            case .convolution, .depthwise:
                let weights = graph.values[node.inputs[1]]
                guard let grid = weights.quantization else {
                    #expect(node.name.contains("channels"))  // copies for a depth multiplier
                    continue
                }
                #expect(grid.axis == nil || grid.scales.count == weights.shape[grid.axis!])
                let inner = grid.axis.map { weights.shape[($0 + 1)...].reduce(1, *) } ?? weights.constant!.count
                for (index, value) in weights.constant!.values.enumerated() {
                    let steps = value / grid.scales[index / inner % grid.scales.count]
                    #expect(abs(steps - steps.rounded()) < 1e-3 && abs(steps) <= 127.01)
                }
            default: break
            }
        }
        let quantized = graph.nodes.filter { graph.values[$0.output].quantization != nil }
        #expect(quantized.count > graph.nodes.count * 2 / 3)
    }
}
