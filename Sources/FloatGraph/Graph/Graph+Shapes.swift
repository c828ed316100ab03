extension Graph {
    /// No tensor of a graph holds more elements: 1 GiB of floats.
    public static let elementLimit = 1 << 28
    /// No extent, stride or padding is larger, so that their sums and products of two never overflow.
    public static let extentLimit = 1 << 24

    /// The number of elements of a shape; throws for extents below 1 and absurd ones.
    public static func elementCount(_ shape: [Int]) throws(GraphError) -> Int {
        var count = 1
        for extent in shape {
            guard (1...extentLimit).contains(extent) else {
                throw .shapes(reason: "shape \(shape) has an extent outside 1…\(extentLimit)")
            }
            count *= extent
            guard count <= elementLimit else {
                throw .shapes(reason: "shape \(shape) holds more than \(elementLimit) elements")
            }
        }
        return count
    }

    /// The shape of an operator's output.
    ///
    /// - Parameter inputs: the shapes of all inputs, constants included, in the operator's order.
    /// - Returns: for `.reshape` its input's shape: any other shape with as many elements is as good.
    /// - Throws: `GraphError.shapes` with the reason.
    public static func outputShape(_ kind: FloatOperator, _ inputs: [[Int]]) throws(GraphError) -> [Int] {
        for shape in inputs { _ = try elementCount(shape) }
        try require(kind.inputCounts.contains(inputs.count), "takes \(kind.inputCounts) inputs, has \(inputs.count)")
        let output = try unchecked(kind, inputs)
        _ = try elementCount(output)
        return output
    }

    private static func unchecked(_ kind: FloatOperator, _ inputs: [[Int]]) throws(GraphError) -> [Int] {
        let x = inputs[0]
        switch kind {
        case .convolution(let window):
            try requirePicture(x, weights: inputs[1], channels: 3)
            try requireVectors(inputs[2...], inputs[1][0])
            return [x[0]] + (try window.outputExtents(x[1], x[2], inputs[1][1], inputs[1][2])) + [inputs[1][0]]
        case .transposedConvolution(let window, let padY, let padX):
            try requirePicture(x, weights: inputs[1], channels: 3)
            try requireVectors(inputs[2...], inputs[1][0])
            let extents = try window.transposedExtents(x[1], x[2], inputs[1][1], inputs[1][2], (padY, padX))
            return [x[0]] + extents + [inputs[1][0]]
        case .depthwise(let window):
            try requirePicture(x, weights: inputs[1], channels: 2)
            try requireVectors(inputs[2...], x[3])
            return [x[0]] + (try window.outputExtents(x[1], x[2], inputs[1][0], inputs[1][1])) + [x[3]]
        case .pool(_, let kernelY, let kernelX, let window):
            return try pooled(x, kernelY, kernelX, window)
        case .resize(_, let height, let width):
            try require(x.count == 4, "needs x [N, H, W, C], has \(x)")
            return [x[0], height, width, x[3]]
        case .dense:
            let w = inputs[1]
            try require(!x.isEmpty && w.count == 2, "needs x […, K] and weights [M, K], has \(x), \(w)")
            try require(x.last == w[1], "x \(x) ends in another extent than the weights \(w)")
            try requireVectors(inputs[2...], w[0])
            return x.dropLast() + [w[0]]
        case .matmul(let transposeB):
            return try product(x, inputs[1], transposeB: transposeB)
        case .batchNormalization(let epsilon), .layerNormalization(let epsilon):
            try require(!x.isEmpty, "needs x […, C]")
            try require(epsilon.isFinite && epsilon >= 0, "epsilon is \(epsilon)")
            try requireVectors(inputs[1...], x[x.count - 1])
            return x
        case .arithmetic:
            return try broadcast(x, inputs[1])
        case .unary, .reshape:
            return x
        case .softmax:
            try require(!x.isEmpty, "needs x […, C]")
            return x
        case .prelu:
            try require(!x.isEmpty, "needs x […, C]")
            try require(inputs[1] == [1] || inputs[1] == [x[x.count - 1]], "slope \(inputs[1]) does not fit x \(x)")
            return x
        case .reduce(_, let axes, let keep):
            return try reduced(x, axes, keep: keep)
        case .lstm(let hidden):
            return try recurrent(inputs, hidden, gates: 4, bias: [])
        case .gru(let hidden, _):
            return try recurrent(inputs, hidden, gates: 3, bias: [2])
        case .selfAttention(let units):
            try require(x.count == 2, "needs x [T, C], has \(x)")
            let expected = [[units, x[1]], [units, x[1]], [units], [units], [1]]
            try require(Array(inputs[1...]) == expected, "needs parameters \(expected), has \(Array(inputs[1...]))")
            return x
        case .concatenate(let axis):
            return try concatenated(inputs, axis)
        case .transpose(let order):
            try require(order.sorted() == Array(x.indices), "\(order) is no order of the axes of x \(x)")
            return order.map { x[$0] }
        case .slice(let starts, let extents, let steps):
            return try sliced(x, starts, extents, steps)
        case .pad(let before, let after, let mode):
            return try padded(x, before, after, mode)
        }
    }

    /// NumPy's rule: shapes aligned at the right, extents equal or 1.
    static func broadcast(_ x: [Int], _ y: [Int]) throws(GraphError) -> [Int] {
        let rank = max(x.count, y.count)
        let a = Array(repeating: 1, count: rank - x.count) + x
        let b = Array(repeating: 1, count: rank - y.count) + y
        var output: [Int] = []
        for (p, q) in zip(a, b) {
            try require(p == q || p == 1 || q == 1, "\(x) and \(y) cannot be broadcast")
            output.append(p == 1 ? q : p)
        }
        return output
    }

    static func require(_ holds: Bool, _ reason: @autoclosure () -> String) throws(GraphError) {
        if !holds { throw .shapes(reason: reason()) }
    }

    private static func requireVectors(_ shapes: ArraySlice<[Int]>, _ extent: Int) throws(GraphError) {
        for shape in shapes { try require(shape == [extent], "needs [\(extent)], has \(shape)") }
    }

    /// - Parameter channels: the axis of the weights that runs over x's channels.
    private static func requirePicture(_ x: [Int], weights w: [Int], channels: Int) throws(GraphError) {
        let form = channels == 3 ? "[M, kh, kw, C]" : "[kh, kw, C]"
        try require(x.count == 4 && w.count == channels + 1, "needs x [N, H, W, C] and weights \(form), has \(x), \(w)")
        try require(x[3] == w[channels], "x has \(x[3]) channels, the weights take \(w[channels])")
    }
}
