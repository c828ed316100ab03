import FloatGraph

extension ONNXImporter {
    /// alpha·A·B + beta·C
    mutating func gemm(_ node: ONNXNode) throws(ImportFailure) {
        let (alpha, beta) = (node.float("alpha", default: 1), node.float("beta", default: 1))
        let transposesA = node.integer("transA", default: 0) != 0, transposesB = node.integer("transB", default: 0) != 0
        guard let first = node.input(0), let second = node.input(1) else { throw .invalid("has no second operand") }
        var addend: Operand?
        if let name = node.input(2) { addend = try operand(name) }
        guard case .activation(let view) = try operand(first), case .constant(let b) = try operand(second) else {
            try product(node, transposesA, transposesB)
            return try finish(node, scale: alpha, adding: addend, beta)
        }
        guard view.rank == 2, b.shape.count == 2 else {
            throw .invalid("multiplies \(view.rank) by \(b.shape.count) axes")
        }
        let weights = transposesB ? b : b.transposed([1, 0])
        let scaled = alpha == 1 ? weights : ConstantTensor(weights.floats.map { $0 * alpha }, shape: weights.shape)
        var bias: [Float]?
        let columns = weights.shape[0]
        if case .constant(let c)? = addend, c.shape.dropLast().allSatisfy({ $0 == 1 }), [1, columns].contains(c.count) {
            bias = (c.count == 1 ? Array(repeating: c.floats[0], count: columns) : c.floats).map { $0 * beta }
            addend = nil
        }
        try dense(view, rows: transposesA ? [1] : [0], column: transposesA ? 0 : 1, scaled, bias, node)
        if addend != nil { try finish(node, scale: 1, adding: addend, beta) }
    }

    /// The node's result so far times a factor, plus beta times C.
    private mutating func finish(
        _ node: ONNXNode, scale: Float, adding addend: Operand?, _ beta: Float
    ) throws(ImportFailure) {
        guard let name = node.output(0) else { return }
        func scaled(_ operand: Operand, _ factor: Float, _ part: String?) throws(ImportFailure) -> Operand {
            if factor == 1 { return operand }
            let number = ConstantTensor([factor], shape: [1])
            if case .constant(let tensor) = operand { return .constant(try arithmetic(.multiply, tensor, number)) }
            return .activation(try combine(.multiply, operand, .constant(number), node, part: part))
        }
        var result = try scaled(try operand(name), scale, addend == nil ? nil : "scaled")
        if let addend {
            let other = try scaled(addend, beta, "addend")
            result = .activation(try combine(.add, result, other, node, part: nil))
        }
        if case .activation(let view) = result { define(node, view) }
    }

    mutating func matMul(_ node: ONNXNode) throws(ImportFailure) {
        guard let first = node.input(0), let second = node.input(1) else { throw .invalid("has no second operand") }
        switch (try operand(first), try operand(second)) {
        case (.activation(let x), .activation(let y)):
            if let found = selfAttention(weights: x, values: y) { return try attention(found, values: y, node) }
            try product(node, false, false)
        case (.activation(let x), .constant(let b)) where b.shape.count == 2:
            guard x.rank >= 1 else { throw .invalid("multiplies a scalar") }
            let last = x.rank - 1
            try dense(x, rows: Array(0..<last), column: last, b.transposed([1, 0]), nil, node)
        case (.constant(let a), .activation(let x)) where a.shape.count == 2 && x.rank >= 2:
            // A·x = (xᵀ·Aᵀ)ᵀ
            let swapped = Array(0..<x.rank - 2) + [x.rank - 1, x.rank - 2]
            let last = x.rank - 1
            try dense(x.permuted(swapped), rows: Array(0..<last), column: last, a, nil, node, name: node.input(0))
            if let name = node.output(0), case .activation(let result)? = operands[name] {
                define(node, result.permuted(swapped))
            }
        default:
            try product(node, false, false)
        }
    }

    /// The product of two operands with at least two axes each.
    private mutating func product(
        _ node: ONNXNode, _ transposesA: Bool, _ transposesB: Bool
    ) throws(ImportFailure) {
        func matrices(_ index: Int, _ isTransposed: Bool) throws(ImportFailure) -> View {
            let name = node.inputs[index]
            var view: View
            switch try operand(name) {
            case .activation(let found): view = found
            case .constant(let tensor):
                guard tensor.count > 0 else { throw .invalid("multiplies by an empty constant") }
                let id = place(tensor.floats, shape: tensor.shape, name: name, layout: "matrices", node)
                view = View(id, shape: tensor.shape, order: Array(tensor.shape.indices))
            case .failed, .missing: throw .consequence
            }
            try require(view.rank >= 2, "multiplies by a vector, supported are matrices")
            guard isTransposed else { return view }
            return view.permuted(Array(0..<view.rank - 2) + [view.rank - 1, view.rank - 2])
        }
        let (x, y) = (try matrices(0, transposesA), try matrices(1, transposesB))
        let rank = max(x.rank, y.rank)
        let (a, b) = (x.padded(to: rank), y.padded(to: rank))
        let natural = Array(0..<rank), swapped = Array(0..<rank - 2) + [rank - 1, rank - 2]
        let transposeB = !b.isInMemoryOrder(natural) && b.isInMemoryOrder(swapped)
        let operands = [try value(a, order: natural), try value(b, order: transposeB ? swapped : natural)]
        let id = try emit(.matmul(transposeB: transposeB), operands, node)
        define(node, id, order: natural)
    }

    /// A dense layer; `weights` are `[outputs, inputs]` with the inputs in ONNX order.
    private mutating func dense(
        _ view: View, rows: [Int], column: Int, _ weights: ConstantTensor, _ bias: [Float]?, _ node: ONNXNode,
        name: String? = nil
    ) throws(ImportFailure) {
        let (outputs, inputs) = (weights.shape[0], weights.shape[1])
        guard view.shape(graph)[column] == inputs, weights.count > 0 else {
            throw .invalid("multiplies \(view.shape(graph)) by a matrix with \(inputs) rows")
        }
        let operand = try matrix(view, rows: rows, column: column)
        var values = weights.floats
        if let columns = operand.columns {
            values = (0..<outputs).flatMap { row in columns.map { weights.floats[row * inputs + $0] } }
        }
        let layout = operand.columns == nil ? "outputs first" : "outputs first, inputs channel-last"
        let name = name ?? node.input(1)
        var ids = [operand.value, place(values, shape: [outputs, inputs], name: name, layout: layout, node)]
        if let bias { ids.append(place(bias, shape: [outputs], name: node.input(2), node)) }
        let id = try emit(.dense, ids, node)
        define(node, trimmed(View(id, axes: operand.axes)))
    }
}
