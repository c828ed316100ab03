import FloatGraph
import TFLiteFormat

extension TFLiteImporter {
    mutating func convolution(_ node: TFLiteNode) throws(ImportFailure) {
        let (x, spread) = try picture(node, 0)
        let weights = try requiredConstant(node, 1), w = weights.tensor.shape
        guard w.count == 4, weights.tensor.count > 0, x.shape[3] % w[3] == 0 else {
            throw .invalid("convolves \(x.shape) with weights \(w)")
        }
        let dilation = try dilation(node, Schema.Convolution.dilationY, Schema.Convolution.dilationX)
        var window = try window(node, x, kernel: (w[1], w[2]), dilation: dilation)
        var id = value(x)
        absorbPadding(&id, &window, spread)
        let groups = x.shape[3] / w[3]
        guard w[0] % groups == 0, groups <= 4096 else { throw .invalid("has \(groups) groups for \(w[0]) outputs") }
        if groups == 1 {
            var inputs = [id, place(weights, weights.tensor.floats, shape: w, axis: 0, node, input: 1)]
            if let bias = try bias(node, 2, count: w[0]) { inputs.append(bias) }
            id = try append(.convolution(window), inputs, node)
        } else {
            id = try grouped(node, id, weights, groups: groups, window)
        }
        try finish(node, id, spread, activation: try node.choice(Schema.Convolution.activation))
    }

    /// A slice of the channels for every group, each with its own convolution.
    private mutating func grouped(
        _ node: TFLiteNode, _ x: ValueID, _ weights: TFLiteConstant, groups: Int, _ window: ConvolutionWindow
    ) throws(ImportFailure) -> ValueID {
        let w = weights.tensor.shape, outputs = w[0] / groups, size = weights.tensor.count / groups
        let bias = try constant(node, 2)?.tensor.floats
        guard bias == nil || bias?.count == w[0] else { throw .invalid("has a bias of \(bias!.count) numbers") }
        var extents = graph.shape(x), starts = [0, 0, 0, 0]
        extents[3] = w[3]
        var results: [ValueID] = []
        for group in 0..<groups {
            let name = "\(node.name) group \(group)"
            starts[3] = group * w[3]
            let part = try append(.slice(starts: starts, extents: extents, steps: [1, 1, 1, 1]), [x], name: name)
            let values = Array(weights.tensor.floats[group * size..<(group + 1) * size])
            var inputs = [part, place(values, shape: [outputs, w[1], w[2], w[3]], name: "\(name) weights")]
            graph.values[inputs[1]].quantization = weights.quantization?.part(group * outputs..<(group + 1) * outputs)
            if let bias {
                let values = Array(bias[group * outputs..<(group + 1) * outputs])
                inputs.append(place(values, shape: [outputs], name: "\(name) bias"))
            }
            results.append(try append(.convolution(window), inputs, name: name))
        }
        return try append(.concatenate(axis: 3), results, node)
    }

    mutating func depthwise(_ node: TFLiteNode) throws(ImportFailure) {
        let (x, spread) = try picture(node, 0)
        let weights = try requiredConstant(node, 1), w = weights.tensor.shape
        guard w.count == 4, w[0] == 1, weights.tensor.count > 0, w[3] % x.shape[3] == 0 else {
            throw .invalid("convolves \(x.shape) with depthwise weights \(w)")
        }
        let dilation = try dilation(node, Schema.Depthwise.dilationY, Schema.Depthwise.dilationX)
        var window = try window(node, x, kernel: (w[1], w[2]), dilation: dilation)
        var id = value(x)
        absorbPadding(&id, &window, spread)
        if w[3] > x.shape[3] { id = try repeated(id, times: w[3] / x.shape[3], node) }
        var inputs = [
            id, place(weights, weights.tensor.floats, shape: Array(w[1...]), axis: 2, node, input: 1),
        ]
        if let bias = try bias(node, 2, count: w[3]) { inputs.append(bias) }
        id = try append(.depthwise(window), inputs, node)
        try finish(node, id, spread, activation: try node.choice(Schema.Depthwise.activation))
    }

    /// Every channel several times, side by side, for a depth multiplier: a convolution with weights 0 and 1.
    private mutating func repeated(_ x: ValueID, times: Int, _ node: TFLiteNode) throws(ImportFailure) -> ValueID {
        let channels = graph.shape(x)[3], outputs = channels * times
        try allot([outputs, channels])
        var values = Array(repeating: Float(0), count: outputs * channels)
        for output in 0..<outputs { values[output * channels + output / times] = 1 }
        let weights = place(values, shape: [outputs, 1, 1, channels], name: "\(node.name) channels' weights")
        let id = try append(.convolution(ConvolutionWindow()), [x, weights], name: "\(node.name) channels")
        graph.values[id].quantization = graph.values[x].quantization
        return id
    }

