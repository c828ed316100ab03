import CPlatform

/// A validated model: what it computes, and the bytes of its constants, which stay in the mapped file.
///
/// The runtime relies on the validation: after it nothing that a file says leads outside of its tensors or overflows.
public final class Model {
    public let description: ModelDescription
    /// Size of the file in bytes.
    public let byteCount: Int
    private let storage: ModelStorage
    private let data: UnsafeRawBufferPointer

    /// Maps the file at `path`. Throws when it cannot be read, is damaged, or describes what no runtime can execute.
    public convenience init(path: String) throws(ModelFileError) {
        var mapping = tp_mapping()
        let result = tp_map_file(path, &mapping)
        guard result == 0 else {
            throw .unreadable(file: path, reason: String(cString: tp_error_text(result)))
        }
        try self.init(ModelStorage(mapping: mapping), name: path)
    }

    /// Copies a file that is in memory; `name` stands for it in errors.
    public convenience init(bytes: [UInt8], name: String) throws(ModelFileError) {
        try self.init(ModelStorage(copying: bytes), name: name)
    }

    private init(_ storage: ModelStorage, name: String) throws(ModelFileError) {
        let reader = try Reader(file: storage.bytes, name: name)
        let description = try reader.description()
        try Validator(description, data: reader[.data], file: name).validate()
        self.storage = storage
        self.description = description
        byteCount = storage.bytes.count
        data = reader[.data]
    }

    /// Stands for the model's constants: the CRC-32 of their bytes in the upper half, their number in the lower. What a
    /// model has computed is worth nothing to one of another fingerprint.
    public var fingerprint: UInt64 { UInt64(CRC32.checksum(data)) << 32 | UInt64(UInt32(truncatingIfNeeded: data.count)) }

    /// The bytes of a constant, 64-byte aligned, valid as long as the model; empty for an activation.
    public func constant(_ tensor: Int) -> UnsafeRawBufferPointer {
        guard case .constant(let offset, let byteCount) = description.tensors[tensor].storage else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(rebasing: data[offset..<offset + byteCount])
    }
}

/// Owns the bytes of a model file, mapped or copied.
final class ModelStorage {
    let bytes: UnsafeRawBufferPointer
    private var mapping: tp_mapping?

    init(mapping: tp_mapping) {
        self.mapping = mapping
        bytes = UnsafeRawBufferPointer(start: mapping.base, count: mapping.size)
    }

    init(copying source: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: Layout.alignment)
        copy.copyBytes(from: source)
        bytes = UnsafeRawBufferPointer(copy)
    }

    deinit {
        if mapping != nil {
            tp_unmap(&mapping!)
        } else {
            bytes.deallocate()
        }
    }
}
