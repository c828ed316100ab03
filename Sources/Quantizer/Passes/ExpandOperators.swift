import FloatGraph

/// Operators that have no integer form of their own become others that have one and compute the same.
enum ExpandOperators: GraphPass {
    static let name = "operators in terms of others"

    static func run(on graph: inout Graph) throws(GraphError) -> Int {
        // what an expansion writes may be expanded again: an average and its divisors, a minimum and its maximum
        var total = 0
        while true {
            let changes = try graph.expandNodes { node, graph throws(GraphError) in
                var expansion = Expansion(node, in: graph)
                return try expansion.expand() ? expansion : nil
            }
            if changes == 0 { return total }
            total += changes
        }
    }
}

extension Expansion {
    fileprivate mutating func expand() throws(GraphError) -> Bool {
        switch node.kind {
        case .pool(.average(let countsPadding), let kernelY, let kernelX, let window):
            try average(countsPadding, kernelY, kernelX, window)
        case .layerNormalization(let epsilon): return try layerNormalization(epsilon)
        case .matmul(let transposeB): return try matmul(transposeB)
        case .arithmetic(.minimum): try extremum(isMaximum: false)
        case .arithmetic(.maximum): try extremum(isMaximum: true)
        case .arithmetic(.divide): return try quotient()
        case .reduce(let function, let axes, let keep): return try reduction(function, axes, keep)
        default: return false
        }
        return true
    }

    /// A depthwise convolution of equal weights; where padding does not count, times what the border lacks.
    private mutating func average(
        _ countsPadding: Bool, _ kernelY: Int, _ kernelX: Int, _ window: ConvolutionWindow
    ) throws(GraphError) {
        let x = shape(node.inputs[0]), y = shape(node.output)
        if !window.isPadded, !window.isDilated, [kernelY, kernelX] == x[1...2] {
            return finish(.reduce(.mean, axes: [1, 2], keep: true), [node.inputs[0]])
        }
        let taps = kernelY * kernelX
        let weights = constant(
            "average", [kernelY, kernelX, x[3]], Array(repeating: 1 / Float(taps), count: taps * x[3]))
        let inputs = [node.inputs[0], weights]
        func inside(_ position: Int, _ step: Int, _ pad: Int, _ kernel: Int, _ dilation: Int, _ extent: Int) -> Int {
            (0..<kernel).count { (0..<extent).contains(position * step - pad + $0 * dilation) }
        }
        let factors = (0..<y[1]).flatMap { row in
            let rows = inside(row, window.strideY, window.padTop, kernelY, window.dilationY, x[1])
            return (0..<y[2]).map { column in
                let columns = inside(column, window.strideX, window.padLeft, kernelX, window.dilationX, x[2])
                return Float(taps) / Float(rows * columns)
            }
        }
        guard !countsPadding, factors.contains(where: { $0 != 1 }) else { return finish(.depthwise(window), inputs) }
        let sum = try add(.depthwise(window), inputs, "padded")
        finish(.arithmetic(.multiply), [sum, constant("border", [1, y[1], y[2], 1], factors)])
    }

    /// The normalization alone, then factors and summands, which can join the layer behind.
    private mutating func layerNormalization(_ epsilon: Float) throws(GraphError) -> Bool {
        let scale = graph.constant(node.inputs[1])!, offset = graph.constant(node.inputs[2])!
        guard scale.values.contains(where: { $0 != 1 }) || offset.values.contains(where: { $0 != 0 }) else {
            return false
        }
        let shape = [scale.count], ones = [Float](repeating: 1, count: scale.count)
        let zeros = constant("zeros", shape, ones.map { _ in 0 }), unit = constant("ones", shape, ones)
        let normal = try add(.layerNormalization(epsilon: epsilon), [node.inputs[0], unit, zeros], "normal")
        finish(.batchNormalization(epsilon: 0), [normal, node.inputs[1], node.inputs[2], zeros, unit])
        return true
    }

    /// With a constant factor it is a dense layer, of the transposed other one where the constant comes first.
    private mutating func matmul(_ transposeB: Bool) throws(GraphError) -> Bool {
        let (a, b) = (node.inputs[0], node.inputs[1])
        func matrix(_ value: ValueID) -> FloatTensor? {
            guard let constant = graph.constant(value), constant.count == constant.shape.suffix(2).reduce(1, *) else {
                return nil
            }
            return FloatTensor(shape: constant.shape.suffix(2), values: constant.values)
        }
        func swapped(_ shape: [Int]) -> [Int] {
            Array(0..<shape.count - 2) + [shape.count - 1, shape.count - 2]
        }
        if let weights = matrix(b), shape(a).dropLast() == shape(node.output).dropLast() {
            let rows = transposeB ? weights : weights.transposed
            finish(.dense, [a, constant("weights", rows.shape, rows.values)])
            return true
        }
        if graph.constant(a) == nil, graph.constant(b) == nil { return try parts(transposeB) }
        guard let weights = matrix(a), shape(b).count == shape(node.output).count else { return false }
        let columns = transposeB ? b : try add(.transpose(swapped(shape(b))), [b], "columns")
        let product = try add(
            .dense, [columns, constant("weights", weights.shape, weights.values)], "columnwise")
        finish(.transpose(swapped(shape(product))), [product])
        return true
    }

