import FloatGraph

extension ONNXImporter {
    /// What a product of two activations is the last step of, if it is additive self-attention:
    ///
    ///     softmax(sigmoid(w·tanh(Wq·x(t) + Wk·x(u) + b) + s)) · x
    func selfAttention(weights: View, values: View) -> AttentionParameters? {
        guard weights.rank >= 2, values.rank == weights.rank, weights.isInMemoryOrder(Array(0..<weights.rank)),
            values.isInMemoryOrder(Array(0..<values.rank))
        else { return nil }
        let shape = values.shape(graph)
        let (steps, channels) = (shape[shape.count - 2], shape[shape.count - 1])
        guard shape.dropLast(2).allSatisfy({ $0 == 1 }), weights.shape(graph).suffix(2) == [steps, steps],
            values.axes.last?.count == 1 || channels == 1
        else { return nil }
        let matcher = AttentionMatcher(
            graph: graph, producers: graph.producers, steps: steps, channels: channels)
        return matcher.match(weights.value, of: values.value)
    }

    /// Takes the place of the whole pattern; the nodes that it is made of are dead afterwards.
    mutating func attention(
        _ found: AttentionParameters, values: View, _ node: ONNXNode
    ) throws(ImportFailure) {
        let shape = values.shape(graph)
        let (steps, channels) = (shape[shape.count - 2], shape[shape.count - 1])
        let units = found.score.count
        let id = try emit(.selfAttention(units: units), [
            reshape(values.value, to: [steps, channels]),
            place(found.query, shape: [units, channels], name: "\(node.name) query", node),
            place(found.key, shape: [units, channels], name: "\(node.name) key", node),
            place(found.bias, shape: [units], name: "\(node.name) bias", node),
            place(found.score, shape: [units], name: "\(node.name) score", node),
            place([found.scoreBias], shape: [1], name: "\(node.name) score bias", node),
        ], node)
        define(node, id, order: [values.rank - 2, values.rank - 1], rank: values.rank)
    }

    /// As `define`, for a value that has only some of the ONNX axes.
    private mutating func define(_ node: ONNXNode, _ id: ValueID, order: [Int], rank: Int) {
        var axes = Array(repeating: [Int](), count: rank)
        for (j, axis) in order.enumerated() { axes[axis] = [j] }
        define(node, View(id, axes: axes))
    }
}

/// The weights of additive self-attention, as `FloatOperator.selfAttention` takes them.
struct AttentionParameters {
    var query, key, bias, score: [Float]
    var scoreBias: Float
}

/// Finds the parts of additive self-attention in a float graph. Reshapes are looked through.
private struct AttentionMatcher {
    let graph: Graph
    let producers: [Int?]
    let steps, channels: Int

    func match(_ attention: ValueID, of x: ValueID) -> AttentionParameters? {
        guard let softmax = node(attention), softmax.kind == .softmax,
            let sigmoid = node(softmax.inputs[0]), sigmoid.kind == .unary(.sigmoid),
            let score = layer(sigmoid.inputs[0]), graph.shape(score.node.inputs[1])[0] == 1,
            let tanh = node(score.node.inputs[0]), tanh.kind == .unary(.tanh)
        else { return nil }
        let units = graph.shape(score.node.inputs[1])[1]
        var bias = Array(repeating: Float(0), count: units)
        var layers: [Layer] = []
        var places: [[Int]] = []
        for term in terms(tanh.inputs[0]) {
            if let constant = graph.constant(term) {
                guard let vector = spread(constant, units) else { return nil }
                for i in 0..<units { bias[i] += vector[i] }
            } else {
                guard let layer = layer(term), source(layer.node.inputs[0]) == source(x),
                    graph.shape(layer.node.inputs[1]) == [units, channels]
                else { return nil }
                for i in 0..<units { bias[i] += layer.bias[i] }
                layers.append(layer)
                places.append(Array(graph.shape(term).drop { $0 == 1 }))
            }
        }
        guard layers.count == 2 else { return nil }
        // The query varies with the row t, the key with the column u; for a single step there is no difference.
        let (asQuery, asKey) = ([steps, 1, units], [steps, units])
        if steps > 1 {
            guard Set(places) == [asQuery, asKey] else { return nil }
            if places[0] == asKey { layers.swapAt(0, 1) }
        }
        func weights(_ layer: Layer) -> [Float] { graph.constant(layer.node.inputs[1])!.values }
        return AttentionParameters(
            query: weights(layers[0]), key: weights(layers[1]), bias: bias, score: weights(score),
            scoreBias: score.bias[0])
    }

    private struct Layer {
        var node: Node
        var bias: [Float]
    }

    /// A dense layer, its bias perhaps added by a node of its own.
    private func layer(_ id: ValueID) -> Layer? {
        guard let producer = node(id) else { return nil }
        switch producer.kind {
        case .dense:
            let outputs = graph.shape(producer.inputs[1])[0]
            let bias = producer.inputs.count > 2 ? graph.constant(producer.inputs[2])?.values : nil
            return Layer(node: producer, bias: bias ?? Array(repeating: 0, count: outputs))
        case .arithmetic(.add):
            for (constant, other) in [(0, 1), (1, 0)] {
                if let tensor = graph.constant(producer.inputs[constant]), var found = layer(producer.inputs[other]),
                    let vector = spread(tensor, found.bias.count)
                {
                    for i in vector.indices { found.bias[i] += vector[i] }
                    return found
                }
            }
            return nil
        default:
            return nil
        }
    }

    /// The operands of nested sums of activations.
    private func terms(_ id: ValueID) -> [ValueID] {
        guard let producer = node(id), producer.kind == .arithmetic(.add), layer(id) == nil else { return [id] }
        return producer.inputs.flatMap { graph.constant($0) == nil ? terms($0) : [$0] }
    }

    private func spread(_ tensor: FloatTensor, _ count: Int) -> [Float]? {
        if tensor.count == count { return tensor.values }
        return tensor.count == 1 ? Array(repeating: tensor.values[0], count: count) : nil
    }

    /// The value behind reshapes.
    private func source(_ id: ValueID) -> ValueID {
        guard let index = producers[id], graph.nodes[index].kind == .reshape else { return id }
        return source(graph.nodes[index].inputs[0])
    }

    private func node(_ id: ValueID) -> Node? { producers[source(id)].map { graph.nodes[$0] } }
}
