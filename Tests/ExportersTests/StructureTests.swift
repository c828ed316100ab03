import Exporters
import Foundation
import ModelFile
import ModelSamples
import ONNXFormat
import TFLiteFormat
import Testing

/// What the files hold, read by the formats' own tables.
struct StructureTests {
    static func graph(_ model: Model) throws -> Onnx_GraphProto {
        let proto = try Onnx_ModelProto(serializedBytes: Data(try exportONNX(model, file: "test.tide").bytes))
        #expect(proto.irVersion == 10)
        #expect(proto.opsetImport.map(\.version) == [21])
        return proto.graph
    }

    /// A name is computed before it is read, and once.
    @Test(arguments: ["clip", "face", "swish"]) func nodesAreInOrder(_ name: String) throws {
        let graph = try Self.graph(try Fixture.quantized(name).model)
        var known = Set(graph.input.map(\.name) + graph.initializer.map(\.name))
        #expect(known.count == graph.input.count + graph.initializer.count)
        for node in graph.node {
            for input in node.input where !input.isEmpty { #expect(known.contains(input), "\(node.name) reads \(input)") }
            for output in node.output { #expect(known.insert(output).inserted, "\(output) is computed twice") }
        }
        for output in graph.output { #expect(known.contains(output.name)) }
    }

    /// Between every two layers stands a pair of QuantizeLinear and DequantizeLinear on one grid; weights are int8.
    @Test(arguments: ["face", "swish"]) func layersReadIntegers(_ name: String) throws {
        let graph = try Self.graph(try Fixture.quantized(name).model)
        let types = Dictionary(uniqueKeysWithValues: graph.initializer.map { ($0.name, $0.dataType) })
        let makers = Dictionary(graph.node.map { ($0.output[0], $0) }) { $1 }
        let layers = graph.node.filter { ["Conv", "Gemm"].contains($0.opType) }
        #expect(layers.count > 5)
        for layer in layers {
            let weights = try #require(makers[layer.input[1]]), bias = try #require(makers[layer.input[2]])
            #expect(weights.opType == "DequantizeLinear" && types[weights.input[0]] == 3)
            #expect(bias.opType == "DequantizeLinear" && types[bias.input[0]] == 6)
        }
        for node in graph.node where node.opType == "DequantizeLinear" {
            guard let maker = makers[node.input[0]], maker.opType == "QuantizeLinear" else { continue }
            // An operand that is scaled as it is read has a scale of its own, on the same zero.
            #expect(types[node.input[2]] == types[maker.input[2]])
        }
    }

    @Test func inputAndOutputsAreDescribed() throws {
        let clip = try Self.graph(try Fixture.quantized("clip").model)
        #expect(clip.input[0].type.tensorType.shape.dim.map(\.dimValue) == [5, 20, 20, 3])
        #expect(clip.input[0].type.tensorType.elemType == 2)
        #expect(clip.output.map(\.name) == ["action", "identity"])
        let face = try Self.graph(try Fixture.quantized("face").model)
        #expect(face.input[0].type.tensorType.shape.dim[0].dimParam == "N")
        #expect(face.output.map(\.type.tensorType.elemType) == [1, 1, 1])
    }

    /// Under our names, also where an operator's result is already called so.
    @Test(arguments: ["clip", "face", "swish"]) func outputsKeepTheirNames(_ name: String) throws {
        let model = try Fixture.quantized(name).model, description = model.description
        let names = description.deciding.outputs.map { description.tensors[$0].name }
        #expect(try Self.graph(model).output.map(\.name) == names)
    }

    /// int8 in, floats out, int8 weights with a scale for each channel, and operators of the format only.
    @Test(arguments: ["clip", "face", "swish"]) func tfliteHoldsIntegers(_ name: String) throws {
        let model = try Fixture.quantized(name).model
        let bytes = try exportTFLite(model, file: "test.tide").bytes
        #expect(Array(bytes[4..<8]) == Array(Schema.identifier.utf8))
        let graph = try Format.tflite.reread(model)
        let weights = graph.nodes.filter { ["convolution", "depthwise"].contains($0.kind.label) }.map { $0.inputs[1] }
        #expect(!weights.isEmpty)
        for id in weights {
            let grid = try #require(graph.values[id].quantization)
            #expect(grid.bits == 8 && grid.zeroPoints.allSatisfy { $0 == 0 })
            // Every weight is a whole number of its scale.
            let values = try #require(graph.constant(id)).values
            #expect(values.contains { $0 != 0 })
            guard grid.scales.count == 1 else { continue }
            for value in values {
                let steps = value / grid.scales[0]
                #expect(abs(steps - steps.rounded()) < 1e-3 && abs(steps) < 127.5)
            }
        }
    }

    /// A rectifier that is only the lower end of the integers is written out: floats know no such end.
    @Test func rectifiersAreWritten() throws {
        let graph = try Self.graph(try Fixture.quantized("face").model)
        let lowest = Set(graph.initializer.filter { $0.dataType == 2 && $0.rawData == Data([0]) }.map(\.name))
        let makers = Dictionary(graph.node.map { ($0.output[0], $0) }) { $1 }
        let rectified = graph.node.filter { $0.opType == "QuantizeLinear" && lowest.contains($0.input[2]) }
        for node in rectified {
            let maker = try #require(makers[node.input[0]])
            #expect(!["Conv", "Gemm", "Add", "Sub", "Mul"].contains(maker.opType), "\(node.name)")
        }
        #expect(graph.node.contains { $0.opType == "Clip" })
    }
}