    mutating func pool(_ function: PoolFunction, _ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0)
        guard x.shape.count == 4 else { throw .invalid("pools \(x.shape)") }
        let (height, width) = (try node.integer(Schema.Pool.height), try node.integer(Schema.Pool.width))
        let window = try window(node, x, kernel: (height, width), dilation: (1, 1))
        let id = try append(.pool(function, kernelY: height, kernelX: width, window), [value(x)], node)
        try define(node, id, activation: try node.choice(Schema.Pool.activation))
    }

    // MARK: Windows

    /// Input `index`, `[N, H, W, C]`, perhaps spread over batches.
    private mutating func picture(_ node: TFLiteNode, _ index: Int) throws(ImportFailure) -> (Activation, Spread?) {
        guard let tensor = node.input(index), case .activation(let x) = try operand(tensor) else {
            throw .unsupported("convolves a constant")
        }
        guard x.shape.count == 4 else { throw .invalid("convolves \(x.shape)") }
        try require(x.spread?.convolution == nil, "is the second convolution before BATCH_TO_SPACE_ND")
        return (x, x.spread)
    }

    func strides(_ node: TFLiteNode) throws(ImportFailure) -> (y: Int, x: Int) {
        let y = try node.integer(Schema.Window.strideY), x = try node.integer(Schema.Window.strideX)
        guard (1...Graph.extentLimit).contains(y), (1...Graph.extentLimit).contains(x) else {
            throw .invalid("has strides \(y), \(x)")
        }
        return (y, x)
    }

    private func dilation(_ node: TFLiteNode, _ y: Int, _ x: Int) throws(ImportFailure) -> (y: Int, x: Int) {
        let (y, x) = (try node.integer(y, default: 1), try node.integer(x, default: 1))
        guard (1...Graph.extentLimit).contains(y), (1...Graph.extentLimit).contains(x) else {
            throw .invalid("has dilations \(y), \(x)")
        }
        return (y, x)
    }

    private func window(
        _ node: TFLiteNode, _ x: Activation, kernel: (y: Int, x: Int), dilation: (y: Int, x: Int)
    ) throws(ImportFailure) -> ConvolutionWindow {
        let strides = try strides(node)
        guard (1...Graph.extentLimit).contains(kernel.y), (1...Graph.extentLimit).contains(kernel.x) else {
            throw .invalid("has a kernel of \(kernel.y)×\(kernel.x)")
        }
        var window = ConvolutionWindow(
            strideY: strides.y, strideX: strides.x, dilationY: dilation.y, dilationX: dilation.x)
        guard try node.choice(Schema.Window.padding) == 0 else { return window }
        // SAME: ⌈extent / stride⌉ outputs, the smaller half of the padding in front.
        func padding(_ extent: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> (Int, Int) {
            let outputs = (extent + stride - 1) / stride
            let total = max(0, (outputs - 1) * stride + (kernel - 1) * dilation + 1 - extent)
            return (total / 2, total - total / 2)
        }
        (window.padTop, window.padBottom) = padding(x.shape[1], kernel.y, strides.y, dilation.y)
        (window.padLeft, window.padRight) = padding(x.shape[2], kernel.x, strides.x, dilation.x)
        return window
    }

    /// Zeros that a PAD node or SPACE_TO_BATCH_ND has put around height and width become the convolution's own.
    private func absorbPadding(_ x: inout ValueID, _ window: inout ConvolutionWindow, _ spread: Spread?) {
        if let spread {
            (window.dilationY, window.dilationX) = (spread.blockY, spread.blockX)
            window.padTop += spread.padTop
            window.padLeft += spread.padLeft
            window.padBottom += spread.padBottom
            window.padRight += spread.padRight
        } else if let pad = graph.nodes.last(where: { $0.output == x }),
            case .pad(let before, let after, .constant(0)) = pad.kind,
            before.count == 4, before[0] + before[3] + after[0] + after[3] == 0
        {
            x = pad.inputs[0]
            window.padTop += before[1]
            window.padLeft += before[2]
            window.padBottom += after[1]
            window.padRight += after[2]
        }
    }

    mutating func bias(_ node: TFLiteNode, _ index: Int, count: Int) throws(ImportFailure) -> ValueID? {
        guard let bias = try constant(node, index) else { return nil }
        guard bias.tensor.count == count else { throw .invalid("has a bias of \(bias.tensor.count) numbers") }
        return place(bias, bias.tensor.floats, shape: [count], axis: 0, layout: "bias", node, input: index)
    }

    // MARK: Convolutions that are dilated by a spread over batches

    /// A picture spread over batches, block by block: what follows must be one convolution and BATCH_TO_SPACE_ND.
    mutating func spaceToBatch(_ node: TFLiteNode) throws(ImportFailure) {
        var x = try activation(node, 0)
        let block = try integers(node, 1), pads = try integers(node, 2)
        guard x.shape.count == 4, block.count == 2, pads.count == 4,
            (block + pads).allSatisfy((0...Graph.extentLimit).contains), block.allSatisfy({ $0 > 0 })
        else { throw .unsupported("spreads \(x.shape) by \(block), supported are height and width of a picture") }
        x.value = value(x)
        x.spread = Spread(
            blockY: block[0], blockX: block[1], padTop: pads[0], padLeft: pads[2], padBottom: pads[1],
            padRight: pads[3])
        operands[node.outputs[0]] = .activation(x)
    }

    /// The result of a convolution, kept open where BATCH_TO_SPACE_ND has to follow.
    private mutating func finish(
        _ node: TFLiteNode, _ id: ValueID, _ spread: Spread?, activation: Int
    ) throws(ImportFailure) {
        guard var spread else { return try define(node, id, activation: activation) }
        let strides = try strides(node), padding = try node.choice(Schema.Window.padding)
        try require(
            strides == (1, 1) && padding == 1,
            "has strides or padding of its own between SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND")
        spread.convolution = graph.nodes.count - 1
        try define(node, id, activation: activation)
        guard case .activation(var result) = operands[node.outputs[0]] else { return }
        result.spread = spread
        operands[node.outputs[0]] = .activation(result)
    }

    /// Ends a dilated convolution: what is cut off here was never needed of the padding.
    mutating func batchToSpace(_ node: TFLiteNode) throws(ImportFailure) {
        guard let tensor = node.input(0), case .activation(let x) = try operand(tensor),
            let spread = x.spread, let index = spread.convolution
        else { throw .unsupported("supported after SPACE_TO_BATCH_ND and one convolution") }
        let block = try integers(node, 1), crops = try integers(node, 2)
        guard block == [spread.blockY, spread.blockX], crops.count == 4 else {
            throw .unsupported("gathers blocks \(block), which SPACE_TO_BATCH_ND has not spread")
        }
        let shape = graph.shape(x.value)
        let extents = [shape[0], shape[1] - crops[0] - crops[1], shape[2] - crops[2] - crops[3], shape[3]]
        guard crops.allSatisfy((0...Graph.extentLimit).contains), extents.allSatisfy({ $0 > 0 }) else {
            throw .invalid("cuts \(crops) off \(shape)")
        }
        if let window = graph.nodes[index].kind.window?.cropped(crops), index == graph.nodes.count - 1 {
            graph.nodes[index].kind = graph.nodes[index].kind.with(window)
            graph.values[x.value].shape = extents
            return try define(node, x.value)
        }
        let starts = [0, crops[0], crops[2], 0]
        let id = crops == [0, 0, 0, 0]
            ? x.value
            : try append(.slice(starts: starts, extents: extents, steps: [1, 1, 1, 1]), [x.value], node)
        try define(node, id)
    }
}

extension FloatOperator {
    fileprivate var window: ConvolutionWindow? {
        switch self {
        case .convolution(let window), .depthwise(let window): window
        default: nil
        }
    }

    fileprivate func with(_ window: ConvolutionWindow) -> FloatOperator {
        if case .depthwise = self { .depthwise(window) } else { .convolution(window) }
    }
}

extension ConvolutionWindow {
    /// With so much less padding at top, bottom, left and right; `nil` if there is not so much.
    fileprivate func cropped(_ crops: [Int]) -> ConvolutionWindow? {
        var window = self
        window.padTop -= crops[0]
        window.padBottom -= crops[1]
        window.padLeft -= crops[2]
        window.padRight -= crops[3]
        return [window.padTop, window.padBottom, window.padLeft, window.padRight].allSatisfy { $0 >= 0 } ? window : nil
    }
}
