import TFLiteFormat

/// Puts a TFLite graph together, operator by operator.
struct TFLiteGraphWriter {
    /// The grid of a quantized tensor.
    struct Grid {
        var scales: [Double]
        var zeroPoint = 0
        /// The axis that the scales belong to, where there are several.
        var axis = 0
    }

    private var tensors: [FlatValue] = []
    private var buffers: [FlatValue] = [.table([:])]
    private var operators: [FlatValue] = []
    private var codes: [BuiltinOperator] = []

    /// Declares a tensor that an operator computes, the caller gives, or (a variable) that keeps its value.
    mutating func tensor(
        _ name: String, _ type: TensorType, _ shape: [Int], _ grid: Grid? = nil, buffer: Int = 0,
        isVariable: Bool = false
    ) -> Int {
        var fields: [Int: FlatValue] = [
            Schema.Tensor.shape: .int32s(shape.map(Int32.init)), Schema.Tensor.type: .int8(Int8(type.rawValue)),
            Schema.Tensor.buffer: .uint32(UInt32(buffer)), Schema.Tensor.name: .string(name),
        ]
        if isVariable { fields[Schema.Tensor.isVariable] = .bool(true) }
        if let grid {
            let zeros = Array(repeating: Int64(grid.zeroPoint), count: grid.scales.count)
            fields[Schema.Tensor.quantization] = .table([
                Schema.Quantization.scales: .floats(grid.scales.map { Float($0) }),
                Schema.Quantization.zeroPoints: .int64s(zeros),
                Schema.Quantization.axis: .int32(Int32(grid.axis)),
            ])
        }
        tensors.append(.table(fields))
        return tensors.count - 1
    }

    /// A constant of little-endian elements.
    mutating func constant<T>(
        _ name: String, _ type: TensorType, _ shape: [Int], _ values: [T], _ grid: Grid? = nil
    ) -> Int {
        buffers.append(.table([Schema.Buffer.data: .bytes(values.withUnsafeBytes { Array($0) })]))
        return tensor(name, type, shape, grid, buffer: buffers.count - 1)
    }

    mutating func floats(_ name: String, _ values: [Double], shape: [Int]? = nil) -> Int {
        constant(name, .float32, shape ?? [values.count], values.map { Float($0) })
    }

    mutating func integers(_ name: String, _ values: [Int]) -> Int {
        constant(name, .int32, [values.count], values.map(Int32.init))
    }

    /// Adds an operator; −1 stands for an input that is left out.
    mutating func add(
        _ op: BuiltinOperator, _ inputs: [Int], _ output: Int, _ options: [Int: FlatValue] = [:]
    ) {
        if !codes.contains(op) { codes.append(op) }
        var fields: [Int: FlatValue] = [
            Schema.Operator.code: .uint32(UInt32(codes.firstIndex(of: op)!)),
            Schema.Operator.inputs: .int32s(inputs.map(Int32.init)),
            Schema.Operator.outputs: .int32s([Int32(output)]),
        ]
        if let type = op.optionsType {
            fields[Schema.Operator.optionsType] = .uint8(type)
            fields[Schema.Operator.options] = .table(options)
        }
        operators.append(.table(fields))
    }

    func file(name: String, inputs: [Int], outputs: [Int]) -> [UInt8] {
        let graph: FlatValue = .table([
            Schema.Subgraph.tensors: .tables(tensors), Schema.Subgraph.inputs: .int32s(inputs.map(Int32.init)),
            Schema.Subgraph.outputs: .int32s(outputs.map(Int32.init)),
            Schema.Subgraph.operators: .tables(operators), Schema.Subgraph.name: .string(name),
        ])
        let codes = codes.map { op in
            FlatValue.table([
                Schema.OperatorCode.deprecatedBuiltin: .int8(Int8(min(op.rawValue, 127))),
                Schema.OperatorCode.version: .int32(op.version),
                Schema.OperatorCode.builtin: .int32(Int32(op.rawValue)),
            ])
        }
        return FlatBufferWriter.write(
            .table([
                Schema.Model.version: .uint32(3), Schema.Model.operatorCodes: .tables(codes),
                Schema.Model.subgraphs: .tables([graph]), Schema.Model.description: .string("written by tidepool"),
                Schema.Model.buffers: .tables(buffers),
            ]), identifier: Schema.identifier)
    }
}

extension BuiltinOperator {
    /// The first version of the operator that knows the element types written here.
    fileprivate var version: Int32 {
        switch self {
        case .fullyConnected: 4
        case .conv2D, .depthwiseConv2D, .dequantize: 3
        case .add, .sub, .mul, .mean, .reduceMax, .concatenation, .logistic, .tanh, .pad, .maximum, .minimum, .quantize,
            .softmax, .maxPool2D, .padV2: 2
        default: 1
        }
    }

    /// The number of its options' table in the format's union; `nil` for none.
    fileprivate var optionsType: UInt8? {
        switch self {
        case .conv2D: 1
        case .depthwiseConv2D: 2
        case .maxPool2D: 5
        case .fullyConnected: 8
        case .softmax: 9
        case .concatenation: 10
        case .add: 11
        case .mul: 21
        case .gather: 23
        case .mean, .reduceMax: 27
        case .sub: 28
        case .div: 29
        case .unidirectionalSequenceLSTM: 71
        case .batchMatMul: 101
        case .gelu: 116
        default: nil
        }
    }
}
