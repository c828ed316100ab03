import FloatGraph

extension Graph {
    /// A constant that is added to the output of a layer without bias, and to nothing else, becomes its bias.
    mutating func foldBiases() {
        let (consumers, producers) = (consumers, producers)
        var folded: Set<Int> = []
        for (index, node) in nodes.enumerated() where node.kind == .arithmetic(.add) {
            for (x, y) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
                guard let layer = producers[x], let constant = constant(y), nodes[layer].takesBias,
                    nodes[layer].inputs.count == 2, consumers[x] == [index], !outputs.contains(x),
                    let channels = shape(x).last, constant.shape == [channels] || constant.shape == [1]
                else { continue }
                var bias = y
                if constant.count != channels {
                    bias = addConstant(
                        "\(nodes[layer].name) bias",
                        FloatTensor(shape: [channels], values: Array(repeating: constant.values[0], count: channels)))
                }
                nodes[layer].inputs.append(bias)
                nodes[layer].output = node.output
                folded.insert(index)
                break
            }
        }
        nodes = nodes.indices.filter { !folded.contains($0) }.map { nodes[$0] }
    }
}

extension Node {
    fileprivate var takesBias: Bool {
        switch kind {
        case .convolution, .depthwise, .dense: true
        default: false
        }
    }
}
