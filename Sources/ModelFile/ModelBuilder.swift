import CPlatform

/// Collects the tensors of a model, then encodes the file. Indices are handed out in the order of the additions.
public struct ModelBuilder {
    public private(set) var tensors: [Tensor] = []
    private var data: [UInt8] = []

    public init() {}

    /// Adds what an operation computes or a program takes in, and returns its index.
    public mutating func addActivation(_ tensor: Tensor) -> Int {
        var tensor = tensor
        tensor.storage = .activation
        tensors.append(tensor)
        return tensors.count - 1
    }

    /// Adds a constant given as its little-endian bytes, and returns its index.
    public mutating func addConstant(
        name: String, type: ElementType, shape: [Int], scale: Double = 1, bytes: UnsafeRawBufferPointer
    ) -> Int {
        data.append(contentsOf: repeatElement(0, count: Layout.aligned(data.count) - data.count))
        tensors.append(
            Tensor(
                name: name, type: type, shape: shape, scale: scale,
                storage: .constant(offset: data.count, byteCount: bytes.count)))
        data.append(contentsOf: bytes)
        return tensors.count - 1
    }

    public mutating func addConstant(name: String, shape: [Int], scale: Double = 1, _ values: [Int8]) -> Int {
        values.withUnsafeBytes { addConstant(name: name, type: .int8, shape: shape, scale: scale, bytes: $0) }
    }

    public mutating func addConstant(name: String, shape: [Int], scale: Double = 1, _ values: [Int16]) -> Int {
        values.withUnsafeBytes { addConstant(name: name, type: .int16, shape: shape, scale: scale, bytes: $0) }
    }

    public mutating func addConstant(name: String, shape: [Int], scale: Double = 1, _ values: [Int32]) -> Int {
        values.withUnsafeBytes { addConstant(name: name, type: .int32, shape: shape, scale: scale, bytes: $0) }
    }

    /// The bytes of the file, read back and validated: what this returns, a runtime can execute.
    public func encode(
        name: String, frame: Program, clipProgram: Program? = nil, clip: Clip? = nil, preprocessing: Preprocessing,
        tasks: [Task], provenance: [ProvenanceEntry] = []
    ) throws(ModelFileError) -> [UInt8] {
        guard (clipProgram == nil) == (clip == nil) else {
            throw .invalid(file: name, what: "a clip program needs its clip length and stride, and the reverse")
        }
        let description = ModelDescription(
            name: name, tensors: tensors, frame: frame, clipProgram: clipProgram, clip: clip,
            preprocessing: preprocessing, tasks: tasks, provenance: provenance)
        let bytes = Encoder(description, data: data).bytes
        _ = try Model(bytes: bytes, name: name)
        return bytes
    }

    /// Replaces the file at `path` as a whole: it never holds a part of a model.
    public static func write(_ bytes: [UInt8], to path: String) throws(ModelFileError) {
        let result = bytes.withUnsafeBytes { tp_write_file_atomic(path, $0.baseAddress, $0.count) }
        guard result == 0 else { throw .unwritable(file: path, reason: String(cString: tp_error_text(result))) }
    }
}
