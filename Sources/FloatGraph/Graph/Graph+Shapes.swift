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
            let w = inputs[1]
            try require(x.count == 4 && w.count == 4, "needs x [N, H, W, C] and weights [M, kh, kw, C], has \(x), \(w)")
            try require(x[3] == w[3], "x has \(x[3]) channels, the weights take \(w[3])")
            try requireVectors(inputs[2...], w[0])
            return [x[0]] + (try window.outputExtents(x[1], x[2], w[1], w[2])) + [w[0]]
        case .depthwise(let window):
            let w = inputs[1]
            try require(x.count == 4 && w.count == 3, "needs x [N, H, W, C] and weights [kh, kw, C], has \(x), \(w)")
            try require(x[3] == w[2], "x has \(x[3]) channels, the weights take \(w[2])")
            try requireVectors(inputs[2...], x[3])
            return [x[0]] + (try window.outputExtents(x[1], x[2], w[0], w[1])) + [x[3]]
        case .dense:
            let w = inputs[1]
            try require(!x.isEmpty && w.count == 2, "needs x […, K] and weights [M, K], has \(x), \(w)")
            try require(x.last == w[1], "x \(x) ends in another extent than the weights \(w)")
            try requireVectors(inputs[2...], w[0])
            return x.dropLast() + [w[0]]
        case .batchNormalization(let epsilon):
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
        case .concatenate:
            return try concatenated(inputs)
        case .reduce(_, let axes, let keep):
            return try reduced(x, axes, keep: keep)
        case .lstm(let hidden):
            try require((1...extentLimit).contains(hidden), "has \(hidden) hidden units")
            try require(x.count == 2, "needs x [T, C], has \(x)")
            try require(
                inputs[1] == [4 * hidden, x[1]] && inputs[2] == [4 * hidden, hidden] && inputs[3] == [4 * hidden],
                "needs weights [4·\(hidden), \(x[1])], recurrent [4·\(hidden), \(hidden)], bias [4·\(hidden)]"
            )
            return [x[0], hidden]
        case .selfAttention(let units):
            try require(x.count == 2, "needs x [T, C], has \(x)")
            let expected = [[units, x[1]], [units, x[1]], [units], [units], [1]]
            try require(Array(inputs[1...]) == expected, "needs parameters \(expected), has \(Array(inputs[1...]))")
            return x
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

    private static func concatenated(_ inputs: [[Int]]) throws(GraphError) -> [Int] {
        let x = inputs[0]
        try require(!x.isEmpty, "needs inputs […, C]")
        var channels = 0
        for shape in inputs {
            try require(
                shape.count == x.count && shape.dropLast() == x.dropLast(),
                "\(x) and \(shape) differ before the last axis")
            channels += shape[shape.count - 1]
        }
        return x.dropLast() + [channels]
    }

    private static func reduced(_ x: [Int], _ axes: [Int], keep: Bool) throws(GraphError) -> [Int] {
        try require(
            !axes.isEmpty && Set(axes).count == axes.count && axes.allSatisfy(x.indices.contains),
            "axes \(axes) do not fit x \(x)"
        )
        return keep
            ? x.indices.map { axes.contains($0) ? 1 : x[$0] }
            : x.indices.filter { !axes.contains($0) }.map { x[$0] }
    }

    private static func requireVectors(_ shapes: ArraySlice<[Int]>, _ extent: Int) throws(GraphError) {
        for shape in shapes { try require(shape == [extent], "needs [\(extent)], has \(shape)") }
    }

    private static func require(_ holds: Bool, _ reason: @autoclosure () -> String) throws(GraphError) {
        if !holds { throw .shapes(reason: reason()) }
    }
}

extension ConvolutionWindow {
    /// ⌊(extent + padding − kernel) / stride⌋ + 1 for height and width.
    func outputExtents(_ h: Int, _ w: Int, _ kh: Int, _ kw: Int) throws(GraphError) -> [Int] {
        let padding = [padTop, padLeft, padBottom, padRight]
        guard padding.allSatisfy((0...Graph.extentLimit).contains),
            [strideY, strideX].allSatisfy((1...Graph.extentLimit).contains), kh >= 1, kw >= 1
        else {
            throw .shapes(reason: "a window needs kernel and strides ≥ 1 and padding ≥ 0, has [\(kh), \(kw)], \(self)")
        }
        let y = h + padTop + padBottom - kh
        let x = w + padLeft + padRight - kw
        guard y >= 0, x >= 0 else {
            throw .shapes(reason: "the kernel [\(kh), \(kw)] is larger than the padded input [\(h), \(w)]")
        }
        return [y / strideY + 1, x / strideX + 1]
    }
}

extension FloatOperator {
    /// How many inputs the operator takes, constants included.
    public var inputCounts: ClosedRange<Int> {
        switch self {
        case .convolution, .depthwise, .dense: 2...3
        case .batchNormalization: 5...5
        case .arithmetic, .prelu: 2...2
        case .unary, .reduce, .softmax, .reshape: 1...1
        case .concatenate: 1...4096
        case .lstm: 4...4
        case .selfAttention: 6...6
        }
    }

    /// The inputs that must be constants.
    public var constantInputs: Range<Int> {
        switch self {
        case .convolution, .depthwise, .dense, .batchNormalization, .prelu, .lstm, .selfAttention:
            1..<inputCounts.upperBound
        case .arithmetic, .unary, .reduce, .softmax, .reshape, .concatenate: 0..<0
        }
    }
}
