import FloatGraph

/// Operators that only look at the same elements in another way.
extension ONNXImporter {
    mutating func passThrough(_ op: ONNXOperator, _ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        if op == .cast {
            let type = node.integer("to", default: 0)
            let floats: [ONNXElementType] = [.float, .float16, .double, .bfloat16]
            let isFloat = ONNXElementType(rawValue: Int32(truncatingIfNeeded: type)).map(floats.contains) ?? false
            try require(isFloat, "casts an activation to element type \(type), supported are float types")
        }
        if let mask = node.output(1), read.contains(mask) {
            throw .unsupported("its mask is read, supported is its result")
        }
        define(node, view)
    }

    mutating func changeView(_ op: ONNXOperator, _ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let shape = view.shape(graph)
        switch op {
        case .transpose:
            define(node, View(view.value, axes: try permutation(node, rank: view.rank).map { view.axes[$0] }))
        case .squeeze:
            let axes = try squeezedAxes(node, shape)
            define(node, View(view.value, axes: view.axes.indices.filter { !axes.contains($0) }.map { view.axes[$0] }))
        case .unsqueeze:
            define(node, View(view.value, axes: try unsqueezed(view.axes, node) { [] }))
        case .flatten:
            define(node, try regrouped(view, try flattenedShape(node, shape)))
        default:
            define(node, try regrouped(view, try reshapedShape(node, shape)))
        }
    }

    // MARK: What the attributes and inputs of these operators mean, for activations and constants

    func permutation(_ node: ONNXNode, rank: Int) throws(ImportFailure) -> [Int] {
        let order = node.integers("perm") ?? (0..<rank).reversed()
        guard order.sorted() == Array(0..<rank) else { throw .invalid("permutes \(rank) axes by \(order)") }
        return order
    }

    /// Axes as an attribute (before operator set 13, or 18 for reductions) or as input `index`.
    mutating func axes(_ node: ONNXNode, input index: Int, rank: Int) throws(ImportFailure) -> [Int]? {
        guard let listed = try integers(node, "axes", orInput: index) else { return nil }
        var axes: [Int] = []
        for axis in listed { axes.append(try normalizedAxis(axis, rank: rank)) }
        guard Set(axes).count == axes.count, axes.allSatisfy({ $0 < rank }) else {
            throw .invalid("names axes \(listed)")
        }
        return axes
    }

    mutating func squeezedAxes(_ node: ONNXNode, _ shape: [Int]) throws(ImportFailure) -> [Int] {
        let axes = try axes(node, input: 1, rank: shape.count) ?? shape.indices.filter { shape[$0] == 1 }
        guard axes.allSatisfy({ shape[$0] == 1 }) else { throw .invalid("squeezes axes \(axes) of \(shape)") }
        return axes
    }

    /// `list` with an element more at every new axis.
    mutating func unsqueezed<T>(_ list: [T], _ node: ONNXNode, _ element: () -> T) throws(ImportFailure) -> [T] {
        guard let count = try integers(node, "axes", orInput: 1)?.count, list.count + count <= 16,
            let axes = try axes(node, input: 1, rank: list.count + count)
        else { throw .invalid("has no axes, or too many") }
        var rest = list[...]
        return (0..<list.count + count).map { axes.contains($0) ? element() : rest.removeFirst() }
    }

    func flattenedShape(_ node: ONNXNode, _ shape: [Int]) throws(ImportFailure) -> [Int] {
        let given = node.integer("axis", default: 1)
        let axis = given == shape.count ? given : try normalizedAxis(given, rank: shape.count)
        return [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)]
    }

    mutating func reshapedShape(_ node: ONNXNode, _ shape: [Int]) throws(ImportFailure) -> [Int] {
        guard let target = try integers(node, "shape", orInput: 1), target.count <= 16 else {
            throw .invalid("has no shape, or too many axes")
        }
        var result = target
        if node.integer("allowzero", default: 0) == 0 {
            for axis in target.indices.prefix(shape.count) where target[axis] == 0 { result[axis] = shape[axis] }
        }
        let count = shape.reduce(1, *)
        let known = try constantCount(result.filter { $0 != -1 })
        if let open = result.firstIndex(of: -1), known > 0, count % known == 0 { result[open] = count / known }
        guard try constantCount(result.map { $0 == -1 ? 0 : $0 }) == count else {
            throw .invalid("reshapes \(shape) to \(target)")
        }
        return result
    }

    /// The indices that are left of every axis. Bounds beyond the ends mean the ends.
    mutating func sliceRanges(_ node: ONNXNode, _ shape: [Int]) throws(ImportFailure) -> [[Int]] {
        guard let starts = try integers(node, "starts", orInput: 1),
            let ends = try integers(node, "ends", orInput: 2)
        else { throw .invalid("has no starts or ends") }
        let axes = try axes(node, input: 3, rank: shape.count) ?? Array(shape.indices.prefix(starts.count))
        let steps = try integers(node, 4) ?? Array(repeating: 1, count: starts.count)
        guard starts.count == ends.count, starts.count == axes.count, starts.count == steps.count, !steps.contains(0)
        else {
            throw .invalid("has starts, ends, axes and steps of different counts, or a step of 0")
        }
        var ranges = shape.map { Array(0..<$0) }
        for (i, axis) in axes.enumerated() {
            let extent = shape[axis]
            let step = steps[i].clamped(to: -Graph.extentLimit...Graph.extentLimit)
            func bound(_ index: Int, _ low: Int, _ high: Int) -> Int {
                let index = index.clamped(to: -2 * Graph.extentLimit...2 * Graph.extentLimit)
                return (index < 0 ? index + extent : index).clamped(to: low...max(low, high))
            }
            ranges[axis] = step > 0
                ? Array(stride(from: bound(starts[i], 0, extent), to: bound(ends[i], 0, extent), by: step))
                : Array(stride(from: bound(starts[i], 0, extent - 1), to: bound(ends[i], -1, extent - 1), by: step))
        }
        return ranges
    }

    /// The axis and the extents of a Split's outputs: given, or as even as can be.
    mutating func splitSizes(_ node: ONNXNode, _ shape: [Int]) throws(ImportFailure) -> (axis: Int, sizes: [Int]) {
        let axis = try normalizedAxis(node.integer("axis", default: 0), rank: shape.count)
        guard axis < shape.count else { throw .invalid("splits a scalar") }
        let parts = max(1, node.outputs.count)
        let even = (shape[axis] + parts - 1) / parts
        let rest = shape[axis] - even * (parts - 1)
        let sizes = try integers(node, "split", orInput: 1) ?? (Array(repeating: even, count: parts - 1) + [rest])
        guard sizes.count == parts, sizes.allSatisfy((0...shape[axis]).contains), sizes.reduce(0, +) == shape[axis]
        else {
            throw .invalid("splits \(shape) into \(sizes) on axis \(axis)")
        }
        return (axis, sizes)
    }
}
