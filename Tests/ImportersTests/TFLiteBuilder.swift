import FloatGraph
@testable import Importers
import TFLiteFormat

/// Puts together small .tflite files, operator by operator.
struct TFLiteBuilder {
    private var tensors: [FlatValue] = []
    private var buffers: [FlatValue] = [.table([:])]
    private var operators: [FlatValue] = []
    private var codes: [FlatValue] = []
    private(set) var last = 0
    private var inputs = [0]

    init(input shape: [Int], signature: [Int] = []) { _ = tensor(shape, .float32, "input", signature: signature) }

    private mutating func tensor(
        _ shape: [Int], _ type: TensorType, _ name: String, buffer: Int = 0, signature: [Int] = [],
        quantization: FlatValue? = nil, sparsity: FlatValue? = nil
    ) -> Int {
        var fields: [Int: FlatValue] = [
            Schema.Tensor.shape: .int32s(shape.map(Int32.init)), Schema.Tensor.type: .int8(Int8(type.rawValue)),
            Schema.Tensor.buffer: .uint32(UInt32(buffer)), Schema.Tensor.name: .string(name),
        ]
        if !signature.isEmpty { fields[Schema.Tensor.shapeSignature] = .int32s(signature.map(Int32.init)) }
        fields[Schema.Tensor.quantization] = quantization
        fields[Schema.Tensor.sparsity] = sparsity
        tensors.append(.table(fields))
        return tensors.count - 1
    }

    private mutating func constant<T>(
        _ shape: [Int], _ type: TensorType, _ values: [T], quantization: FlatValue? = nil, sparsity: FlatValue? = nil
    ) -> Int {
        buffers.append(.table([Schema.Buffer.data: .bytes(values.withUnsafeBytes { Array($0) })]))
        return tensor(
            shape, type, "constant \(tensors.count)", buffer: buffers.count - 1, quantization: quantization,
            sparsity: sparsity)
    }

    /// One more input beside the pictures.
    mutating func input(_ name: String, _ shape: [Int], _ type: TensorType = .float32) -> Int {
        inputs.append(tensor(shape, type, name))
        return inputs.last!
    }

    mutating func floats(_ shape: [Int], _ values: [Float]) -> Int { constant(shape, .float32, values) }
    mutating func counting(_ shape: [Int]) -> Int {
        floats(shape, (0..<shape.reduce(1, *)).map { Float($0 % 13) / 8 - 0.5 })
    }
    mutating func integers(_ values: [Int32]) -> Int { constant([values.count], .int32, values) }
    mutating func halves(_ shape: [Int], _ values: [Float16]) -> Int { constant(shape, .float16, values) }
    mutating func bytes(_ shape: [Int], _ values: [UInt8], scale: Float, zero: Int64) -> Int {
        constant(shape, .uint8, values, quantization: .table([
            Schema.Quantization.scales: .floats([scale]), Schema.Quantization.zeroPoints: .int64s([zero]),
        ]))
    }
    mutating func sparse(_ shape: [Int], _ stored: [Float], _ layout: FlatValue) -> Int {
        constant(shape, .float32, stored, sparsity: layout)
    }

    /// Adds an operator; without inputs it reads the last one's output. Returns its (first) output.
    @discardableResult
    mutating func add(
        _ op: BuiltinOperator, _ inputs: [Int?]? = nil, _ options: [Int: FlatValue] = [:], outputs: Int = 1
    ) -> Int {
        add(code: op.rawValue, custom: nil, inputs ?? [last], options, outputs: outputs)
    }

    @discardableResult
    mutating func add(
        code: Int, custom: String?, _ inputs: [Int?], _ options: [Int: FlatValue], outputs: Int = 1,
        customOptions: [Int32] = []
    ) -> Int {
        var fields: [Int: FlatValue] = [
            Schema.OperatorCode.deprecatedBuiltin: .int8(Int8(min(code, 127))),
            Schema.OperatorCode.builtin: .int32(Int32(code)),
        ]
        if let custom { fields[Schema.OperatorCode.custom] = .string(custom) }
        codes.append(.table(fields))
        let results = (0..<outputs).map { tensor([], .float32, "node \(operators.count) \($0)") }
        operators.append(.table([
            Schema.Operator.code: .uint32(UInt32(codes.count - 1)),
            Schema.Operator.inputs: .int32s(inputs.map { Int32($0 ?? -1) }),
            Schema.Operator.outputs: .int32s(results.map(Int32.init)), Schema.Operator.options: .table(options),
            Schema.Operator.customOptions: .bytes(customOptions.withUnsafeBytes { Array($0) }),
        ]))
        last = results[0]
        return last
    }

    /// The bytes of a file whose outputs are these tensors, or the last operator's.
    func file(outputs: [Int]? = nil) -> [UInt8] {
        let graph: FlatValue = .table([
            Schema.Subgraph.tensors: .tables(tensors), Schema.Subgraph.inputs: .int32s(inputs.map(Int32.init)),
            Schema.Subgraph.outputs: .int32s((outputs ?? [last]).map(Int32.init)),
            Schema.Subgraph.operators: .tables(operators),
        ])
        return FlatBufferWriter.write(
            .table([
                Schema.Model.version: .uint32(3), Schema.Model.operatorCodes: .tables(codes),
                Schema.Model.subgraphs: .tables([graph]), Schema.Model.buffers: .tables(buffers),
            ]), identifier: Schema.identifier)
    }

    func graph(outputs: [Int]? = nil, options: ImportOptions = ImportOptions()) throws(ImportError) -> Graph {
        try importTFLite(file(outputs: outputs), path: "small.tflite", options: options)
    }

    /// What the imported graph computes of an input that counts, for its first output.
    func run(outputs: [Int]? = nil) throws -> FloatTensor {
        let graph = try graph(outputs: outputs)
        let shape = graph.shape(graph.input), count = shape.reduce(1, *)
        let input = FloatTensor(shape: shape, values: (0..<count).map { Float($0) })
        return try FloatExecutor(graph, threads: 1).run(input)[0]
    }
}
