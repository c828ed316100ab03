import FloatGraph
import ModelFile

/// The integers of a layer of weighted sums.
struct WeightedConstants {
    var weights: [Int8]
    var bias: [Int32]
    var multiplier: [Int32]
    var shift: [Int32]
    var output: Quantization
    /// Signal to rounding noise of the weights, dB.
    var weightSQNR: Double
}

extension Lowering {
    mutating func weighted(_ node: Node, _ step: LoweringPlan.Step) throws(QuantizerError) {
        if plan.wideWeights.contains(step.node) { return try weightedTwice(node, step) }
        let tensor = graph.constant(node.inputs[1])!
        let x = readable(node.inputs[0], node)
        let isDepthwise: Bool
        if case .depthwise = node.kind { isDepthwise = true } else { isDepthwise = false }
        let constants = try constants(
            node, WeightMatrix(tensor, isDepthwise: isDepthwise), graph.bias(node), input: x.quantization,
            statistics: calibration.statistics[node.inputs[0]], output: .value(step.output))
        let operands = [x.tensor] + add(constants, shape: tensor.shape, node.name)
        let clamp = constants.output.clamp(step.clip)
        let kind: Operator =
            switch node.kind {
            case .convolution(let window): .convolution(Window(window), clamp)
            case .depthwise(let window): .depthwise(Window(window), clamp)
            default: .dense(clamp)
            }
        emit(node, kind, operands, define(step.output, constants.output))
        weightSQNR = constants.weightSQNR
    }

    /// An affine function by itself: a depthwise convolution with one tap.
    mutating func affine(_ node: Node, _ step: LoweringPlan.Step) throws(QuantizerError) {
        let affine = graph.affine(step.node)!
        let x = readable(node.inputs[0], node)
        let channels = affine.channels
        let scales = FloatTensor(shape: [1, 1, channels], values: affine.scale.map(Float.init))
        let constants = try constants(
            node, WeightMatrix(scales, isDepthwise: true), affine.offset, input: x.quantization,
            statistics: calibration.statistics[node.inputs[0]], output: .value(step.output))
        let map = Lowering.map(x.shape)
        let input = view(x, as: map, node)
        let operands = [input.tensor] + add(constants, shape: [1, 1, channels], node.name)
        let kind = Operator.depthwise(Window(), constants.output.clamp(step.clip))
        try result(step.output, constants.output, as: map, node) { lowering, output in
            lowering.emit(node, kind, operands, output)
        }
    }

    /// The shape as height, width and channels.
    private static func map(_ shape: [Int]) -> [Int] {
        switch shape.count {
        case 1: [1, 1] + shape
        case 2: [shape[0], 1, shape[1]]
        case 3: shape
        default: [shape[0] * shape[1], shape[2], shape[3]]
        }
    }

    /// Weights, bias, multipliers and shifts as constants of the file, in the operators' order.
    mutating func add(_ constants: WeightedConstants, shape: [Int], _ name: String) -> [Int] {
        let channels = [constants.bias.count]
        return [
            builder.addConstant(name: name + ".weights", shape: shape, constants.weights),
            builder.addConstant(name: name + ".bias", shape: channels, constants.bias),
            builder.addConstant(name: name + ".multiplier", shape: channels, constants.multiplier),
            builder.addConstant(name: name + ".shift", shape: channels, constants.shift),
        ]
    }
}

extension Window {
    init(_ window: ConvolutionWindow) {
        self.init(
            strideY: Int32(window.strideY), strideX: Int32(window.strideX), padTop: Int32(window.padTop),
            padLeft: Int32(window.padLeft), padBottom: Int32(window.padBottom), padRight: Int32(window.padRight),
            dilationY: Int32(window.dilationY), dilationX: Int32(window.dilationX))
    }
}
