import FloatGraph

/// Operators that move elements without computing.
extension ONNXImporter {
    // MARK: Parts of a value

    mutating func slice(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        try cut(view, try sliceRanges(node, view.shape(graph)), node, output: 0)
    }

    mutating func split(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let shape = view.shape(graph)
        let (axis, sizes) = try splitSizes(node, shape)
        var start = 0
        for (output, size) in sizes.enumerated() {
            var ranges = shape.map { Array(0..<$0) }
            ranges[axis] = Array(start..<start + size)
            try cut(view, ranges, node, output: output)
            start += size
        }
    }

    /// A single index takes the axis away, several pick and repeat.
    mutating func gather(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let shape = view.shape(graph)
        let axis = try normalizedAxis(node.integer("axis", default: 0), rank: view.rank)
        guard let name = node.input(1), case .constant(let indices) = try operand(name), axis < view.rank else {
            throw .unsupported("its indices depend on the picture; " + cutAdvice(node))
        }
        let extent = shape[axis]
        guard let listed = indices.integers, !listed.isEmpty, listed.allSatisfy((-extent..<extent).contains) else {
            throw .invalid("an index lies outside \(shape)")
        }
        let positions = listed.map { $0 < 0 ? $0 + extent : $0 }
        var ranges = shape.map { Array(0..<$0) }
        if isEven(positions) {
            ranges[axis] = positions
            try cut(view, ranges, node, output: 0)
        } else {
            try require(positions.count <= 256, "picks \(positions.count) scattered elements, supported are 256")
            var parts: [View] = []
            for (index, position) in positions.enumerated() {
                ranges[axis] = [position]
                parts.append(try part(view, ranges, node, name: "\(index)"))
            }
            try concatenate(parts.map { .activation($0) }, axis: axis, node)
        }
        guard indices.shape.count != 1, let name = node.output(0), case .activation(let result)? = operands[name] else {
            return
        }
        // The axis becomes those of the indices.
        if indices.shape.isEmpty {
            var rest = result
            rest.axes.remove(at: axis)
            define(node, rest)
        } else {
            define(node, try regrouped(result, shape[..<axis] + indices.shape + shape[(axis + 1)...]))
        }
    }

    private mutating func cut(
        _ view: View, _ ranges: [[Int]], _ node: ONNXNode, output: Int
    ) throws(ImportFailure) {
        let shape = view.shape(graph)
        let changed = ranges.indices.filter { ranges[$0] != Array(0..<shape[$0]) }
        if changed.isEmpty { return define(node, output: output, view) }
        if changed.count == 1, try narrow(view, changed[0], to: ranges[changed[0]], node, output: output) { return }
        let result = try part(view, ranges, node, name: nil, output: output)
        define(node, output: output, result)
    }

    private mutating func part(
        _ view: View, _ ranges: [[Int]], _ node: ONNXNode, name: String?, output: Int = 0
    ) throws(ImportFailure) -> View {
        try require(ranges.allSatisfy { !$0.isEmpty }, "leaves nothing of \(view.shape(graph))")
        var view = view
        let full = view.shape(graph)
        let isJoined = ranges.indices.contains { view.axes[$0].count > 1 && ranges[$0].count < full[$0] }
        if isJoined {
            let order = view.memoryOrder
            let id = try framedValue(view, order: order)
            view = View(id, shape: graph.shape(id), order: order)
        }
        let shape = graph.shape(view.value)
        var starts = shape.map { _ in 0 }, extents = shape, steps = shape.map { _ in 1 }
        for (axis, range) in ranges.enumerated() where range != Array(0..<full[axis]) {
            guard let own = view.axes[axis].first else { continue }
            starts[own] = range[0]
            extents[own] = range.count
            steps[own] = range.count > 1 ? range[1] - range[0] : 1
        }
        let kind = FloatOperator.slice(starts: starts, extents: extents, steps: steps)
        let id = if let name { try emit(kind, [view.value], node, part: name) } else {
            try emit(kind, [view.value], node, output: output)
        }
        return trimmed(View(id, axes: view.axes))
    }

