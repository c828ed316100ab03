extension FloatOperator {
    /// The operator's name, for people.
    public var label: String {
        switch self {
        case .convolution: "convolution"
        case .depthwise: "depthwise"
        case .transposedConvolution: "transposedConvolution"
        case .dense: "dense"
        case .matmul: "matmul"
        case .batchNormalization: "batchNormalization"
        case .layerNormalization: "layerNormalization"
        case .arithmetic(let function): "\(function)"
        case .unary(let function): "\(function)"
        case .prelu: "prelu"
        case .reduce(let function, _, _): "\(function)"
        case .pool(.maximum, _, _, _): "maximumPool"
        case .pool(.average, _, _, _): "averagePool"
        case .softmax: "softmax"
        case .lstm: "lstm"
        case .gru: "gru"
        case .selfAttention: "selfAttention"
        case .reshape: "reshape"
        case .concatenate: "concatenate"
        case .transpose: "transpose"
        case .slice: "slice"
        case .pad: "pad"
        case .resize: "resize"
        }
    }

    /// How many inputs the operator takes, constants included.
    public var inputCounts: ClosedRange<Int> {
        switch self {
        case .convolution, .depthwise, .transposedConvolution, .dense: 2...3
        case .batchNormalization: 5...5
        case .layerNormalization: 3...3
        case .arithmetic, .prelu, .matmul: 2...2
        case .unary, .reduce, .pool, .softmax, .reshape, .transpose, .slice, .pad, .resize: 1...1
        case .concatenate: 1...4096
        case .lstm, .gru: 4...4
        case .selfAttention: 6...6
        }
    }

    /// The inputs that must be constants.
    public var constantInputs: Range<Int> {
        switch self {
        case .convolution, .depthwise, .transposedConvolution, .dense, .batchNormalization, .layerNormalization,
            .prelu, .lstm, .gru, .selfAttention:
            1..<inputCounts.upperBound
        case .matmul, .arithmetic, .unary, .reduce, .pool, .softmax, .reshape, .concatenate, .transpose, .slice, .pad,
            .resize:
            0..<0
        }
    }
}
