import FloatGraph

extension ONNXImporter {
    mutating func convolution(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let extents = try windowedExtents(view)
        let weights = try requiredConstant(node, 1), bias = try constant(node, 2)
        let shape = weights.shape, group = node.integer("group", default: 1)
        let channels = view.shape(graph)[1]
        guard shape.count == view.rank, weights.count > 0, (1...channels).contains(group), channels == group * shape[1],
            shape[0] % group == 0, bias.map({ $0.count == shape[0] }) ?? true
        else {
            throw .invalid("\(channels) channels, weights \(shape), bias and \(group) groups do not fit together")
        }
        var attributes = try WindowAttributes(node, kernel: Array(shape[2...]), dimensions: view.rank - 2)
        try attributes.resolve(extents)
        // M×C×kh×kw
        let kernels = weights.reshaped([shape[0], shape[1]] + attributes.kernel)
        let x = try picture(view), window = attributes.window
        let id: ValueID
        if group > 1, shape[1] == 1 {
            let repeated = try repeatedChannels(x, times: shape[0] / group, node)
            let laidOut = kernels.reshaped([shape[0]] + attributes.kernel).transposed([1, 2, 0])
            id = try weighted(.depthwise(window), repeated, laidOut, bias, node, part: nil)
        } else {
            id = try grouped(x, group, kernels.transposed([0, 2, 3, 1]), bias, .convolution(window), node)
        }
        definePicture(node, id, rank: view.rank)
    }

    mutating func transposedConvolution(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let extents = try windowedExtents(view)
        let weights = try requiredConstant(node, 1), bias = try constant(node, 2)
        let shape = weights.shape, group = node.integer("group", default: 1)
        let channels = view.shape(graph)[1]
        guard shape.count == view.rank, weights.count > 0, (1...channels).contains(group), shape[0] == channels, channels % group == 0,
            bias.map({ $0.count == shape[1] * group }) ?? true
        else {
            throw .invalid("\(channels) channels, weights \(shape), bias and \(group) groups do not fit together")
        }
        var attributes = try WindowAttributes(node, kernel: Array(shape[2...]), dimensions: view.rank - 2)
        var outputPads = node.integers("output_padding") ?? Array(repeating: 0, count: view.rank - 2)
        guard outputPads.count == view.rank - 2, outputPads.allSatisfy((0...Graph.extentLimit).contains) else {
            throw .invalid("has output padding \(outputPads)")
        }
        if view.rank == 3 { outputPads.insert(0, at: 0) }
        try resolveTransposed(&attributes, outputPads, extents, node)
        // Channels × outputs of a group × kh × kw, group by group → outputs × kh × kw × channels of a group.
        let own = channels / group
        let split = weights.reshaped([group, own, shape[1]] + attributes.kernel).transposed([0, 2, 3, 4, 1])
        let laidOut = split.reshaped([group * shape[1]] + attributes.kernel + [own])
        let kind = FloatOperator.transposedConvolution(
            attributes.window, outputPadY: outputPads[0], outputPadX: outputPads[1])
        let id = try grouped(try picture(view), group, laidOut, bias, kind, node)
        definePicture(node, id, rank: view.rank)
    }

    /// Padding from `auto_pad` or `output_shape`: what is cut off the full result.
    private func resolveTransposed(
        _ attributes: inout WindowAttributes, _ outputPads: [Int], _ extents: [Int], _ node: ONNXNode
    ) throws(ImportFailure) {
        var target = node.integers("output_shape").map { Array($0.suffix(2)) }
        if target?.count == 1 { target?.insert(1, at: 0) }
        switch attributes.automatic {
        case "NOTSET", "": break
        case "VALID": attributes.pads = [0, 0, 0, 0]
        case "SAME_UPPER", "SAME_LOWER": target = target ?? (0..<2).map { extents[$0] * attributes.strides[$0] }
        case let other: throw .unsupported("pads by \(other)")
        }
        guard let target, target.count == 2 else { return }
        guard target.allSatisfy((1...Graph.extentLimit).contains) else { throw .invalid("has output shape \(target)") }
        for axis in 0..<2 {
            let full = (extents[axis] - 1) * attributes.strides[axis] + attributes.reach(axis) + outputPads[axis]
            let total = max(0, full - target[axis])
            let first = attributes.automatic == "SAME_UPPER" ? total / 2 : total - total / 2
            (attributes.pads[axis], attributes.pads[axis + 2]) = (first, total - first)
        }
    }

    // MARK: Parts

    /// A weighted layer; groups are layers of their own on a part of the channels, joined afterwards.
    ///
    /// - Parameter weights: outputs first, the channels of a group last.
    private mutating func grouped(
        _ x: ValueID, _ group: Int, _ weights: ConstantTensor, _ bias: ConstantTensor?, _ kind: FloatOperator,
        _ node: ONNXNode
    ) throws(ImportFailure) -> ValueID {
        if group == 1 { return try weighted(kind, x, weights, bias, node, part: nil) }
        let shape = graph.shape(x)
        let own = shape[3] / group, outputs = weights.shape[0] / group
        let size = weights.count / group
        let floats = weights.floats
        var results: [ValueID] = []
        for index in 0..<group {
            let slice = FloatOperator.slice(
                starts: [0, 0, 0, index * own], extents: [shape[0], shape[1], shape[2], own], steps: [1, 1, 1, 1])
            let input = try emit(slice, [x], node, part: "group \(index)")
            let kernels = ConstantTensor(
                Array(floats[index * size..<(index + 1) * size]), shape: [outputs] + weights.shape[1...])
            let ownBias = bias.map {
                ConstantTensor(Array($0.floats[index * outputs..<(index + 1) * outputs]), shape: [outputs])
            }
            results.append(try weighted(kind, input, kernels, ownBias, node, part: "\(index)"))
        }
        return try emit(.concatenate(axis: 3), results, node)
    }

    private mutating func weighted(
        _ kind: FloatOperator, _ x: ValueID, _ weights: ConstantTensor, _ bias: ConstantTensor?, _ node: ONNXNode,
        part: String?
    ) throws(ImportFailure) -> ValueID {
        let layout = "channel-last \(part ?? "")"
        var inputs = [x, place(weights.floats, shape: weights.shape, name: node.input(1), layout: layout, node)]
        if let bias {
            let name = node.input(2)
            inputs.append(place(bias.floats, shape: [bias.count], name: name, layout: part ?? "", node))
        }
        if let part { return try emit(kind, inputs, node, part: part) }
        return try emit(kind, inputs, node)
    }

    /// Every channel several times, side by side, for depthwise layers with several outputs a channel.
    private mutating func repeatedChannels(
        _ x: ValueID, times: Int, _ node: ONNXNode
    ) throws(ImportFailure) -> ValueID {
        if times == 1 { return x }
        let shape = graph.shape(x)
        let column = reshape(x, to: shape + [1])
        let copies = Array(repeating: column, count: times)
        let repeated = try emit(.concatenate(axis: 4), copies, node, part: "repeated")
        return reshape(repeated, to: shape.dropLast() + [shape[3] * times])
    }
}
