import FloatGraph

extension ONNXImporter {
    mutating func convolution(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0, allowsPadding: true)
        let weights = try requiredConstant(node, 1)
        let bias = try constant(node, 2)
        guard view.rank == 4, weights.shape.count == 4, weights.count > 0 else {
            throw .unsupported("convolves \(view.rank - 2) dimensions with weights \(weights.shape), supported are two")
        }
        let channels = view.shape(graph)[1]
        let group = node.integer("group", default: 1)
        let isDepthwise = group > 1 && group == channels && weights.shape[0] == channels && weights.shape[1] == 1
        try require(group == 1 || isDepthwise, """
            has \(group) groups, \(channels) → \(weights.shape[0]) channels; supported are 1 group, and depthwise with \
            as many outputs as inputs
            """)
        let window = try convolutionWindow(node, view, kernel: Array(weights.shape[2...]))
        let x = try value(view, order: View.channelLast(rank: 4))
        // M×C×kh×kw → M×kh×kw×C; depthwise C×1×kh×kw → kh×kw×C.
        let laidOut = isDepthwise
            ? weights.reshaped([weights.shape[0]] + weights.shape[2...]).transposed([1, 2, 0])
            : weights.transposed([0, 2, 3, 1])
        var inputs = [x, place(laidOut.floats, shape: laidOut.shape, name: node.input(1), layout: "channel-last", node)]
        if let bias { inputs.append(place(bias.floats, shape: bias.shape, name: node.input(2), node)) }
        let id = try emit(isDepthwise ? .depthwise(window) : .convolution(window), inputs, node)
        define(node, View(id, shape: graph.shape(id), order: View.channelLast(rank: 4)))
    }

    private func convolutionWindow(
        _ node: ONNXNode, _ view: View, kernel: [Int]
    ) throws(ImportFailure) -> ConvolutionWindow {
        let limits = 0...Graph.extentLimit
        let strides = node.integers("strides") ?? [1, 1]
        let dilations = node.integers("dilations") ?? [1, 1]
        var pads = node.integers("pads") ?? [0, 0, 0, 0]
        guard strides.count == 2, pads.count == 4, strides.allSatisfy((1...Graph.extentLimit).contains),
            pads.allSatisfy(limits.contains), (node.integers("kernel_shape") ?? kernel) == kernel
        else { throw .invalid("kernel \(kernel), strides \(strides) and pads \(pads) do not fit together") }
        try require(dilations.allSatisfy { $0 == 1 }, "is dilated by \(dilations), supported is 1")
        let extents = Array(view.shape(graph)[2...])
        switch node.string("auto_pad") ?? "NOTSET" {
        case "NOTSET", "": break
        case "VALID": pads = [0, 0, 0, 0]
        case "SAME_UPPER", "SAME_LOWER":
            let isUpper = node.string("auto_pad") == "SAME_UPPER"
            for i in 0..<2 {
                let outputs = (extents[i] + strides[i] - 1) / strides[i]
                let total = max(0, (outputs - 1) * strides[i] + kernel[i] - extents[i])
                pads[i] = isUpper ? total / 2 : total - total / 2
                pads[i + 2] = total - pads[i]
            }
        case let other: throw .unsupported("pads by \(other)")
        }
        let around = view.padding ?? View.Padding()
        return ConvolutionWindow(
            strideY: strides[0], strideX: strides[1], padTop: pads[0] + around.top, padLeft: pads[1] + around.left,
            padBottom: pads[2] + around.bottom, padRight: pads[3] + around.right)
    }

    /// Zeros around height and width, kept in the view until the convolution that follows.
    mutating func pad(_ node: ONNXNode) throws(ImportFailure) {
        var view = try activation(node, 0)
        guard let pads = try integers(node, "pads", orInput: 1) else { throw .invalid("has no pads") }
        let fill = try constant(node, 2)?.floats.first ?? node.float("value", default: 0)
        let mode = node.string("mode") ?? "constant"
        try require(mode == "constant" && fill == 0, "pads by \(mode) \(fill), supported are zeros")
        try require(node.input(3) == nil, "names axes, supported are all")
        guard pads.count == 2 * view.rank else { throw .invalid("has \(pads.count) pads for \(view.rank) axes") }
        if pads.allSatisfy({ $0 == 0 }) { return define(node, view) }
        let outside = pads.indices.filter { $0 % view.rank < 2 }
        try require(
            view.rank == 4 && outside.allSatisfy { pads[$0] == 0 } && pads.allSatisfy((0...Graph.extentLimit).contains),
            "pads \(view.rank) axes by \(pads), supported are height and width, outwards")
        view.padding = View.Padding(top: pads[2], left: pads[3], bottom: pads[6], right: pads[7])
        define(node, view)
    }
}
