import FloatGraph

extension ONNXImporter {
    /// What a node computes from constants alone (or from an activation's shape, which is known), by output; `nil` if
    /// it does not.
    mutating func fold(_ op: ONNXOperator, _ node: ONNXNode) throws(ImportFailure) -> [ConstantTensor]? {
        switch op {
        case .constant: return [try constantValue(node)]
        case .shape: return [try shape(node)]
        case .size: return [ConstantTensor([try constantCount(try shape(node).integers!)], shape: [])]
        default: break
        }
        // The type of a computed number is float.
        if op == .castLike, let x = node.input(0), let like = node.input(1),
            case .constant(let tensor) = try operand(x), case .activation = try operand(like)
        {
            return [tensor.asFloats]
        }
        var inputs: [ConstantTensor] = []
        for name in node.inputs where !name.isEmpty {
            if case .missing? = operands[name] { return nil }
            guard case .constant(let tensor) = try operand(name) else { return nil }
            inputs.append(tensor)
        }
        guard let x = inputs.first else { return nil }
        if op == .split { return try split(x, node) }
        if let result = try foldArithmetic(op, inputs, node) { return [result] }
        if let result = try foldMovement(op, inputs, node) { return [result] }
        return nil
    }

    private mutating func foldMovement(
        _ op: ONNXOperator, _ inputs: [ConstantTensor], _ node: ONNXNode
    ) throws(ImportFailure) -> ConstantTensor? {
        let x = inputs[0]
        switch op {
        case .identity, .dropout: return x
        case .cast: return try cast(x, to: node.integer("to", default: 0))
        case .castLike: return inputs.count > 1 ? (inputs[1].integers == nil ? x.asFloats : x.asIntegers) : nil
        case .dequantizeLinear: return try dequantized(x, node)
        case .reshape: return x.reshaped(try reshapedShape(node, x.shape))
        case .flatten: return x.reshaped(try flattenedShape(node, x.shape))
        case .squeeze:
            let axes = try squeezedAxes(node, x.shape)
            return x.reshaped(x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] })
        case .unsqueeze: return x.reshaped(try unsqueezed(x.shape, node) { 1 })
        case .transpose:
            try allot(x.shape)
            return x.transposed(try permutation(node, rank: x.shape.count))
        case .concat: return try joined(inputs, axis: node.integer("axis", default: 0))
        case .gather: return inputs.count == 2 ? try gather(x, inputs[1], axis: node.integer("axis", default: 0)) : nil
        case .slice: return try sliced(x, node)
        case .tile: return try tiled(x, node)
        case .range: return try range(inputs)
        case .expand: return try expand(x, node)
        case .constantOfShape: return try constantOfShape(x, node)
        case .matMul: return try multiplied(inputs)
        case .scatterND: return try scattered(inputs, node)
        case .trilu: return try triangle(inputs, node)
        default: return nil
        }
    }

    /// Takes from the budget before anything is allocated.
    mutating func allot(_ shape: [Int]) throws(ImportFailure) {
        foldingBudget -= try constantCount(shape)
        guard foldingBudget >= 0 else { throw .invalid("the file's constants grow beyond reason here, to \(shape)") }
    }

    private func constantValue(_ node: ONNXNode) throws(ImportFailure) -> ConstantTensor {
        if let tensor = node.tensor("value") { return try ConstantTensor(tensor, folder: folder) }
        if node.has("value_float") { return ConstantTensor([node.float("value_float", default: 0)], shape: []) }
        if node.has("value_int") { return ConstantTensor([node.integer("value_int", default: 0)], shape: []) }
        if let floats = node.floats("value_floats"), !floats.isEmpty {
            return ConstantTensor(floats, shape: [floats.count])
        }
        if let integers = node.integers("value_ints") { return ConstantTensor(integers) }
        throw .unsupported("holds neither numbers nor a tensor")
    }

    private mutating func shape(_ node: ONNXNode) throws(ImportFailure) -> ConstantTensor {
        guard let name = node.input(0) else { throw .invalid("has no input 0") }
        let shape = switch try operand(name) {
        case .activation(let view): view.shape(graph)
        case .constant(let tensor): tensor.shape
        case .failed, .missing: throw ImportFailure.consequence
        }
        func bound(_ name: String, _ value: Int) -> Int {
            let index = node.integer(name, default: value)
            return min(max(index < 0 ? index + shape.count : index, 0), shape.count)
        }
        let (start, end) = (bound("start", 0), bound("end", shape.count))
        return ConstantTensor(Array(shape[start..<max(start, end)]))
    }

    private func cast(_ x: ConstantTensor, to type: Int) throws(ImportFailure) -> ConstantTensor {
        switch ONNXElementType(rawValue: Int32(truncatingIfNeeded: type)) {
        case .float, .float16, .bfloat16, .double: return x.asFloats
        case .int32, .int64, .uint8, .int8: return x.asIntegers
        case .bool: return ConstantTensor(x.floats.map { $0 != 0 ? 1 : 0 }, shape: x.shape)
        default: throw .unsupported("casts to element type \(type); supported are floats, integers and bool")
        }
    }

    private mutating func joined(_ inputs: [ConstantTensor], axis: Int) throws(ImportFailure) -> ConstantTensor {
        var shape = inputs[0].shape
        let axis = try normalizedAxis(axis, rank: shape.count)
        guard axis < shape.count else { throw .invalid("concatenates scalars") }
        for x in inputs.dropFirst() {
            guard x.shape.count == shape.count, shape.indices.allSatisfy({ $0 == axis || x.shape[$0] == shape[$0] })
            else {
                throw .invalid("concatenates \(shape) and \(x.shape) on axis \(axis)")
            }
            shape[axis] += x.shape[axis]
        }
        try allot(shape)
        let outer = shape[..<axis].reduce(1, *)
        func interleave<T>(_ parts: [[T]]) -> [T] {
            (0..<outer).flatMap { row in
                parts.flatMap { $0[row * ($0.count / outer)..<(row + 1) * ($0.count / outer)] }
            }
        }
        if outer == 0 { return ConstantTensor([Float](), shape: shape) }
        let integers = inputs.compactMap(\.integers)
        return integers.count == inputs.count
            ? ConstantTensor(interleave(integers), shape: shape)
            : ConstantTensor(interleave(inputs.map(\.floats)), shape: shape)
    }

    private mutating func gather(
        _ x: ConstantTensor, _ indices: ConstantTensor, axis: Int
    ) throws(ImportFailure) -> ConstantTensor {
        guard let positions = indices.integers, !x.shape.isEmpty else {
            throw .invalid("needs an axis and integer indices")
        }
        let axis = try normalizedAxis(axis, rank: x.shape.count)
        let extent = x.shape[axis]
        guard positions.allSatisfy((-extent..<extent).contains) else {
            throw .invalid("an index lies outside \(x.shape)")
        }
        let shape = Array(x.shape[..<axis]) + indices.shape + x.shape[(axis + 1)...]
        try allot(shape)
        let strides = rowMajorStrides(x.shape)
        let outer = offsets((0..<axis).map { (x.shape[$0], strides[$0]) })
        let inner = offsets(((axis + 1)..<x.shape.count).map { (x.shape[$0], strides[$0]) })
        let sources = outer.flatMap { o in
            positions.flatMap { p in inner.map { o + (p < 0 ? p + extent : p) * strides[axis] + $0 } }
        }
        return x.gathered(sources, shape: shape)
    }

    private mutating func sliced(_ x: ConstantTensor, _ node: ONNXNode) throws(ImportFailure) -> ConstantTensor {
        try allot(x.shape)
        let ranges = try sliceRanges(node, x.shape)
        let strides = rowMajorStrides(x.shape)
        let sources = ranges.indices.reduce([0]) { starts, axis in
            starts.flatMap { start in ranges[axis].map { start + $0 * strides[axis] } }
        }
        return x.gathered(sources, shape: ranges.map(\.count))
    }

    private mutating func split(_ x: ConstantTensor, _ node: ONNXNode) throws(ImportFailure) -> [ConstantTensor] {
        try allot(x.shape)
        let (axis, sizes) = try splitSizes(node, x.shape)
        let strides = rowMajorStrides(x.shape)
        var start = 0
        return sizes.map { size in
            var shape = x.shape
            shape[axis] = size
            let sources = offsets(shape.indices.map { (shape[$0], strides[$0]) }).map { $0 + start * strides[axis] }
            start += size
            return x.gathered(sources, shape: shape)
        }
    }

    private mutating func tiled(_ x: ConstantTensor, _ node: ONNXNode) throws(ImportFailure) -> ConstantTensor {
        guard let repeats = try integers(node, 1), repeats.count == x.shape.count,
            repeats.allSatisfy((0...Graph.extentLimit).contains)
        else { throw .invalid("has no repeats, or not one for each axis") }
        let shape = zip(x.shape, repeats).map { $0 * $1 }
        try allot(shape)
        let strides = rowMajorStrides(x.shape)
        let sources = shape.indices.reduce([0]) { starts, axis in
            starts.flatMap { start in (0..<shape[axis]).map { start + $0 % max(1, x.shape[axis]) * strides[axis] } }
        }
        return x.gathered(sources, shape: shape)
    }

    private mutating func range(_ inputs: [ConstantTensor]) throws(ImportFailure) -> ConstantTensor {
        let bounds = inputs.compactMap { $0.integers?.first }
        guard inputs.count == 3, bounds.count == 3, bounds[2] != 0 else { return try floatRange(inputs) }
        let (start, limit, delta) = (bounds[0], bounds[1], bounds[2])
        guard [start, limit].allSatisfy({ abs(Double($0)) < 1e9 }), abs(Double(delta)) < 1e9 else {
            throw .invalid("reaches beyond reason")
        }
        let values = stride(from: start, to: limit, by: delta)
        try allot([max(0, (limit - start) / delta + 1)])
        return ConstantTensor(Array(values))
    }

    private mutating func floatRange(_ inputs: [ConstantTensor]) throws(ImportFailure) -> ConstantTensor {
        let bounds = inputs.compactMap { $0.floats.first }
        guard bounds.count == 3, bounds[2] != 0 else { throw .invalid("needs start, limit and a delta that is not 0") }
        let count = ((bounds[1] - bounds[0]) / bounds[2]).rounded(.up)
        guard abs(count) < 1e9 else { throw .invalid("reaches beyond reason") }
        let extent = max(0, Int(count))
        try allot([extent])
        return ConstantTensor((0..<extent).map { bounds[0] + Float($0) * bounds[2] }, shape: [extent])
    }

    private mutating func expand(_ x: ConstantTensor, _ node: ONNXNode) throws(ImportFailure) -> ConstantTensor {
        guard let target = try integers(node, 1) else { throw .invalid("has no shape") }
        let shape = try broadcastShape(x.shape, target)
        try allot(shape)
        return x.gathered(x.broadcastOffsets(to: shape), shape: shape)
    }

    private mutating func constantOfShape(
        _ x: ConstantTensor, _ node: ONNXNode
    ) throws(ImportFailure) -> ConstantTensor {
        guard let shape = x.integers else { throw .invalid("needs an integer shape") }
        try allot(shape)
        let count = try constantCount(shape)
        guard let proto = node.tensor("value") else {
            return ConstantTensor(Array(repeating: Float(0), count: count), shape: shape)
        }
        let value = try ConstantTensor(proto, folder: folder)
        guard value.count == 1 else { throw .invalid("repeats \(value.count) values, needs one") }
        return value.gathered(Array(repeating: 0, count: count), shape: shape)
    }
}
