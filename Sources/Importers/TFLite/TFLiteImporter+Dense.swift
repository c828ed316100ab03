import FloatGraph
import TFLiteFormat

extension TFLiteImporter {
    /// Rows of as many elements as the weights `[M, K]` take; leading axes are joined unless they are kept.
    mutating func dense(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0)
        let weights = try requiredConstant(node, 1), w = weights.tensor.shape
        try require(try node.choice(Schema.Dense.weightsFormat) == 0, "has shuffled weights")
        let count = x.shape.reduce(1, *)
        guard w.count == 2, weights.tensor.count > 0, count % w[1] == 0 else {
            throw .invalid("multiplies \(x.shape) by weights \(w)")
        }
        let keepsAxes = try node.bool(Schema.Dense.keepsAxes) && x.shape.last == w[1]
        let rows = keepsAxes ? Array(x.shape.dropLast()) : [count / w[1]]
        var inputs = [
            value(Activation(x.value, shape: rows + [w[1]])),
            place(weights, weights.tensor.floats, shape: w, axis: 0, node, input: 1),
        ]
        if let bias = try constant(node, 2) {
            guard bias.tensor.count == w[0] else { throw .invalid("has a bias of \(bias.tensor.count) numbers") }
            inputs.append(place(bias, bias.tensor.floats, shape: [w[0]], axis: 0, layout: "bias", node, input: 2))
        }
        let id = try append(.dense, inputs, node)
        try define(node, id, shape: rows + [w[0]], activation: try node.choice(Schema.Dense.activation))
    }

    /// BATCH_MATMUL: a dense layer where the second factor is a constant matrix.
    mutating func product(_ node: TFLiteNode) throws(ImportFailure) {
        let transposesX = try node.bool(Schema.BatchMatMul.transposesX)
        let transposesY = try node.bool(Schema.BatchMatMul.transposesY)
        guard let second = node.input(1) else { throw .invalid("has no input 1") }
        var x = try activation(node, 0)
        guard x.shape.count >= 2 else { throw .invalid("multiplies \(x.shape)") }
        if transposesX { x = try transposed(x, node) }
        switch try operand(second) {
        case .constant(let y):
            let shape = y.tensor.shape
            try require(
                shape.count >= 2 && shape.dropLast(2).allSatisfy { $0 == 1 },
                "multiplies by constants of shape \(shape), supported is one matrix")
            let matrix = y.tensor.reshaped(Array(shape.suffix(2)))
            let weights = transposesY ? matrix : matrix.transposed([1, 0])
            let w = weights.shape
            let layout = transposesY ? "" : "transposed"
            let id = try append(
                .dense, [value(x), place(y, weights.floats, shape: w, axis: 0, layout: layout, node, input: 1)], node)
            try define(node, id, shape: x.shape.dropLast() + [w[0]])
        case .activation(let y):
            guard y.shape.count >= 2 else { throw .invalid("multiplies by \(y.shape)") }
            let id = try append(.matmul(transposeB: transposesY), [value(x), value(y)], node)
            let rank = max(x.shape.count, y.shape.count)
            let shape = graph.shape(id)
            try define(node, id, shape: Array(repeating: 1, count: rank - shape.count) + shape)
        case .failed: throw .consequence
        }
    }

    /// The last two axes exchanged.
    private mutating func transposed(_ x: Activation, _ node: TFLiteNode) throws(ImportFailure) -> Activation {
        let id = value(x), rank = graph.shape(id).count
        guard rank >= 2 else { throw .invalid("transposes \(x.shape)") }
        let order = Array(0..<rank - 2) + [rank - 1, rank - 2]
        var shape = x.shape
        shape.swapAt(shape.count - 2, shape.count - 1)
        return Activation(try append(.transpose(order), [id], name: "\(node.name) transposed"), shape: shape)
    }
}
