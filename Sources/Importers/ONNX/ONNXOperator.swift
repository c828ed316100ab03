/// The operators that have a translation, by the names of the format.
enum ONNXOperator: String, CaseIterable {
    case add = "Add"
    case averagePool = "AveragePool"
    case batchNormalization = "BatchNormalization"
    case cast = "Cast"
    case clip = "Clip"
    case concat = "Concat"
    case constant = "Constant"
    case constantOfShape = "ConstantOfShape"
    case conv = "Conv"
    case div = "Div"
    case dropout = "Dropout"
    case exp = "Exp"
    case expand = "Expand"
    case flatten = "Flatten"
    case gather = "Gather"
    case gemm = "Gemm"
    case globalAveragePool = "GlobalAveragePool"
    case globalMaxPool = "GlobalMaxPool"
    case hardSigmoid = "HardSigmoid"
    case hardSwish = "HardSwish"
    case identity = "Identity"
    case leakyRelu = "LeakyRelu"
    case lstm = "LSTM"
    case matMul = "MatMul"
    case mul = "Mul"
    case neg = "Neg"
    case pad = "Pad"
    case prelu = "PRelu"
    case range = "Range"
    case reduceMax = "ReduceMax"
    case reduceMean = "ReduceMean"
    case relu = "Relu"
    case reshape = "Reshape"
    case shape = "Shape"
    case sigmoid = "Sigmoid"
    case slice = "Slice"
    case softmax = "Softmax"
    case split = "Split"
    case sqrt = "Sqrt"
    case squeeze = "Squeeze"
    case sub = "Sub"
    case tanh = "Tanh"
    case transpose = "Transpose"
    case unsqueeze = "Unsqueeze"
}

extension ONNXImporter {
    /// Translates a node that has an activation among its inputs.
    mutating func translate(_ op: ONNXOperator, _ node: ONNXNode) throws(ImportFailure) {
        switch op {
        case .conv: try convolution(node)
        case .pad: try pad(node)
        case .gemm: try gemm(node)
        case .matMul: try matMul(node)
        case .batchNormalization: try batchNormalization(node)
        case .add: try arithmetic(.add, node)
        case .sub: try arithmetic(.subtract, node)
        case .mul: try arithmetic(.multiply, node)
        case .div: try arithmetic(.divide, node)
        case .relu: try unary(.relu, node)
        case .sigmoid: try unary(.sigmoid, node)
        case .tanh: try unary(.tanh, node)
        case .exp: try unary(.exp, node)
        case .neg: try unary(.negate, node)
        case .hardSwish: try unary(.hardSwish, node)
        case .leakyRelu: try unary(.leakyRelu(node.float("alpha", default: 0.01)), node)
        case .hardSigmoid:
            try unary(
                .hardSigmoid(alpha: node.float("alpha", default: 0.2), beta: node.float("beta", default: 0.5)), node)
        case .clip: try clip(node)
        case .prelu: try prelu(node)
        case .softmax: try softmax(node)
        case .concat: try concatenate(node)
        case .reduceMean: try reduce(.mean, node)
        case .reduceMax: try reduce(.maximum, node)
        case .globalAveragePool: try globalPool(.mean, node)
        case .globalMaxPool: try globalPool(.maximum, node)
        case .averagePool: try averagePool(node)
        case .lstm: try lstm(node)
        case .slice: try slice(node)
        case .split: try split(node)
        case .identity, .dropout, .cast: try passThrough(op, node)
        case .transpose, .reshape, .flatten, .squeeze, .unsqueeze: try changeView(op, node)
        case .constant, .constantOfShape, .expand, .gather, .range, .shape, .sqrt:
            throw .unsupported("supported on constants only")
        }
    }
}