    /// More products than an accumulator holds of int16 are summed in parts.
    private mutating func parts(_ transposeB: Bool) throws(GraphError) -> Bool {
        let (a, b) = (node.inputs[0], node.inputs[1])
        let products = shape(a).last!, limit = Lowering.widestProduct
        guard products > limit else { return false }
        func part(_ value: ValueID, _ axis: Int, _ range: Range<Int>) throws(GraphError) -> ValueID {
            var starts = shape(value).map { _ in 0 }, extents = shape(value)
            (starts[axis], extents[axis]) = (range.lowerBound, range.count)
            let steps = starts.map { _ in 1 }
            return try add(.slice(starts: starts, extents: extents, steps: steps), [value], "\(range)")
        }
        var sum: ValueID?
        for first in stride(from: 0, to: products, by: limit) {
            let range = first..<min(first + limit, products)
            let inputs = [
                try part(a, shape(a).count - 1, range),
                try part(b, shape(b).count - (transposeB ? 1 : 2), range),
            ]
            let product = try add(.matmul(transposeB: transposeB), inputs, "products of \(range)")
            guard let earlier = sum else {
                sum = product
                continue
            }
            guard range.upperBound < products else {
                finish(.arithmetic(.add), [earlier, product])
                break
            }
            sum = try add(.arithmetic(.add), [earlier, product], "sum to \(range.upperBound)")
        }
        return true
    }

    /// max(x, y) = x + relu(y − x), min(x, y) = x − relu(x − y); with one number it is a clip.
    private mutating func extremum(isMaximum: Bool) throws(GraphError) {
        var (x, y) = (node.inputs[0], node.inputs[1])
        if graph.constant(x) != nil { swap(&x, &y) }
        if let limit = graph.constant(y), limit.count == 1, shape(x) == shape(node.output) {
            let bound = limit.values[0]
            let function: UnaryFunction = isMaximum
                ? .clip(bound, .greatestFiniteMagnitude) : .clip(-.greatestFiniteMagnitude, bound)
            return finish(.unary(function), [x])
        }
        let difference = try add(.arithmetic(.subtract), isMaximum ? [y, x] : [x, y], "difference")
        let excess = try add(.unary(.relu), [difference], "excess")
        finish(.arithmetic(isMaximum ? .add : .subtract), [x, excess])
    }

    /// x / y = x · (1 / y).
    private mutating func quotient() throws(GraphError) -> Bool {
        let (x, y) = (node.inputs[0], node.inputs[1])
        if let divisor = graph.constant(y) {
            guard !divisor.values.contains(0) else { return false }
            let factor = constant("factor", divisor.shape, divisor.values.map { 1 / $0 })
            finish(.arithmetic(.multiply), [x, factor])
        } else if let dividend = graph.constant(x), dividend.values.allSatisfy({ $0 == 1 }),
            shape(y) == shape(node.output) {
            finish(.unary(.reciprocal), [y])
        } else {
            finish(.arithmetic(.multiply), [x, try add(.unary(.reciprocal), [y], "reciprocal")])
        }
        return true
    }

    /// Axes apart one after the other; a minimum is the negative of the negatives' maximum.
    private mutating func reduction(
        _ function: ReduceFunction, _ axes: [Int], _ keep: Bool
    ) throws(GraphError) -> Bool {
        let sorted = axes.sorted()
        if function == .minimum {
            let negative = try add(.unary(.negate), [node.inputs[0]], "negative")
            let largest = try add(.reduce(.maximum, axes: axes, keep: keep), [negative], "largest")
            finish(.unary(.negate), [largest])
            return true
        }
        guard let gap = zip(sorted, sorted.dropFirst()).first(where: { $0 + 1 != $1 }), function != .product else {
            return false
        }
        // the last axes first, so that the others keep their numbers
        let late = try add(
            .reduce(function, axes: sorted.filter { $0 > gap.0 }, keep: keep), [node.inputs[0]], "part")
        finish(.reduce(function, axes: sorted.filter { $0 <= gap.0 }, keep: keep), [late])
        return true
    }
}

extension FloatTensor {
    /// A matrix with rows and columns exchanged.
    fileprivate var transposed: FloatTensor {
        let (rows, columns) = (shape[0], shape[1])
        return FloatTensor(
            shape: [columns, rows],
            values: (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } })
    }
}
