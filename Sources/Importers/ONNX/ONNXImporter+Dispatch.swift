import FloatGraph

extension ONNXImporter {
    /// Translates a node that has an activation among its inputs.
    mutating func translate(_ op: ONNXOperator, _ node: ONNXNode) throws(ImportFailure) {
        switch op {
        case .conv: try convolution(node)
        case .convTranspose: try transposedConvolution(node)
        case .gemm: try gemm(node)
        case .matMul: try matMul(node)
        case .einsum: try einsum(node)
        case .lstm: try lstm(node)
        case .gru: try gru(node)
        case .rnn: try rnn(node)

        case .batchNormalization: try batchNormalization(node)
        case .instanceNormalization: try instanceNormalization(node)
        case .groupNormalization: try groupNormalization(node)
        case .layerNormalization: try layerNormalization(node)
        case .rmsNormalization: try rmsNormalization(node)
        case .lpNormalization: try lpNormalization(node)
        case .lrn: try localResponseNormalization(node)

        case .add: try arithmetic(.add, node)
        case .sub: try arithmetic(.subtract, node)
        case .mul: try arithmetic(.multiply, node)
        case .div: try arithmetic(.divide, node)
        case .max: try variadic(.maximum, node)
        case .min: try variadic(.minimum, node)
        case .sum: try variadic(.add, node)
        case .mean: try variadic(.add, node, factor: 1 / Float(max(1, node.inputs.count)))
        case .pow: try power(node)
        case .clip: try clip(node)
        case .prelu: try prelu(node)
        case .celu where node.float("alpha", default: 1) != 1: try celu(node)
        case .greater: try compare(node)
        case .whereElse: try select(node)

        case .softmax: try softmax(node)
        case .logSoftmax: try softmax(node, logarithm: true)
        case .globalAveragePool: try globalPool(.mean, node)
        case .globalMaxPool: try globalPool(.maximum, node)
        case .globalLpPool: try globalLpPool(node)
        case .lpPool: try lpPool(node)
        case .averagePool: try averagePool(node)
        case .maxPool: try maximumPool(node)

        case .pad: try pad(node)
        case .slice: try slice(node)
        case .split: try split(node)
        case .concat: try concatenate(node)
        case .gather: try gather(node)
        case .tile: try tile(node)
        case .expand: try expand(node)
        case .resize, .upsample: try resize(node)
        case .depthToSpace: try depthToSpace(node)
        case .spaceToDepth: try spaceToDepth(node)
        case .transpose, .reshape, .flatten, .squeeze, .unsqueeze: try changeView(op, node)
        case .identity, .dropout, .cast, .castLike: try passThrough(op, node)
        case .quantizeLinear, .dequantizeLinear: try quantization(node)

        default:
            if let reduction = Reduction(op) {
                try reduce(reduction, node)
            } else if let functions = functions(op, node) {
                try unary(functions, node)
            } else {
                throw .unsupported("is supported on constants only; " + cutAdvice(node))
            }
        }
    }

    /// What an operator of one input applies to every element, one function after the other.
    private func functions(_ op: ONNXOperator, _ node: ONNXNode) -> [UnaryFunction]? {
        func alpha(_ value: Float) -> Float { node.float("alpha", default: value) }
        return switch op {
        case .relu: [.relu]
        case .sigmoid: [.sigmoid]
        case .tanh: [.tanh]
        case .exp: [.exp]
        case .log: [.logarithm]
        case .sqrt: [.squareRoot]
        case .abs: [.absolute]
        case .neg: [.negate]
        case .reciprocal: [.reciprocal]
        case .erf: [.erf]
        case .hardSwish: [.hardSwish]
        case .mish: [.mish]
        case .softplus: [.softplus]
        case .softsign: [.softsign]
        case .thresholdedRelu: [.thresholdedRelu(alpha(1))]
        case .leakyRelu: [.leakyRelu(alpha(0.01))]
        case .elu: [.elu(alpha(1))]
        case .celu: alpha(1) == 1 ? [.elu(1)] : nil
        case .selu: [.selu(alpha: alpha(1.673_263_2), gamma: node.float("gamma", default: 1.050_701))]
        case .gelu: [node.string("approximate") == "tanh" ? .geluTanh : .gelu]
        case .swish: alpha(1) == 1 ? [.swish] : nil
        case .hardSigmoid: [.hardSigmoid(alpha: alpha(0.2), beta: node.float("beta", default: 0.5))]
        default: nil
        }
    }

    // MARK: What has no translation

    /// Why there is none, and what would help.
    mutating func hint(for node: ONNXNode) throws(ImportFailure) -> String {
        for name in node.inputs where !name.isEmpty {
            // Listed even if it reads what could not be translated: whoever exports anew wants to know them all.
            do { _ = try operand(name) } catch .consequence {}
        }
        let integers = [
            "ConvInteger", "MatMulInteger", "QLinearConv", "QLinearMatMul", "QLinearAdd", "DynamicQuantizeLinear",
            "QGemm",
        ]
        if integers.contains(node.op) { return "is an integer operator; import the float network it was made from" }
        return switch node.op {
        case "Loop", "Scan": "runs a loop; export with its steps unrolled, or " + cutAdvice(node)
        case "ArgMax", "ArgMin", "TopK", "NonMaxSuppression":
            "picks from the results, which a task's scores already say; " + cutAdvice(node)
        default: "has no translation; " + cutAdvice(node)
        }
    }

    /// How to do without the node.
    func cutAdvice(_ node: ONNXNode) -> String {
        let computed = node.inputs.filter { name in
            if case .activation(let view)? = operands[name] { view.value != graph.input } else { false }
        }
        guard !computed.isEmpty else { return "export without it" }
        return "cut the graph before it: --outputs \(computed.joined(separator: ","))"
    }
}
