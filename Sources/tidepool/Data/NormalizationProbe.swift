import FloatGraph
import Foundation

/// The first batch normalization of a network, which remembers mean and variance of what it saw in training.
///
/// Networks whose normalization was folded before they were saved have none.
struct NormalizationProbe {
    let name: String
    private let executor: FloatExecutor
    private let value: ValueID
    private let mean: [Float]
    private let variance: [Float]

    /// `nil` where the first layer with weights is not followed by a batch normalization.
    init?(_ graph: Graph) throws {
        let first = graph.nodes.firstIndex { node in
            guard case .batchNormalization = node.kind else { return false }
            return graph.constant(node.inputs[3]) != nil && graph.constant(node.inputs[4]) != nil
        }
        guard let first, first > 0 else { return nil }
        let node = graph.nodes[first]
        // behind one layer with weights: further on, the layers before would have to be right already
        let weighted = graph.nodes[..<first].filter { $0.kind.hasWeights }
        guard weighted.count == 1, weighted[0].output == node.inputs[0] else { return nil }
        var head = Graph(name: graph.name)
        head.values = graph.values
        head.nodes = Array(graph.nodes[..<first])
        head.input = graph.input
        head.outputs = [node.inputs[0]]
        name = node.name
        value = node.inputs[0]
        mean = graph.constant(node.inputs[3])!.values
        variance = graph.constant(node.inputs[4])!.values
        head.removeDeadNodes()
        executor = try FloatExecutor(head)
    }

    /// How far the layer's input is from what it remembers: the mean over channels of the squared distance of means in
    /// deviations, and of the squared logarithm of the variances' ratio.
    func distance(_ inputs: [FloatTensor]) throws -> Double {
        let channels = mean.count
        var sums = [Double](repeating: 0, count: channels), squares = sums
        var rows = 0
        for input in inputs {
            let values = try executor.run(input)[0].values
            for (index, value) in values.enumerated() {
                sums[index % channels] += Double(value)
                squares[index % channels] += Double(value) * Double(value)
            }
            rows += values.count / channels
        }
        var total = 0.0
        for channel in 0..<channels {
            let found = sums[channel] / Double(rows)
            let spread = max(squares[channel] / Double(rows) - found * found, 1e-12)
            let trained = max(Double(variance[channel]), 1e-12)
            let shift = found - Double(mean[channel])
            total += shift * shift / trained + pow(log(spread / trained), 2)
        }
        return total / Double(channels)
    }
}

extension FloatOperator {
    fileprivate var hasWeights: Bool {
        switch self {
        case .convolution, .depthwise, .dense, .lstm: true
        default: false
        }
    }
}
