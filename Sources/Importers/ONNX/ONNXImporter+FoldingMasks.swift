import FloatGraph

/// How exporters write the constant masks and biases of attention.
extension ONNXImporter {
    /// MatMul: rows by a matrix; `nil` for other products.
    mutating func multiplied(_ inputs: [ConstantTensor]) throws(ImportFailure) -> ConstantTensor? {
        guard inputs.count == 2, inputs[0].shape.count >= 2, inputs[1].shape.count == 2 else { return nil }
        let (x, y) = (inputs[0].floats, inputs[1].floats)
        let (products, columns) = (inputs[1].shape[0], inputs[1].shape[1])
        guard products > 0, inputs[0].shape.last == products else {
            throw .invalid("multiplies \(inputs[0].shape) by \(inputs[1].shape)")
        }
        let shape = Array(inputs[0].shape.dropLast()) + [columns]
        try allot(shape + [products])
        let rows = x.count / products
        var sums = Array(repeating: Float(0), count: rows * columns)
        for row in 0..<rows {
            for k in 0..<products {
                let factor = x[row * products + k]
                for column in 0..<columns { sums[row * columns + column] += factor * y[k * columns + column] }
            }
        }
        guard sums.allSatisfy(\.isFinite) else { throw .invalid("gives numbers that are not finite") }
        return ConstantTensor(sums, shape: shape)
    }

    /// ScatterND: a copy of `data` with slices replaced; the last axis of the indices says where.
    mutating func scattered(_ inputs: [ConstantTensor], _ node: ONNXNode) throws(ImportFailure) -> ConstantTensor? {
        guard inputs.count == 3, let places = inputs[1].integers, let depth = inputs[1].shape.last else {
            throw .invalid("needs data, integer indices and updates")
        }
        let (data, updates) = (inputs[0], inputs[2])
        let reduction = node.string("reduction") ?? "none"
        try require(reduction == "none", "combines by \(reduction), supported is to replace")
        guard depth > 0, depth <= data.shape.count,
            updates.shape == inputs[1].shape.dropLast() + data.shape[depth...]
        else { throw .invalid("updates \(data.shape) at \(inputs[1].shape) by \(updates.shape)") }
        try allot(data.shape)
        let strides = rowMajorStrides(data.shape), size = data.shape[depth...].reduce(1, *)
        // The place of every element: in the data, or behind it in the updates.
        var sources = Array(0..<data.count)
        for slice in 0..<places.count / depth {
            var start = 0
            for axis in 0..<depth {
                let place = places[slice * depth + axis], extent = data.shape[axis]
                guard (-extent..<extent).contains(place) else { throw .invalid("an index lies outside \(data.shape)") }
                start += (place < 0 ? place + extent : place) * strides[axis]
            }
            for element in 0..<size { sources[start + element] = data.count + slice * size + element }
        }
        let joined = if let values = data.integers, let others = updates.integers {
            ConstantTensor(values + others)
        } else {
            ConstantTensor(data.floats + updates.floats, shape: [data.count + updates.count])
        }
        return joined.gathered(sources, shape: data.shape)
    }

    /// Trilu: zeros above or below a diagonal of the last two axes.
    mutating func triangle(_ inputs: [ConstantTensor], _ node: ONNXNode) throws(ImportFailure) -> ConstantTensor? {
        let x = inputs[0], rank = x.shape.count
        guard rank >= 2 else { throw .invalid("takes a triangle of \(x.shape)") }
        let diagonal = inputs.count > 1 ? inputs[1].integers?.first ?? 0 : 0
        let isUpper = node.integer("upper", default: 1) != 0
        try allot(x.shape)
        let (rows, columns) = (x.shape[rank - 2], x.shape[rank - 1])
        let zeros = x.integers == nil ? ConstantTensor([Float(0)], shape: []) : ConstantTensor([0], shape: [])
        let sources = (0..<x.count).map { index in
            let offset = index % columns - index / columns % rows
            let isKept = isUpper ? offset >= diagonal : offset <= diagonal
            return isKept ? index : x.count
        }
        let joined = if let values = x.integers {
            ConstantTensor(values + zeros.integers!)
        } else {
            ConstantTensor(x.floats + zeros.floats, shape: [x.count + 1])
        }
        return joined.gathered(sources, shape: x.shape)
    }
}
