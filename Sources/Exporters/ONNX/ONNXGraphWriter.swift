import Foundation
import ONNXFormat

/// Puts an ONNX graph together, node by node.
struct ONNXGraphWriter {
    /// The element types of the format that are written, by its numbers.
    enum ElementType: Int32 {
        case float = 1, uint8, int8, uint16, int16, int32, int64
    }

    enum Attribute {
        case int(Int)
        case ints([Int])
        case float(Double)
        case string(String)
    }

    private(set) var graph = Onnx_GraphProto()
    private var names: Set<String> = []
    private var counts: [String: Int] = [:]

    init(name: String) { graph.name = name }

    /// `name`, or with a number behind it where that is taken.
    mutating func unique(_ name: String) -> String {
        var candidate = name
        while !names.insert(candidate).inserted {
            counts[name, default: 1] += 1
            candidate = "\(name)_\(counts[name]!)"
        }
        return candidate
    }

    /// Adds a node and returns its output's name, which is the node's too.
    mutating func add(
        _ op: String, _ inputs: [String], name: String, _ attributes: [String: Attribute] = [:]
    ) -> String {
        var node = Onnx_NodeProto()
        node.opType = op
        node.input = inputs
        node.name = unique(name)
        node.output = [node.name]
        for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
            var attribute = Onnx_AttributeProto()
            attribute.name = key
            switch value {
            case .float(let value): (attribute.type, attribute.f) = (1, Float(value))
            case .int(let value): (attribute.type, attribute.i) = (2, Int64(value))
            case .string(let value): (attribute.type, attribute.s) = (3, Data(value.utf8))
            case .ints(let values): (attribute.type, attribute.ints) = (7, values.map(Int64.init))
            }
            node.attribute.append(attribute)
        }
        graph.node.append(node)
        return node.name
    }

    /// Adds a constant of little-endian elements and returns its name.
    mutating func constant<T>(_ type: ElementType, _ shape: [Int], _ values: [T], name: String) -> String {
        var tensor = Onnx_TensorProto()
        tensor.name = unique(name)
        tensor.dims = shape.map(Int64.init)
        tensor.dataType = type.rawValue
        tensor.rawData = values.withUnsafeBytes { Data($0) }
        graph.initializer.append(tensor)
        return tensor.name
    }

    mutating func floats(_ values: [Double], shape: [Int]? = nil, name: String) -> String {
        constant(.float, shape ?? [values.count], values.map { Float($0) }, name: name)
    }

    mutating func integers(_ values: [Int], name: String) -> String {
        constant(.int64, [values.count], values.map(Int64.init), name: name)
    }

    /// Declares an input or output; an extent of 0 is left open.
    private func declaration(_ name: String, _ type: ElementType, _ shape: [Int]) -> Onnx_ValueInfoProto {
        var value = Onnx_ValueInfoProto()
        value.name = name
        value.type.tensorType.elemType = type.rawValue
        value.type.tensorType.shape.dim = shape.map { extent in
            var dim = Onnx_TensorShapeProto.Dimension()
            if extent == 0 { dim.dimParam = "N" } else { dim.dimValue = Int64(extent) }
            return dim
        }
        return value
    }

    mutating func declareInput(_ name: String, _ type: ElementType, _ shape: [Int]) {
        graph.input.append(declaration(name, type, shape))
    }

    /// An output of its own that holds what another name stands for; `name` was made `unique` before.
    mutating func declareOutput(_ name: String, of value: String, _ type: ElementType, _ shape: [Int]) {
        graph.node.append(.with {
            $0.opType = "Identity"
            $0.name = unique("\(name) output")
            $0.input = [value]
            $0.output = [name]
        })
        graph.output.append(declaration(name, type, shape))
    }
}
