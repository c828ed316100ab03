import FloatGraph

/// Nodes that sum products of weights: what an affine function can be folded into.
extension Graph {
    /// Whether the node is a convolution of any kind or a dense layer.
    func isWeighted(_ node: Node) -> Bool {
        switch node.kind {
        case .convolution, .depthwise, .transposedConvolution, .dense: true
        default: false
        }
    }

    /// The bias of a weighted node, zeros where it has none.
    func bias(_ node: Node) -> [Double] {
        if node.inputs.count > 2, let bias = constant(node.inputs[2]) { return bias.values.map(Double.init) }
        return Array(repeating: 0, count: shape(node.output).last ?? 0)
    }

    /// Whether zeros from outside the picture enter the node's sums.
    func isPadded(_ node: Node) -> Bool {
        switch node.kind {
        case .convolution(let w), .depthwise(let w): w.padTop + w.padLeft + w.padBottom + w.padRight > 0
        default: false
        }
    }

    /// Replaces the node by `affine` of it: rows of weights and the bias are scaled.
    mutating func scaleOutputs(of index: Int, by affine: Affine) {
        let node = nodes[index]
        var weights = constant(node.inputs[1])!
        let isDepthwise: Bool
        if case .depthwise = node.kind { isDepthwise = true } else { isDepthwise = false }
        let perRow = weights.count / affine.channels
        for i in weights.values.indices {
            let channel = isDepthwise ? i % affine.channels : i / perRow
            weights.values[i] = Float(Double(weights.values[i]) * affine.scale[channel])
        }
        let bias = zip(bias(node), zip(affine.scale, affine.offset)).map { $0 * $1.0 + $1.1 }
        setParameters(of: index, weights: weights, bias: bias)
    }

    /// Replaces the node by itself of `affine`: columns of weights are scaled, the offsets' products join the bias.
    ///
    /// Exact where nothing is padded or the offsets are zero.
    mutating func scaleInputs(of index: Int, by affine: Affine) {
        let node = nodes[index]
        var weights = constant(node.inputs[1])!
        let isLSTM: Bool
        if case .lstm = node.kind { isLSTM = true } else { isLSTM = false }
        var bias = isLSTM ? constant(node.inputs[3])!.values.map(Double.init) : bias(node)
        let perOutput = weights.count / bias.count
        for i in weights.values.indices {
            let channel = i % affine.channels
            let output: Int
            if case .depthwise = node.kind { output = channel } else { output = i / perOutput }
            let weight = Double(weights.values[i])
            bias[output] += weight * affine.offset[channel]
            weights.values[i] = Float(weight * affine.scale[channel])
        }
        setParameters(of: index, weights: weights, bias: bias)
    }

    /// New constants, since the old ones may be shared with other nodes.
    private mutating func setParameters(of index: Int, weights: FloatTensor, bias: [Double]) {
        let name = nodes[index].name
        nodes[index].inputs[1] = addConstant(name + ".weights", weights)
        let position: Int
        if case .lstm = nodes[index].kind { position = 3 } else { position = 2 }
        let biasID = addVector(name + ".bias", bias)
        if nodes[index].inputs.count > position {
            nodes[index].inputs[position] = biasID
        } else {
            nodes[index].inputs.append(biasID)
        }
    }
}
