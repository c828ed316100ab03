import FloatGraph
import TFLiteFormat

/// Operators that move elements, or only look at them in another way.
extension TFLiteImporter {
    mutating func changeShape(_ op: BuiltinOperator, _ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0)
        try alias(node, x, shape: try changedShape(op, node, x.shape))
    }

    /// What RESHAPE, SQUEEZE or EXPAND_DIMS makes of a shape.
    mutating func changedShape(
        _ op: BuiltinOperator, _ node: TFLiteNode, _ shape: [Int]
    ) throws(ImportFailure) -> [Int] {
        switch op {
        case .squeeze:
            let listed = try node.integers(Schema.Squeeze.axes) ?? []
            var axes: [Int] = []
            for axis in listed { axes.append(try normalizedAxis(axis, rank: shape.count)) }
            if axes.isEmpty { axes = shape.indices.filter { shape[$0] == 1 } }
            guard axes.allSatisfy({ $0 < shape.count && shape[$0] == 1 }) else {
                throw .invalid("squeezes axes \(axes) of \(shape)")
            }
            return shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
        case .expandDims:
            guard let listed = try integers(node, 1).first, shape.count < 8 else { throw .invalid("has no axis") }
            let axis = try normalizedAxis(listed, rank: shape.count + 1)
            return shape[..<axis] + [1] + shape[axis...]
        default:
            guard let target = try target(node) else { throw .invalid("has no shape") }
            return try filled(target, count: shape.reduce(1, *), from: shape)
        }
    }

    /// RESHAPE's shape: an input, or an option.
    private mutating func target(_ node: TFLiteNode) throws(ImportFailure) -> [Int]? {
        guard let tensor = node.input(1) else { return try node.integers(Schema.Reshape.shape) }
        if case .constant(let shape) = try operand(tensor) { return shape.tensor.integers }
        // Computed from the shape of a tensor whose batch is open: the output's declared shape says the same.
        return model.tensors[node.outputs[0]].shape
    }

    private func filled(_ target: [Int], count: Int, from shape: [Int]) throws(ImportFailure) -> [Int] {
        guard target.count <= 8 else { throw .invalid("has \(target.count) axes") }
        var result = target
        let known = try constantCount(target.filter { $0 != -1 })
        if let open = target.firstIndex(of: -1), known > 0, count % known == 0 { result[open] = count / known }
        guard !result.contains(-1), try constantCount(result) == count else {
            throw .invalid("reshapes \(shape) to \(target)")
        }
        return result
    }

    // MARK: Transposes

    mutating func transpose(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0), order = try integers(node, 1)
        guard order.sorted() == Array(x.shape.indices) else { throw .invalid("permutes \(x.shape) by \(order)") }
        let shape = order.map { x.shape[$0] }
        let moved = order.filter { x.shape[$0] > 1 }
        if moved == moved.sorted() { return try alias(node, x, shape: shape) }
        let lost = dropped(x.shape)
        guard lost == 0 || order[0] == 0 else {
            let id = try append(.transpose(order), [reshape(x.value, to: x.shape)], node)
            return try define(node, id, shape: shape)
        }
        let id = try append(.transpose(order.dropFirst(lost).map { $0 - lost }), [value(x)], node)
        try define(node, id, shape: shape)
    }

    /// Channels become pixels of blocks: rows of blocks and rows within a block change places with columns.
    mutating func depthToSpace(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0), b = try node.integer(Schema.BlockSize.size)
        guard x.shape.count == 4, (1...4096).contains(b), x.shape[3] % (b * b) == 0 else {
            throw .invalid("moves channels of \(x.shape) by blocks of \(b)")
        }
        let s = x.shape, channels = s[3] / (b * b)
        let blocks = reshape(x.value, to: [s[0], s[1], s[2], b, b * channels])
        let rows = try append(.transpose([0, 1, 3, 2, 4]), [blocks], node)
        let id = reshape(rows, to: [s[0], s[1] * b, s[2] * b, channels])
        try define(node, id)
    }

    mutating func spaceToDepth(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0), b = try node.integer(Schema.BlockSize.size)
        guard x.shape.count == 4, (1...4096).contains(b), x.shape[1] % b == 0, x.shape[2] % b == 0 else {
            throw .invalid("gathers blocks of \(b) of \(x.shape)")
        }
        let s = x.shape
        let blocks = reshape(x.value, to: [s[0], s[1] / b, b, s[2] / b, b * s[3]])
        let rows = try append(.transpose([0, 1, 3, 2, 4]), [blocks], node)
        let id = reshape(rows, to: [s[0], s[1] / b, s[2] / b, b * b * s[3]])
        try define(node, id)
    }

    // MARK: Joining

    mutating func concatenate(_ node: TFLiteNode) throws(ImportFailure) {
        var parts: [Activation] = []
        for index in node.inputs.indices { parts.append(try part(node, index)) }
        try join(
            node, parts, axis: try node.integer(Schema.Concatenation.axis),
            activation: try node.choice(Schema.Concatenation.activation))
    }

    mutating func pack(_ node: TFLiteNode) throws(ImportFailure) {
        var parts: [Activation] = []
        for index in node.inputs.indices {
            var x = try part(node, index)
            guard x.shape.count < 8 else { throw .invalid("packs \(x.shape)") }
            let axis = try normalizedAxis(try node.integer(Schema.Pack.axis), rank: x.shape.count + 1)
            x.shape.insert(1, at: axis)
            parts.append(x)
        }
        try join(node, parts, axis: try node.integer(Schema.Pack.axis), activation: 0)
    }

    /// An input that may be a constant too.
    private mutating func part(_ node: TFLiteNode, _ index: Int) throws(ImportFailure) -> Activation {
        guard let tensor = node.input(index) else { throw .invalid("leaves out input \(index)") }
        guard case .constant(let constant) = try operand(tensor) else { return try activation(node, index) }
        let shape = constant.tensor.shape
        guard constant.tensor.count > 0 else { throw .invalid("joins an empty constant") }
        let id = place(
            constant, constant.tensor.floats, shape: canonical(shape), layout: "part", node, input: index)
        return Activation(id, shape: shape)
    }

    private mutating func join(
        _ node: TFLiteNode, _ parts: [Activation], axis: Int, activation: Int
    ) throws(ImportFailure) {
        guard let first = parts.first, parts.allSatisfy({ $0.shape.count == first.shape.count }) else {
            throw .invalid("joins values of different ranks")
        }
        let axis = try normalizedAxis(axis, rank: first.shape.count)
        guard axis < first.shape.count else { throw .invalid("joins scalars") }
        var shape = first.shape
        shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
        // Along an axis that the float graph drops, the tensors' own shapes stay.
        let lost = parts.allSatisfy { dropped($0.shape) == dropped(first.shape) } ? dropped(first.shape) : 0
        let keeps = axis < lost || lost == 0
        var inputs: [ValueID] = []
        for part in parts { inputs.append(keeps ? reshape(part.value, to: part.shape) : value(part)) }
        let id = try append(.concatenate(axis: keeps ? axis : axis - lost), inputs, node)
        try define(node, id, shape: shape, activation: activation)
    }

    // MARK: Padding and resizing

    mutating func pad(_ op: BuiltinOperator, _ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0), pads = try integers(node, 1)
        guard pads.count == 2 * x.shape.count, pads.allSatisfy((0...Graph.extentLimit).contains) else {
            throw .invalid("pads \(x.shape) by \(pads)")
        }
        if pads.allSatisfy({ $0 == 0 }) { return try alias(node, x, shape: x.shape) }
        let before = x.shape.indices.map { pads[2 * $0] }, after = x.shape.indices.map { pads[2 * $0 + 1] }
        var mode = PadMode.constant(0)
        if op == .padV2, let fill = try constant(node, 2)?.tensor.floats.first { mode = .constant(fill) }
        if op == .mirrorPad {
            let isSymmetric = try node.choice(Schema.MirrorPad.mode) == 1
            // One element, mirrored with the edge, is the edge once more.
            try require(!isSymmetric || pads.max()! <= 1, "mirrors \(pads) elements with the edge, supported is 1")
            mode = isSymmetric ? .edge : .reflect
        }
        let lost = dropped(x.shape)
        let keeps = lost == 0 || before[0] + after[0] > 0
        let from = keeps ? 0 : lost
        let id = try append(
            .pad(before: Array(before[from...]), after: Array(after[from...]), mode),
            [keeps ? reshape(x.value, to: x.shape) : value(x)], node)
        try define(node, id, shape: x.shape.indices.map { before[$0] + x.shape[$0] + after[$0] })
    }

    mutating func resize(_ op: BuiltinOperator, _ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0), size = try integers(node, 1)
        guard x.shape.count == 4, size.count == 2, size.allSatisfy((1...Graph.extentLimit).contains) else {
            throw .invalid("resizes \(x.shape) to \(size)")
        }
        let isLinear = op == .resizeBilinear
        let alignsCorners = try node.bool(
            isLinear ? Schema.ResizeBilinear.alignsCorners : Schema.ResizeNearest.alignsCorners)
        let isHalfPixel = try node.bool(
            isLinear ? Schema.ResizeBilinear.hasHalfPixelCentres : Schema.ResizeNearest.hasHalfPixelCentres)
        let coordinates: ResizeCoordinates =
            alignsCorners ? .alignCorners : isHalfPixel ? .halfPixel : .asymmetric
        let function = isLinear
            ? ResizeFunction.linear(coordinates)
            : .nearest(coordinates == .asymmetric ? .floor : .halfUp, coordinates)
        let id = try append(.resize(function, height: size[0], width: size[1]), [value(x)], node)
        try define(node, id)
    }
}
