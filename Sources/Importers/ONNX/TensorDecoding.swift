import FloatGraph
import Foundation
import ONNXFormat

/// The element types of ONNX that mean something here, by the format's numbers.
enum ONNXElementType: Int32 {
    case float = 1, uint8, int8, uint16, int16, int32, int64
    case bool = 9, float16, double
    case bfloat16 = 16

    var byteCount: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .float16, .bfloat16, .uint16, .int16: 2
        case .float, .int32: 4
        case .int64, .double: 8
        }
    }
}

extension ConstantTensor {
    /// Decodes a tensor; nothing is allocated before the sizes agree.
    ///
    /// - Parameter folder: where files of external data are.
    init(_ proto: Onnx_TensorProto, folder: URL) throws(ImportFailure) {
        let name = proto.name.isEmpty ? "a constant" : "constant \(proto.name)"
        guard let type = ONNXElementType(rawValue: proto.dataType) else {
            throw .invalid(
                "\(name) has element type \(proto.dataType); supported: float, double, float16, bfloat16, integers")
        }
        let shape = proto.dims.map(Int.init)
        let count = try constantCount(shape)
        let raw = proto.dataLocation == 1 ? try externalData(proto, name, folder) : proto.rawData
        let elements: Elements
        if raw.isEmpty {
            elements = ConstantTensor.typed(proto, type)
        } else {
            guard raw.count == count * type.byteCount else {
                throw .invalid("\(name) has shape \(shape), \(count * type.byteCount) bytes, and holds \(raw.count)")
            }
            elements = ConstantTensor.raw(raw, type, count)
        }
        switch elements {
        case .floats(let values):
            guard values.allSatisfy(\.isFinite) else {
                throw .invalid("\(name) holds values that are not finite numbers")
            }
            self.init(values, shape: shape)
        case .integers(let values):
            self.init(values, shape: shape)
        }
        guard self.count == count else {
            throw .invalid("\(name) has shape \(shape), \(count) elements, and holds \(self.count)")
        }
    }

    private static func raw(_ data: Data, _ type: ONNXElementType, _ count: Int) -> Elements {
        data.withUnsafeBytes { bytes in
            func load<T: BitwiseCopyable, U>(_: T.Type, _ convert: (T) -> U) -> [U] {
                (0..<count).map { convert(bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)) }
            }
            return switch type {
            case .float: .floats(load(UInt32.self) { Float(bitPattern: $0) })
            case .float16: .floats(load(UInt16.self) { Float(Float16(bitPattern: $0)) })
            case .bfloat16: .floats(load(UInt16.self) { Float(bitPattern: UInt32($0) << 16) })
            case .double: .floats(load(UInt64.self) { Float(Double(bitPattern: $0)) })
            case .uint8, .bool: .integers(load(UInt8.self) { Int($0) })
            case .int8: .integers(load(Int8.self) { Int($0) })
            case .uint16: .integers(load(UInt16.self) { Int($0) })
            case .int16: .integers(load(Int16.self) { Int($0) })
            case .int32: .integers(load(Int32.self) { Int($0) })
            case .int64: .integers(load(Int64.self) { Int($0) })
            }
        }
    }

    /// From the field that belongs to the type.
    private static func typed(_ proto: Onnx_TensorProto, _ type: ONNXElementType) -> Elements {
        switch type {
        case .float: .floats(proto.floatData)
        case .float16: .floats(proto.int32Data.map { Float(Float16(bitPattern: UInt16(truncatingIfNeeded: $0))) })
        case .bfloat16: .floats(proto.int32Data.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16) })
        case .double: .floats(proto.doubleData.map { Float($0) })
        case .uint8, .bool, .int8, .uint16, .int16, .int32: .integers(proto.int32Data.map(Int.init))
        case .int64: .integers(proto.int64Data.map(Int.init))
        }
    }
}

/// Bytes that live in a file beside the model, never outside of its folder.
private func externalData(_ proto: Onnx_TensorProto, _ name: String, _ folder: URL) throws(ImportFailure) -> Data {
    let entries = Dictionary(proto.externalData.map { ($0.key, $0.value) }) { $1 }
    guard let location = entries["location"], !location.isEmpty, !location.hasPrefix("/"),
        !location.split(separator: "/").contains("..")
    else {
        throw .invalid("\(name) is stored outside of the file, at no place in its folder")
    }
    let data: Data
    do {
        data = try Data(contentsOf: folder.appendingPathComponent(location), options: .mappedIfSafe)
    } catch {
        throw .invalid("\(name) is stored in \(location), which must lie beside the model and cannot be read")
    }
    let offset = Int(entries["offset"] ?? "0") ?? -1
    let length = Int(entries["length"] ?? "\(data.count - max(0, offset))") ?? -1
    guard offset >= 0, length > 0, offset <= data.count, length <= data.count - offset else {
        throw .invalid("\(name) reaches beyond \(location), which holds \(data.count) bytes")
    }
    return data.subdata(in: data.startIndex + offset..<data.startIndex + offset + length)
}
