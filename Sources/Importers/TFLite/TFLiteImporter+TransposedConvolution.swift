import FloatGraph
import TFLiteFormat

extension TFLiteImporter {
    /// Inputs: the output's shape, weights `[M, kh, kw, C]`, x, perhaps a bias.
    mutating func transposedConvolution(_ node: TFLiteNode) throws(ImportFailure) {
        let target = try integers(node, 0)
        let weights = try requiredConstant(node, 1), w = weights.tensor.shape
        let x = try activation(node, 2)
        guard x.shape.count == 4, w.count == 4, target.count == 4, weights.tensor.count > 0, w[3] == x.shape[3],
            target.allSatisfy((1...Graph.extentLimit).contains)
        else { throw .invalid("convolves \(x.shape) with weights \(w) to \(target)") }
        let id = try transposedConvolution(
            node, x, weights, at: 1, bias: 3, target: target, strides: try strides(node),
            isSame: try node.choice(Schema.Window.padding) == 0)
        try define(node, id, activation: try node.choice(Schema.Convolution.activation))
    }

    /// A custom operator of MediaPipe's networks.
    static let transposedConvolutionWithBias = "CUSTOM Convolution2DTransposeBias"

    /// Inputs: x, weights `[M, kh, kw, C]`, bias. Its options are three 32-bit integers: padding (1 is SAME, 2 VALID)
    /// and the strides in x and y; SAME padding makes the output as many times as large as the strides say.
    mutating func transposedConvolutionWithBias(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0)
        let weights = try requiredConstant(node, 1), w = weights.tensor.shape
        guard let range = node.customOptions, range.count == 12, x.shape.count == 4, w.count == 4,
            weights.tensor.count > 0, w[3] == x.shape[3]
        else { throw .invalid("convolves \(x.shape) with weights \(w), or has options of another kind") }
        let numbers = (0..<3).map { index in
            (0..<4).reduce(0) { $0 | Int(model.bytes[range.lowerBound + 4 * index + $1]) << (8 * $1) }
        }
        let (isSame, strideX, strideY) = (numbers[0] == 1, numbers[1], numbers[2])
        guard [1, 2].contains(numbers[0]), (1...Graph.extentLimit).contains(strideX),
            (1...Graph.extentLimit).contains(strideY)
        else { throw .invalid("has padding \(numbers[0]) and strides \(strideY), \(strideX)") }
        let target = [
            x.shape[0], isSame ? x.shape[1] * strideY : (x.shape[1] - 1) * strideY + w[1],
            isSame ? x.shape[2] * strideX : (x.shape[2] - 1) * strideX + w[2], w[0],
        ]
        guard target.allSatisfy((1...Graph.extentLimit).contains) else { throw .invalid("computes \(target)") }
        try define(node, try transposedConvolution(
            node, x, weights, at: 1, bias: 2, target: target, strides: (strideY, strideX), isSame: isSame))
    }

    private mutating func transposedConvolution(
        _ node: TFLiteNode, _ x: Activation, _ weights: TFLiteConstant, at index: Int, bias biasIndex: Int, target: [Int],
        strides: (y: Int, x: Int), isSame: Bool
    ) throws(ImportFailure) -> ValueID {
        let w = weights.tensor.shape, (strideY, strideX) = strides
        // SAME: what sticks out is cut off, the smaller half in front; where nothing does, the end is filled up.
        func outside(_ axis: Int, _ stride: Int) -> Int { (x.shape[axis] - 1) * stride + w[axis] - target[axis] }
        let (y, z) = (outside(1, strideY), outside(2, strideX))
        try require(isSame || (y <= 0 && z <= 0), "has output \(target), which VALID padding does not give")
        let window = ConvolutionWindow(
            strideY: strideY, strideX: strideX, padTop: max(0, y) / 2, padLeft: max(0, z) / 2,
            padBottom: max(0, y) - max(0, y) / 2, padRight: max(0, z) - max(0, z) / 2)
        var inputs = [value(x), place(weights, weights.tensor.floats, shape: w, axis: 0, node, input: index)]
        if let bias = try bias(node, biasIndex, count: w[0]) { inputs.append(bias) }
        return try append(
            .transposedConvolution(window, outputPadY: max(0, -y), outputPadX: max(0, -z)), inputs, node)
    }
}
