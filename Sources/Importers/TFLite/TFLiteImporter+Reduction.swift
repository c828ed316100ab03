import FloatGraph
import TFLiteFormat

extension TFLiteImporter {
    mutating func reduce(_ function: ReduceFunction, _ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0)
        var axes: Set<Int> = []
        for axis in try integers(node, 1) { axes.insert(try normalizedAxis(axis, rank: x.shape.count)) }
        guard axes.allSatisfy(x.shape.indices.contains) else { throw .invalid("reduces axes \(axes) of \(x.shape)") }
        let keeps = try node.bool(Schema.Reducer.keepsAxes)
        let shape = keeps
            ? x.shape.indices.map { axes.contains($0) ? 1 : x.shape[$0] }
            : x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] }
        let lost = dropped(x.shape)
        // Axes of extent 1 reduce to themselves; axis 0 of the float graph stays in place.
        let real = axes.filter { x.shape[$0] > 1 }.map { $0 - lost }.sorted()
        if real.isEmpty { return try alias(node, x, shape: shape) }
        let id = try append(.reduce(function, axes: real, keep: keeps || real.contains(0)), [value(x)], node)
        try define(node, id, shape: shape)
    }

    mutating func softmax(_ node: TFLiteNode) throws(ImportFailure) {
        try define(node, try normalized(node, beta: try node.float(Schema.Softmax.beta)), shape: nil)
    }

    mutating func logSoftmax(_ node: TFLiteNode) throws(ImportFailure) {
        let id = try normalized(node, beta: 1)
        try define(node, try append(.unary(.logarithm), [id], node))
    }

    private mutating func normalized(_ node: TFLiteNode, beta: Float) throws(ImportFailure) -> ValueID {
        let x = try activation(node, 0)
        guard !x.shape.isEmpty else { throw .invalid("normalizes a scalar") }
        var id = value(x)
        if beta != 1 {
            let factor = place([beta], shape: [1], name: "\(node.name) beta")
            id = try append(.arithmetic(.multiply), [id, factor], name: "\(node.name) scaled")
        }
        return try append(.softmax, [id], node)
    }

    /// x / max(√Σx², 10⁻⁶) over the last axis.
    mutating func l2Normalization(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0)
        guard !x.shape.isEmpty else { throw .invalid("normalizes a scalar") }
        let id = value(x), last = graph.shape(id).count - 1
        let squares = try append(.unary(.square), [id], name: "\(node.name) squares")
        let sum = try append(.reduce(.sum, axes: [last], keep: true), [squares], name: "\(node.name) sum")
        let bounded = try append(
            .unary(.clip(1e-12, .greatestFiniteMagnitude)), [sum], name: "\(node.name) bounded sum")
        let factor = try append(.unary(.power(-0.5)), [bounded], name: "\(node.name) factor")
        let result = try append(.arithmetic(.multiply), [id, factor], node)
        try define(node, result, shape: x.shape, activation: try node.choice(0))
    }
}
