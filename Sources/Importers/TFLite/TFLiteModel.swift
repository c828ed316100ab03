import TFLiteFormat

/// A tensor as the file declares it.
struct TFLiteTensor {
    var name: String
    var shape: [Int]
    /// As `shape`, with −1 for extents that are open; empty without such.
    var signature: [Int] = []
    /// The element type; `nil` for one that means nothing here.
    var type: TensorType?
    /// Where the bytes of a constant lie in the file.
    var bytes: Range<Int>?
    /// The grid of quantized elements, as they are stored.
    var scales: [Float] = []
    var zeroPoints: [Int] = []
    var axis = 0
    var sparsity: FlatTable?
    /// Keeps its value between runs: the state of a recurrent layer.
    var isVariable = false
}

/// An operator of the file. It has no name of its own: its first output's stands for it.
struct TFLiteNode {
    var name: String
    /// The format's name, or a custom operator's own.
    var op: String
    /// `nil` for a custom operator, and for one that means nothing here.
    var builtin: BuiltinOperator?
    var inputs: [Int]
    var outputs: [Int]
    var options: FlatTable?
    /// A custom operator's own options, as they stand in the file.
    var customOptions: Range<Int>?

    /// The tensor of an input; `nil` where it is left out.
    func input(_ index: Int) -> Int? { index < inputs.count && inputs[index] >= 0 ? inputs[index] : nil }

    func integer(_ field: Int, default value: Int32 = 0) throws(ImportFailure) -> Int {
        try checked { () throws(FlatBufferError) in try options?.integer(field, default: value) } ?? Int(value)
    }

    /// An enumeration's number.
    func choice(_ field: Int) throws(ImportFailure) -> Int {
        try checked { () throws(FlatBufferError) in try options?.integer(field, as: Int8.self) } ?? 0
    }

    func bool(_ field: Int) throws(ImportFailure) -> Bool {
        try checked { () throws(FlatBufferError) in try options?.bool(field) } ?? false
    }

    func float(_ field: Int) throws(ImportFailure) -> Float {
        let value = try checked { () throws(FlatBufferError) in try options?.float(field) } ?? 0
        guard value.isFinite else { throw .invalid("has an option that is not a finite number") }
        return value
    }

    func integers(_ field: Int) throws(ImportFailure) -> [Int]? {
        try checked { () throws(FlatBufferError) in try options?.integers(field) } ?? nil
    }

    private func checked<T>(_ read: () throws(FlatBufferError) -> T?) throws(ImportFailure) -> T? {
        do {
            return try read()
        } catch {
            throw .invalid(error.description)
        }
    }
}

/// The first subgraph of a `.tflite` file, its tables read and its indices checked.
struct TFLiteModel {
    let bytes: [UInt8]
    var tensors: [TFLiteTensor] = []
    var nodes: [TFLiteNode] = []
    var inputs: [Int] = []
    var outputs: [Int] = []

    private static let limit = 1 << 16

    init(_ bytes: [UInt8]) throws(FlatBufferError) {
        self.bytes = bytes
        let root = try FlatBuffer(bytes).root(identifier: Schema.identifier)
        guard try root.integer(Schema.Model.version, as: UInt32.self) == 3 else {
            throw FlatBufferError("it is not of version 3")
        }
        guard let graph = try root.tables(Schema.Model.subgraphs).first else { throw FlatBufferError("it has no graph") }
        let buffers = try root.tables(Schema.Model.buffers)
        let codes = try root.tables(Schema.Model.operatorCodes)
        let tables = try graph.tables(Schema.Subgraph.tensors)
        let operators = try graph.tables(Schema.Subgraph.operators)
        guard max(tables.count, operators.count) <= Self.limit else {
            throw FlatBufferError("it has more than \(Self.limit) tensors or operators")
        }
        for (index, table) in tables.enumerated() { tensors.append(try tensor(table, index, buffers)) }
        for (index, table) in operators.enumerated() { nodes.append(try node(table, index, codes)) }
        inputs = try indices(graph, Schema.Subgraph.inputs)
        outputs = try indices(graph, Schema.Subgraph.outputs)
    }

