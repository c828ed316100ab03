import FloatGraph

extension KerasImporter {
    /// - Parameter axes: as Keras counts them, the batch axis first.
    mutating func reduce(
        _ function: ReduceFunction, _ x: KerasTensor, axes: [Int], keep: Bool
    ) throws(ImportFailure) -> KerasTensor {
        var reduced = Set<Int>()
        for axis in axes { reduced.insert(try x.axis(axis)) }
        let shape = x.shape.indices.compactMap { axis in
            reduced.contains(axis) ? (keep ? 1 : nil) : x.shape[axis]
        }
        let dropped = KerasTensor.droppedAxes(x.shape)
        let inGraph = reduced.map { $0 - dropped }.filter { $0 >= 0 }.sorted()
        guard !inGraph.isEmpty else { return tensor(x.value, shape.isEmpty ? [1] : shape) }
        let kept = graph.shape(x.value).enumerated().map { inGraph.contains($0.offset) ? 1 : $0.element }
        let staysInPlace = KerasTensor.graphShape(shape) == kept || kept.count == inGraph.count
        let output = try emit(.reduce(function, axes: inGraph, keep: staysInPlace), [x.value])
        return tensor(output, shape.isEmpty ? [1] : shape)
    }

    /// Over one axis; brought to the end where it is another.
    mutating func softmax(_ x: KerasTensor, axis: Int = -1) throws(ImportFailure) -> KerasTensor {
        let axis = try x.axis(axis)
        guard axis != x.rank - 1 else { return try emit(.softmax, on: x) }
        let order = x.shape.indices.filter { $0 != axis } + [axis]
        let moved = try emit(.softmax, on: transpose(x, order))
        return try transpose(moved, order.indices.map { order.firstIndex(of: $0)! })
    }

    /// Axis `i` of the result is axis `order[i]`; no data move where only axes of extent 1 do.
    mutating func transpose(_ x: KerasTensor, _ order: [Int]) throws(ImportFailure) -> KerasTensor {
        guard order.sorted() == Array(x.shape.indices) else { throw .invalid("orders axes \(order) of \(x.shape)") }
        let shape = order.map { x.shape[$0] }
        let moving = order.filter { x.shape[$0] > 1 }
        guard moving != moving.sorted() else { return tensor(x.value, shape) }
        let full = value(x, as: x.shape)
        return tensor(try emit(.transpose(order), [full]), shape)
    }

    /// Sum, difference … of two values, broadcast as NumPy does it.
    mutating func arithmetic(
        _ function: ArithmeticFunction, _ x: KerasTensor, _ y: KerasTensor
    ) throws(ImportFailure) -> KerasTensor {
        let rank = max(x.rank, y.rank)
        let a = Array(repeating: 1, count: rank - x.rank) + x.shape
        let b = Array(repeating: 1, count: rank - y.rank) + y.shape
        let shape = zip(a, b).map { max($0, $1) }
        return tensor(try emit(.arithmetic(function), [x.value, y.value]), shape)
    }

    /// With a constant of a shape that leaves x's as it is.
    mutating func arithmetic(
        _ function: ArithmeticFunction, _ x: KerasTensor, _ constant: ValueID
    ) throws(ImportFailure) -> KerasTensor {
        try emit(.arithmetic(function), on: x, [constant])
    }

    mutating func scale(_ x: KerasTensor, by factor: Float, adding offset: Float = 0) throws(ImportFailure)
        -> KerasTensor
    {
        guard factor.isFinite, offset.isFinite else { throw .invalid("scales by \(factor), adds \(offset)") }
        var result = x
        if factor != 1 { result = try arithmetic(.multiply, result, number(factor)) }
        if offset != 0 { result = try arithmetic(.add, result, number(offset)) }
        return result
    }

    // MARK: Merge layers

    /// Operands of fewer axes get some behind the batch axis.
    mutating func merge(_ function: ArithmeticFunction, _ x: [KerasTensor]) throws(ImportFailure) -> KerasTensor {
        guard x.count >= 2, function != .subtract || x.count == 2 else { throw .invalid("merges \(x.count) values") }
        let rank = x.map(\.rank).max()!
        var result: KerasTensor?
        for operand in x {
            let ones = Array(repeating: 1, count: rank - operand.rank)
            let aligned = tensor(operand.value, operand.shape.prefix(1) + ones + operand.shape.dropFirst())
            result = try result.map { sum throws(ImportFailure) in try arithmetic(function, sum, aligned) } ?? aligned
        }
        return result!
    }

    mutating func concatenate(_ x: [KerasTensor], axis: Int) throws(ImportFailure) -> KerasTensor {
        guard let first = x.first, x.allSatisfy({ $0.rank == first.rank }) else {
            throw .invalid("joins values of different ranks")
        }
        let axis = try first.axis(axis)
        guard x.allSatisfy({ other in
            first.shape.indices.allSatisfy { $0 == axis || first.shape[$0] == other.shape[$0] }
        }) else { throw .invalid("joins \(x.map(\.shape)) on axis \(axis)") }
        var shape = first.shape
        shape[axis] = x.map { $0.shape[axis] }.reduce(0, +)
        let dropped = KerasTensor.droppedAxes(first.shape)
        if axis >= dropped { return tensor(try emit(.concatenate(axis: axis - dropped), x.map(\.value)), shape) }
        let full = x.map { value($0, as: $0.shape) }
        return tensor(try emit(.concatenate(axis: axis), full), shape)
    }

    /// Products of vectors, or of matrices on their inner axes.
    mutating func dot(_ layer: KerasLayer, _ x: [KerasTensor]) throws(ImportFailure) -> KerasTensor {
        guard x.count == 2, let listed = layer.config["axes"].integers else { throw .invalid("has no two values") }
        let axes = [try x[0].axis(listed[0]), try x[1].axis(listed.last!)]
        try require(!(layer.config["normalize"].bool ?? false), "normalizes; supported is a plain product")
        if x[0].rank == 2, x[1].rank == 2 {
            return try reduce(.sum, arithmetic(.multiply, x[0], x[1]), axes: [1], keep: true)
        }
        try require(x[0].rank == 3 && x[1].rank == 3, "supported are vectors and matrices")
        return try product(
            axes[0] == 2 ? x[0] : transpose(x[0], [0, 2, 1]), axes[1] == 1 ? x[1] : transpose(x[1], [0, 2, 1]))
    }

    /// x `[N, M, K]` · y `[N, K, L]`
    mutating func product(_ x: KerasTensor, _ y: KerasTensor) throws(ImportFailure) -> KerasTensor {
        guard x.rank >= 2, y.rank == x.rank else { throw .invalid("multiplies \(x.shape) and \(y.shape)") }
        let output = try emit(.matmul(transposeB: false), [x.value, y.value])
        return tensor(output, x.shape.dropLast() + [y.shape[y.rank - 1]])
    }
}
