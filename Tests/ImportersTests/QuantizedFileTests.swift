import FloatGraph
import Foundation
@testable import Importers
import ONNXFormat
import Testing

/// ONNX files in QDQ form: the numbers become floats again, and what the integers did to them stays.
struct QuantizedFileTests {
    /// Pictures → Conv by the number `weight` → QuantizeLinear, DequantizeLinear with scale ½.
    private func network(weight: Float, zero: Int8, type: Int32 = 3) -> ModelBuilder {
        var b = ModelBuilder(input: [1, 3, 1, 2])
        b.constant("w", FloatTensor(shape: [1, 3, 1, 1], values: [weight, 0, 0]))
        b.constant("scale", FloatTensor(shape: [], values: [0.5]))
        b.integer("zero", zero, type: type)
        b.node("Conv", ["image", "w"], ["c"])
        b.node("QuantizeLinear", ["c", "scale", "zero"], ["q"])
        b.node("DequantizeLinear", ["q", "scale", "zero"], ["y"])
        return b
    }

    private let picture = FloatTensor(shape: [1, 1, 2, 3], values: [10, 0, 0, 200, 0, 0])

    /// Quantizers leave a ReLU out where the zero point does its work.
    @Test func theIntegersEndRectifies() throws {
        let b = network(weight: -1, zero: -128)
        #expect(try b.run(picture).values == [0, 0])
        let graph = try b.imported()
        #expect(graph.values[graph.outputs[0]].quantization == ValueQuantization(scales: [0.5], zeroPoints: [-128]))
    }

    @Test func integersSaturate() throws {
        #expect(try network(weight: 1, zero: -128).run(picture).values == [10, 127.5])
        #expect(try network(weight: 1, zero: 0).run(picture).values == [10, 63.5])
        #expect(try network(weight: 1, zero: 0, type: 2).run(picture).values == [10, 127.5])
        #expect(try network(weight: -100, zero: 0, type: 5).run(picture).values == [-1000, -16_384])
    }

    /// What only moves or bounds numbers needs no bound of its own.
    @Test func movedNumbersAreNotBoundedAgain() throws {
        var b = network(weight: 1, zero: 0)
        b.node("Flatten", ["y"], ["f"])
        b.node("QuantizeLinear", ["f", "scale", "zero"], ["g"])
        b.node("DequantizeLinear", ["g", "scale", "zero"], ["h"])
        let kinds = try b.imported().nodes.map(\.kind.label)
        #expect(kinds.filter { $0.hasPrefix("clip") }.count == 1)
    }

    /// An input of integers is not the picture's numbers but their places on a grid.
    @Test func anIntegerInputIsOnAGrid() throws {
        var b = ModelBuilder(input: [1, 3, 1, 2])
        b.model.graph.input[0].type.tensorType.elemType = 2
        b.constant("scale", FloatTensor(shape: [], values: [0.25]))
        b.integer("zero", 100, type: 2)
        b.node("DequantizeLinear", ["image", "scale", "zero"], ["x"])
        b.node("Relu", ["x"], ["y"])
        #expect(try b.run(picture).values == [0, 0, 0, 25, 0, 0])
    }
}

extension ModelBuilder {
    /// A single int8 (3), uint8 (2) or int16 (5).
    fileprivate mutating func integer(_ name: String, _ value: Int8, type: Int32) {
        var proto = Onnx_TensorProto()
        proto.name = name
        proto.dataType = type
        proto.int32Data = [Int32(value)]
        model.graph.initializer.append(proto)
    }
}