    private func tensor(
        _ table: FlatTable, _ index: Int, _ buffers: [FlatTable]
    ) throws(FlatBufferError) -> TFLiteTensor {
        var tensor = TFLiteTensor(
            name: try table.string(Schema.Tensor.name) ?? "tensor \(index)",
            shape: try table.integers(Schema.Tensor.shape) ?? [],
            type: TensorType(rawValue: try table.integer(Schema.Tensor.type, as: Int8.self)))
        let buffer = try table.integer(Schema.Tensor.buffer, as: UInt32.self)
        guard tensor.shape.count <= 8, buffer < buffers.count else {
            throw FlatBufferError("tensor \(tensor.name) has \(tensor.shape.count) axes and buffer \(buffer)")
        }
        tensor.bytes = try contents(buffers[buffer])
        if let grid = try table.table(Schema.Tensor.quantization) {
            tensor.scales = try grid.floats(Schema.Quantization.scales) ?? []
            tensor.zeroPoints = try grid.integers(Schema.Quantization.zeroPoints, as: Int64.self) ?? []
            tensor.axis = try grid.integer(Schema.Quantization.axis)
        }
        tensor.signature = try table.integers(Schema.Tensor.shapeSignature) ?? []
        tensor.sparsity = try table.table(Schema.Tensor.sparsity)
        tensor.isVariable = try table.bool(Schema.Tensor.isVariable)
        return tensor
    }

    /// The bytes of a constant: a vector, or in files beyond 2 GB a range behind the tables.
    private func contents(_ buffer: FlatTable) throws(FlatBufferError) -> Range<Int>? {
        if let data = try buffer.bytes(Schema.Buffer.data), !data.isEmpty { return data }
        let offset = try buffer.integer(Schema.Buffer.offset, as: UInt64.self)
        let size = try buffer.integer(Schema.Buffer.size, as: UInt64.self)
        guard offset > 1 else { return nil }
        guard offset <= bytes.count, size >= 0, size <= bytes.count - offset else {
            throw FlatBufferError("a constant lies beyond its \(bytes.count) bytes")
        }
        return offset..<offset + size
    }

    private func node(_ table: FlatTable, _ index: Int, _ codes: [FlatTable]) throws(FlatBufferError) -> TFLiteNode {
        let code = try table.integer(Schema.Operator.code, as: UInt32.self)
        guard code < codes.count else { throw FlatBufferError("operator \(index) has no code") }
        let number = max(
            try codes[code].integer(Schema.OperatorCode.builtin),
            try codes[code].integer(Schema.OperatorCode.deprecatedBuiltin, as: Int8.self))
        let custom = try codes[code].string(Schema.OperatorCode.custom)
        let outputs = try indices(table, Schema.Operator.outputs)
        return TFLiteNode(
            name: outputs.first.map { tensors[$0].name } ?? "operator \(index)",
            op: custom.map { "CUSTOM \($0)" } ?? BuiltinOperator.label(number),
            builtin: custom == nil ? BuiltinOperator(rawValue: number) : nil,
            inputs: try indices(table, Schema.Operator.inputs, optional: true), outputs: outputs,
            options: try table.table(Schema.Operator.options),
            customOptions: try table.bytes(Schema.Operator.customOptions))
    }

    /// Indices of tensors; −1 where an input is left out.
    private func indices(
        _ table: FlatTable, _ field: Int, optional: Bool = false
    ) throws(FlatBufferError) -> [Int] {
        let indices = try table.integers(field) ?? []
        guard indices.count <= Self.limit, indices.allSatisfy({ $0 >= (optional ? -1 : 0) && $0 < tensors.count })
        else { throw FlatBufferError("an operator names a tensor that does not exist") }
        return indices
    }
}
