import FloatGraph

extension ONNXImporter {
    mutating func reduce(_ function: ReduceFunction, _ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let listed = try axes(node, input: 1, rank: view.rank) ?? []
        if listed.isEmpty, node.integer("noop_with_empty_axes", default: 0) != 0 { return define(node, view) }
        let axes = listed.isEmpty ? Array(0..<view.rank) : listed
        try reduce(function, view, axes, keep: node.integer("keepdims", default: 1) != 0, node)
    }

    /// The ONNX axes `axes` reduced. The float graph's axis 0 stays, with extent 1, whatever ONNX does.
    private mutating func reduce(
        _ function: ReduceFunction, _ view: View, _ axes: [Int], keep: Bool, _ node: ONNXNode
    ) throws(ImportFailure) {
        let reduced = axes.flatMap { view.axes[$0] }.sorted()
        let left = view.axes.indices.filter { keep || !axes.contains($0) }
        guard !reduced.isEmpty else { return define(node, View(view.value, axes: left.map { view.axes[$0] })) }
        let staysInPlace = keep || reduced.contains(0)
        let id = try emit(.reduce(function, axes: reduced, keep: staysInPlace), [view.value], node)
        define(node, View(id, axes: left.map { axis in
            axes.contains(axis) ? [] : view.axes[axis].map { old in
                staysInPlace ? old : old - reduced.filter { $0 < old }.count
            }
        }))
    }

    mutating func globalPool(_ function: ReduceFunction, _ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        guard view.rank > 2 else { throw .invalid("pools \(view.rank) axes") }
        try reduce(function, view, Array(2..<view.rank), keep: true, node)
    }

    mutating func averagePool(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let extents = Array(view.shape(graph).dropFirst(2))
        try require(
            node.integers("kernel_shape") == extents && (node.integers("pads") ?? []).allSatisfy { $0 == 0 },
            "supported is a kernel that covers the whole picture, \(extents)")
        try globalPool(.mean, node)
    }

    /// Over one axis since operator set 13; over all axes from one on before, which is the same if only that one is not
    /// 1.
    mutating func softmax(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let axis = try normalizedAxis(node.integer("axis", default: opset >= 13 ? -1 : 1), rank: view.rank)
        guard axis < view.rank else { throw .invalid("normalizes a scalar") }
        try require(
            opset >= 13 || view.shape(graph)[(axis + 1)...].allSatisfy { $0 == 1 },
            "normalizes several axes at once, as before operator set 13; supported is one")
        let order = (0..<view.rank).filter { $0 != axis } + [axis]
        let channelLast = View.channelLast(rank: view.rank)
        let memory = view.memoryOrder.filter { $0 != axis } + [axis]
        let candidates = [channelLast.last == axis ? channelLast : order, memory]
        guard let order = candidates.first(where: view.isInMemoryOrder) else {
            throw transposeNeeded(view)
        }
        let id = try emit(.softmax, [try value(view, order: order)], node)
        define(node, View(id, shape: graph.shape(id), order: order))
    }

    mutating func concatenate(_ node: ONNXNode) throws(ImportFailure) {
        var views: [View] = []
        for index in node.inputs.indices { views.append(try activation(node, index)) }
        let rank = views[0].rank
        let axis = try normalizedAxis(node.integer("axis", default: 0), rank: rank)
        guard rank > 0, views.allSatisfy({ $0.rank == rank }) else { throw .invalid("joins values of different ranks") }
        let channelLast = View.channelLast(rank: rank)
        let candidates = [channelLast, views[0].memoryOrder.filter { $0 != axis } + [axis]]
        let order = candidates.first { order in order.last == axis && views.allSatisfy { $0.isInMemoryOrder(order) } }
        guard let order else { throw .unsupported("joins axis \(axis), supported are channels") }
        var inputs: [ValueID] = []
        for view in views { inputs.append(try value(view, order: order)) }
        let id = try emit(.concatenate(axis: graph.shape(inputs[0]).count - 1), inputs, node)
        define(node, View(id, shape: graph.shape(id), order: order))
    }
}
