import FloatGraph

/// Gives the channels between two weighted layers similar ranges: what one layer's rows are divided by, the next
/// layer's columns are multiplied with (cross-layer equalization, Nagel et al. 2019, equation 11).
///
/// Legal where nobody else reads the values in between and nothing, or a function with f(s·x) = s·f(x) for s > 0, lies
/// there. A clip at 6 or a swish is none.
enum EqualizeChannels: GraphPass {
    static let name = "equalize channels across layers"
    /// No channel is scaled by more than this, or less than its reciprocal.
    static let largestFactor = 64.0

    static func run(on graph: inout Graph) -> Int {
        let consumers = graph.consumers
        var changes = 0
        for index in graph.nodes.indices where graph.isEqualizable(graph.nodes[index]) {
            guard let (between, reader) = follow(graph.nodes[index].output, graph, consumers) else { continue }
            let channels = graph.shape(between[0]).last!
            let rows = ranges(index, channels, areInputs: false, graph)
            let columns = ranges(reader, channels, areInputs: true, graph)
            guard rows.count == channels, columns.count == channels else { continue }
            let factors = zip(rows, columns).map { row, column in
                row > 0 && column > 0
                    ? min(max((row / column).squareRoot(), 1 / largestFactor), largestFactor) : 1
            }
            let zeros = Array(repeating: 0.0, count: channels)
            graph.scaleOutputs(of: index, by: Affine(scale: factors.map { 1 / $0 }, offset: zeros))
            graph.scaleInputs(of: reader, by: Affine(scale: factors, offset: zeros))
            for value in between { graph.values[value].name += ":equalized" }
            changes += 1
        }
        return changes
    }

    /// The values from one layer to the only one that reads it.
    private static func follow(
        _ value: ValueID, _ graph: Graph, _ consumers: [[Int]]
    ) -> (between: [ValueID], reader: Int)? {
        guard consumers[value].count == 1, !graph.outputs.contains(value) else { return nil }
        let reader = consumers[value][0], node = graph.nodes[reader]
        if graph.isEqualizable(node) { return node.inputs[0] == value ? ([value], reader) : nil }
        switch node.kind {
        case .unary(.relu), .unary(.leakyRelu), .prelu:
            guard node.inputs[0] == value, let rest = follow(node.output, graph, consumers) else { return nil }
            return ([value] + rest.between, rest.reader)
        default:
            return nil
        }
    }

    /// The largest weight of every output channel, or of every input channel.
    private static func ranges(_ index: Int, _ channels: Int, areInputs: Bool, _ graph: Graph) -> [Double] {
        let node = graph.nodes[index], weights = graph.constant(node.inputs[1])!
        var isDepthwise = false
        if case .depthwise = node.kind { isDepthwise = true }
        guard (isDepthwise || areInputs ? weights.shape.last! : weights.shape[0]) == channels else { return [] }
        let perRow = weights.count / channels
        var ranges = [Double](repeating: 0, count: channels)
        for (i, weight) in weights.values.enumerated() {
            let channel = isDepthwise || areInputs ? i % channels : i / perRow
            ranges[channel] = max(ranges[channel], abs(Double(weight)))
        }
        return ranges
    }
}

extension Graph {
    /// Whether the rows and columns of a node's weights can be scaled.
    fileprivate func isEqualizable(_ node: Node) -> Bool {
        switch node.kind {
        case .convolution, .depthwise, .dense: constant(node.inputs[1]) != nil
        default: false
        }
    }
}
