import FloatGraph
import Foundation
@testable import Importers
import ONNXFormat

/// Builds small ONNX models in memory.
struct ModelBuilder {
    var model = Onnx_ModelProto()

    init(input: [Int64] = [1, 3, 4, 4], opset: Int64 = 17) {
        model.irVersion = 8
        var set = Onnx_OperatorSetIdProto()
        set.version = opset
        model.opsetImport = [set]
        model.graph.input = [ModelBuilder.valueInfo("image", input)]
    }

    static func valueInfo(_ name: String, _ shape: [Int64]) -> Onnx_ValueInfoProto {
        var info = Onnx_ValueInfoProto()
        info.name = name
        info.type.tensorType.elemType = 1
        info.type.tensorType.shape.dim = shape.map { extent in
            var dim = Onnx_TensorShapeProto.Dimension()
            dim.value = extent > 0 ? .dimValue(extent) : .dimParam("open")
            return dim
        }
        return info
    }

    static func tensor(_ name: String, _ tensor: FloatTensor) -> Onnx_TensorProto {
        var proto = Onnx_TensorProto()
        proto.name = name
        proto.dims = tensor.shape.map(Int64.init)
        proto.dataType = 1
        proto.rawData = tensor.values.withUnsafeBytes { Data($0) }
        return proto
    }

    mutating func constant(_ name: String, _ tensor: FloatTensor) {
        model.graph.initializer.append(ModelBuilder.tensor(name, tensor))
    }

    mutating func constant(_ name: String, _ values: [Int64]) {
        var proto = Onnx_TensorProto()
        proto.name = name
        proto.dims = [Int64(values.count)]
        proto.dataType = 7
        proto.int64Data = values
        model.graph.initializer.append(proto)
    }

    /// Adds a node; the last of `outputs` becomes the graph's output.
    mutating func node(_ op: String, _ inputs: [String], _ outputs: [String], _ attributes: [String: Attribute] = [:]) {
        var node = Onnx_NodeProto()
        node.opType = op
        node.name = "\(op) of \(inputs.first ?? "nothing")"
        node.input = inputs
        node.output = outputs
        node.attribute = attributes.map { name, value in
            var attribute = Onnx_AttributeProto()
            attribute.name = name
            switch value {
            case .int(let i): attribute.i = i
            case .ints(let list): attribute.ints = list
            case .float(let f): attribute.f = f
            case .string(let s): attribute.s = Data(s.utf8)
            case .tensor(let t): attribute.t = ModelBuilder.tensor("", t)
            }
            return attribute
        }
        model.graph.node.append(node)
        model.graph.output = [ModelBuilder.valueInfo(outputs.last!, [])]
    }

    enum Attribute {
        case int(Int64), ints([Int64]), float(Float), string(String), tensor(FloatTensor)
    }

    func imported(_ options: ImportOptions = ImportOptions()) throws -> Graph {
        try importONNX(model, path: "model.onnx", options: options)
    }

    /// What the imported network computes from a channel-last picture.
    func run(_ input: FloatTensor) throws -> FloatTensor {
        try FloatExecutor(imported(), threads: 1).run(input)[0]
    }

    /// The unsupported nodes' reasons, or the error's text.
    func failure(_ options: ImportOptions = ImportOptions()) -> String {
        do {
            _ = try imported(options)
            return "imported"
        } catch {
            return "\(error)"
        }
    }
}

/// Numbers that are easy to tell apart: 1, 2, 3, …
func counting(_ shape: [Int], from start: Float = 1) -> FloatTensor {
    FloatTensor(shape: shape, values: (0..<shape.reduce(1, *)).map { start + Float($0) })
}

/// The element at the channel-first position of a channel-last picture.
func channelFirst(_ x: FloatTensor) -> [Float] {
    let (h, w, c) = (x.shape[1], x.shape[2], x.shape[3])
    return (0..<c * h * w).map { i in x.values[(i % (h * w)) * c + i / (h * w)] }
}
