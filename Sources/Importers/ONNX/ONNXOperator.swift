/// The operators that have a translation, by the names of the format.
enum ONNXOperator: String, CaseIterable {
    case add = "Add", averagePool = "AveragePool", batchNormalization = "BatchNormalization", cast = "Cast", clip = "Clip"
    case concat = "Concat", constant = "Constant", constantOfShape = "ConstantOfShape", conv = "Conv", div = "Div"
    case dropout = "Dropout", exp = "Exp", expand = "Expand", flatten = "Flatten", gather = "Gather", gemm = "Gemm"
    case globalAveragePool = "GlobalAveragePool", globalMaxPool = "GlobalMaxPool", hardSigmoid = "HardSigmoid"
    case hardSwish = "HardSwish", identity = "Identity", leakyRelu = "LeakyRelu", lstm = "LSTM", matMul = "MatMul"
    case mul = "Mul", neg = "Neg", pad = "Pad", prelu = "PRelu", range = "Range", reduceMax = "ReduceMax"
    case reduceMean = "ReduceMean", relu = "Relu", reshape = "Reshape", shape = "Shape", sigmoid = "Sigmoid", slice = "Slice"
    case softmax = "Softmax", split = "Split", sqrt = "Sqrt", squeeze = "Squeeze", sub = "Sub", tanh = "Tanh"
    case transpose = "Transpose", unsqueeze = "Unsqueeze"
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