    /// Whether the positions are a range with one step.
    private func isEven(_ positions: [Int]) -> Bool {
        guard positions.count > 1 else { return true }
        let step = positions[1] - positions[0]
        return step != 0 && zip(positions, positions.dropFirst()).allSatisfy { $1 - $0 == step }
    }

    /// A range of a layer's output channels is a narrower layer: only its weights are taken.
    private mutating func narrow(
        _ view: View, _ axis: Int, to channels: [Int], _ node: ONNXNode, output: Int
    ) throws(ImportFailure) -> Bool {
        let shape = graph.shape(view.value)
        guard let layer = producer(view.value), ["dense", "convolution"].contains(layer.kind.label),
            view.axes[axis] == [shape.count - 1], !channels.isEmpty
        else { return false }
        let weights = graph.constant(layer.inputs[1])!
        let width = weights.count / weights.shape[0]
        let rows = channels.flatMap { weights.values[$0 * width..<($0 + 1) * width] }
        let name = "\(node.name) \(output)"
        let narrow = [channels.count] + weights.shape[1...]
        var inputs = [layer.inputs[0], place(rows, shape: narrow, name: name, layout: "weights", node)]
        if layer.inputs.count > 2 {
            let bias = graph.constant(layer.inputs[2])!.values
            inputs.append(place(channels.map { bias[$0] }, shape: [channels.count], name: name, layout: "bias", node))
        }
        let id = try emit(layer.kind, inputs, node, output: output)
        define(node, output: output, View(id, axes: view.axes))
        return true
    }

    // MARK: Several values

    mutating func concatenate(_ node: ONNXNode) throws(ImportFailure) {
        var operands: [Operand] = []
        for name in node.inputs { operands.append(try operand(name)) }
        for operand in operands {
            guard case .activation(let view) = operand else { continue }
            let axis = try normalizedAxis(node.integer("axis", default: 0), rank: view.rank)
            return try concatenate(operands, axis: axis, node)
        }
        throw .unsupported("joins constants in a way that is not folded")
    }

    private mutating func concatenate(_ operands: [Operand], axis: Int, _ node: ONNXNode) throws(ImportFailure) {
        let views: [View] = operands.compactMap { if case .activation(let view) = $0 { view } else { nil } }
        let order = commonOrder(views)
        var inputs: [ValueID] = []
        for (index, operand) in operands.enumerated() {
            switch operand {
            case .activation(let view):
                guard view.rank == order.count else { throw .invalid("joins values of different ranks") }
                inputs.append(try framedValue(view, order: order))
            case .constant(let tensor):
                guard tensor.shape.count == order.count else { throw .invalid("joins values of different ranks") }
                if tensor.count == 0 { continue }
                let laidOut = tensor.transposed(order), shape = framed(laidOut.shape)
                inputs.append(place(laidOut.floats, shape: shape, name: node.input(index), layout: "\(order)", node))
            case .failed, .missing: throw .consequence
            }
        }
        guard axis < order.count else { throw .invalid("joins values of different ranks") }
        // Where one of them needs an axis of extent 1 in front, all do.
        let leading = inputs.map { graph.shape($0).count }.max()! - order.count
        for index in inputs.indices where graph.shape(inputs[index]).count == order.count && leading > 0 {
            inputs[index] = reshape(inputs[index], to: [1] + graph.shape(inputs[index]))
        }
        let id = try emit(.concatenate(axis: order.firstIndex(of: axis)! + leading), inputs, node)
        define(node, id, order: order)
    }

    /// Axes repeated as a whole.
    mutating func tile(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        guard let repeats = try integers(node, 1), repeats.count == view.rank,
            repeats.allSatisfy((1...4096).contains)
        else { throw .invalid("has no repeats, or not one for each axis") }
        define(node, view)
        for (axis, count) in repeats.enumerated() where count > 1 {
            guard let name = node.output(0), case .activation(let result)? = operands[name] else { return }
            try concatenate(Array(repeating: .activation(result), count: count), axis: axis, node)
        }
    }

