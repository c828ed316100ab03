extension Graph {
    /// Trained numbers: the constants of all operators but plain arithmetic; a constant that is used twice counts once.
    public var parameterCount: Int {
        let used = nodes.flatMap { node in node.inputs[node.kind.constantInputs.clamped(to: node.inputs.indices)] }
        return Set(used).reduce(0) { $0 + (constant($1)?.count ?? 0) }
    }

    /// Multiply-adds of one run: one clip or one picture.
    ///
    /// Counted are convolutions, matrix products, LSTM, GRU and attention; elementwise work is not.
    public func multiplyAdds() -> Int {
        nodes.reduce(0) { $0 + multiplyAdds($1) }
    }

    /// Multiply-adds of one node.
    public func multiplyAdds(_ node: Node) -> Int {
        let x = shape(node.inputs[0])
        let outputCount = shape(node.output).reduce(1, *)
        switch node.kind {
        case .convolution:
            let w = shape(node.inputs[1])
            return outputCount * w[1] * w[2] * w[3]
        case .depthwise:
            let w = shape(node.inputs[1])
            return outputCount * w[0] * w[1]
        case .transposedConvolution:
            let w = shape(node.inputs[1])
            return x.reduce(1, *) * w[0] * w[1] * w[2]
        case .dense, .matmul:
            return outputCount * x[x.count - 1]
        case .lstm(let hidden):
            return x[0] * 4 * hidden * (x[1] + hidden)
        case .gru(let hidden, _):
            return x[0] * 3 * hidden * (x[1] + hidden)
        case .selfAttention(let units):
            return x[0] * 2 * units * x[1] + x[0] * x[0] * (units + x[1])
        default:
            return 0
        }
    }
}
