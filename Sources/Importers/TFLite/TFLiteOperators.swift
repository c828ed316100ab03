import FloatGraph
import TFLiteFormat

extension TFLiteImporter {
    /// Translates a node that has a computed tensor among its inputs.
    mutating func translate(_ op: BuiltinOperator, _ node: TFLiteNode) throws(ImportFailure) {
        switch op {
        case .conv2D: try convolution(node)
        case .depthwiseConv2D: try depthwise(node)
        case .transposeConv: try transposedConvolution(node)
        case .fullyConnected: try dense(node)
        case .batchMatMul: try product(node)
        case .spaceToBatchND: try spaceToBatch(node)
        case .batchToSpaceND: try batchToSpace(node)
        case .averagePool2D: try pool(.average(countsPadding: false), node)
        case .maxPool2D: try pool(.maximum, node)
        case .addN: try sum(node)
        case .add: try arithmetic(.add, node, activation: node.choice(0))
        case .sub: try arithmetic(.subtract, node, activation: node.choice(0))
        case .mul: try arithmetic(.multiply, node, activation: node.choice(0))
        case .div: try arithmetic(.divide, node, activation: node.choice(0))
        case .minimum: try arithmetic(.minimum, node)
        case .maximum: try arithmetic(.maximum, node)
        case .squaredDifference: try squaredDifference(node)
        case .pow: try power(node)
        case .prelu: try prelu(node)
        case .relu: try unary(.relu, node)
        case .relu6: try unary(.clip(0, 6), node)
        case .reluN1To1: try unary(.clip(-1, 1), node)
        case .relu0To1: try unary(.clip(0, 1), node)
        case .logistic: try unary(.sigmoid, node)
        case .tanh: try unary(.tanh, node)
        case .hardSwish: try unary(.hardSwish, node)
        case .elu: try unary(.elu(1), node)
        case .leakyRelu: try unary(.leakyRelu(try node.float(Schema.LeakyRelu.alpha)), node)
        case .gelu: try unary(try node.bool(Schema.Gelu.isApproximate) ? .geluTanh : .gelu, node)
        case .exp: try unary(.exp, node)
        case .log: try unary(.logarithm, node)
        case .sqrt: try unary(.squareRoot, node)
        case .rsqrt: try unary(.power(-0.5), node)
        case .neg: try unary(.negate, node)
        case .abs: try unary(.absolute, node)
        case .square: try unary(.square, node)
        case .softmax: try softmax(node)
        case .logSoftmax: try logSoftmax(node)
        case .l2Normalization: try l2Normalization(node)
        case .mean: try reduce(.mean, node)
        case .sum: try reduce(.sum, node)
        case .reduceMax: try reduce(.maximum, node)
        case .reduceMin: try reduce(.minimum, node)
        case .reduceProd: try reduce(.product, node)
        case .concatenation: try concatenate(node)
        case .pack: try pack(node)
        case .unpack: try unpack(node)
        case .split: try split(node)
        case .splitV: try splitV(node)
        case .slice: try slice(node)
        case .stridedSlice: try stridedSlice(node)
        case .gather: try gather(node)
        case .reverseV2: try reverse(node)
        case .reshape, .squeeze, .expandDims: try changeShape(op, node)
        case .transpose: try transpose(node)
        case .depthToSpace: try depthToSpace(node)
        case .spaceToDepth: try spaceToDepth(node)
        case .pad, .padV2, .mirrorPad: try pad(op, node)
        case .resizeBilinear, .resizeNearestNeighbor: try resize(op, node)
        case .unidirectionalSequenceLSTM: try lstm(node)
        case .quantize, .dequantize, .cast: try passThrough(node)
        case .densify, .fill, .range, .shape, .tile, .broadcastTo:
            throw .unsupported("supported on constants only")
        }
    }

    /// Changes of the element type: the float graph's values are floats.
    private mutating func passThrough(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0)
        guard let tensor = node.outputs.first.map({ model.tensors[$0] }) else { throw .invalid("computes nothing") }
        let kept: [TensorType] = [.float32, .float16, .int8, .uint8, .int16]
        try require(tensor.type.map(kept.contains) == true, "turns an activation into integers")
        guard let grid = try tensor.grid()?.signed(tensor.type), x.value != graph.input else {
            return try alias(node, x, shape: x.shape)
        }
        var id = x.value
        // The integers' bounds, where the numbers may reach beyond them.
        if graph.values[id].quantization == nil, grid.scales.count == 1, isUnbounded(id) {
            let half: Float = tensor.type == .int16 ? 32_768 : 128, zero = Float(grid.zeroPoints[0])
            let clip = UnaryFunction.clip((-half - zero) * grid.scales[0], (half - 1 - zero) * grid.scales[0])
            id = try append(.unary(clip), [id], node)
            graph.values[id].name = tensor.name
        }
        if graph.values[id].quantization == nil { graph.values[id].quantization = grid }
        try alias(node, Activation(id, shape: x.shape), shape: x.shape)
    }

    /// Whether a value comes from an operator of floats whose results reach beyond those of its inputs.
    private func isUnbounded(_ id: ValueID) -> Bool {
        switch graph.nodes.last(where: { $0.output == id })?.kind {
        case .convolution, .depthwise, .transposedConvolution, .dense, .matmul, .arithmetic(.add), .arithmetic(.subtract),
            .arithmetic(.multiply): true
        default: false
        }
    }
}