    /// Broadcast to a shape: a product with ones, unless nothing changes.
    mutating func expand(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        guard let target = try integers(node, 1) else { throw .invalid("has no shape") }
        let count = try constantCount(target)
        let shape = try broadcastShape(view.shape(graph), target)
        if shape == view.shape(graph) { return define(node, view) }
        try allot(target)
        let ones = ConstantTensor(Array(repeating: Float(1), count: count), shape: target)
        define(node, try combine(.multiply, .activation(view), .constant(ones), node, part: nil))
    }

    // MARK: Padding

    mutating func pad(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        guard let listed = try integers(node, "pads", orInput: 1) else { throw .invalid("has no pads") }
        let fill = try constant(node, 2)?.floats.first ?? node.float("value", default: 0)
        let padded = try axes(node, input: 3, rank: view.rank) ?? Array(0..<view.rank)
        let limit = Graph.extentLimit
        guard listed.count == 2 * padded.count, listed.allSatisfy((-limit...limit).contains) else {
            throw .invalid("has \(listed.count) pads for \(padded.count) axes")
        }
        let mode: PadMode
        switch node.string("mode") ?? "constant" {
        case "constant": mode = .constant(fill)
        case "reflect": mode = .reflect
        case "edge": mode = .edge
        case let other: throw .unsupported("pads by \(other); supported are constant, reflect and edge")
        }
        if listed.allSatisfy({ $0 == 0 }) { return define(node, view) }
        var pads = Array(repeating: (before: 0, after: 0), count: view.rank)
        for (i, axis) in padded.enumerated() { pads[axis] = (listed[i], listed[padded.count + i]) }
        // Negative padding cuts off.
        var cropped = view
        if listed.contains(where: { $0 < 0 }) {
            let ranges = view.shape(graph).enumerated().map { axis, extent in
                let first = max(0, -pads[axis].before)
                return Array(first..<max(first, extent - max(0, -pads[axis].after)))
            }
            cropped = try part(view, ranges, node, name: "cropped")
        }
        let order = commonOrder([cropped])
        let x = try framedValue(cropped, order: order)
        let leading = Array(repeating: 0, count: graph.shape(x).count - order.count)
        let before = leading + order.map { max(0, pads[$0].before) }
        let after = leading + order.map { max(0, pads[$0].after) }
        define(node, try emit(.pad(before: before, after: after, mode), [x], node), order: order)
    }

    // MARK: Blocks

    mutating func depthToSpace(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let shape = view.shape(graph), block = node.integer("blocksize", default: 0)
        guard view.rank == 4, (1...4096).contains(block), shape[1] % (block * block) == 0 else {
            throw .invalid("makes blocks of \(block) from \(shape)")
        }
        let depth = shape[1] / (block * block)
        let isDepthFirst = (node.string("mode") ?? "DCR") == "DCR"
        let split = isDepthFirst ? [block, block, depth] : [depth, block, block]
        let six = try regrouped(view, [shape[0]] + split + [shape[2], shape[3]])
        let moved = six.permuted(isDepthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3])
        define(node, try regrouped(moved, [shape[0], depth, shape[2] * block, shape[3] * block]))
    }

    mutating func spaceToDepth(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let shape = view.shape(graph), block = node.integer("blocksize", default: 0)
        guard view.rank == 4, (1...4096).contains(block), shape[2] % block == 0, shape[3] % block == 0 else {
            throw .invalid("makes blocks of \(block) from \(shape)")
        }
        let (height, width) = (shape[2] / block, shape[3] / block)
        let six = try regrouped(view, [shape[0], shape[1], height, block, width, block])
        let blocks = six.permuted([0, 3, 5, 1, 2, 4])
        define(node, try regrouped(blocks, [shape[0], shape[1] * block * block, height, width]))
    }
}
