import FloatGraph

/// Finds the nodes that no operator of a model file can express, so that all are reported at once.
struct Support {
    let graph: Graph
    let plan: LoweringPlan

    func check() throws(QuantizerError) {
        for value in graph.values {
            guard let constant = value.constant else { continue }
            // NaN fails every comparison
            if !constant.values.allSatisfy({ abs($0) <= 1e30 }) { throw .notFinite(value: value.name, input: nil) }
        }
        let inClip = Set(plan.clip.map(\.node))
        var nodes: [QuantizerError.UnsupportedNode] = []
        for step in plan.frame + plan.clip {
            let node = graph.nodes[step.node]
            if let reason = problem(node, inClip: inClip.contains(step.node)) {
                nodes.append(.init(node: node.name, operation: node.kind.label, reason: reason))
            }
        }
        let deciding = graph.shape(graph.input)[0] > 1 ? plan.clip : plan.frame
        let decided = Set(deciding.map(\.output))
        for id in graph.outputs where !decided.contains(id) || isSequence(id) {
            let reason =
                isSequence(id) ? "has a value for each frame, not one a clip" : "is not computed from the input"
            nodes.append(.init(node: graph.values[id].name, operation: "output", reason: reason))
        }
        if !nodes.isEmpty { throw .unsupported(nodes) }
    }

    private func isSequence(_ value: ValueID) -> Bool {
        let frames = graph.shape(graph.input)[0]
        return frames > 1 && graph.shape(value).first == frames
    }

    private func problem(_ node: Node, inClip: Bool) -> String? {
        let frames = graph.shape(graph.input)[0]
        let x = graph.shape(node.inputs[0])
        if let reason = node.kind.unsupportedReason { return reason }
        switch node.kind {
        case .convolution, .depthwise:
            return inClip && frames > 1 && x[0] == frames
                ? "convolves a sequence after frames were mixed; only single maps are supported there" : nil
        case .arithmetic(.divide):
            return "divides activations; only add, subtract and multiply are supported"
        case .arithmetic(let function):
            guard node.inputs.allSatisfy({ graph.constant($0) == nil }) else {
                return "its constant is neither one number nor one for each channel"
            }
            let y = graph.shape(node.inputs[1])
            if x == y { return nil }
            guard function == .multiply else {
                return "its operands \(x) and \(y) differ; only equal shapes are supported"
            }
            let output = graph.shape(node.output)
            guard x == output || y == output else { return "both operands \(x) and \(y) are broadcast" }
            let factor = x == output ? y : x
            return isFactor(factor, of: output)
                ? nil : "the factor \(factor) of \(output) is neither one a channel nor one a position"
        case .concatenate(let axis):
            return axis == x.count - 1 ? nil : "joins axis \(axis) of \(x.count); only the last has an integer form yet"
        case .reduce(_, let axes, _):
            let sorted = axes.sorted()
            return zip(sorted, sorted.dropFirst()).allSatisfy { $0 + 1 == $1 }
                ? nil : "reduces axes \(axes); only neighbouring axes are supported"
        default:
            return nil
        }
    }

    /// One factor a channel, or one a position.
    private func isFactor(_ factor: [Int], of output: [Int]) -> Bool {
        guard let channels = output.last else { return false }
        let perChannel = factor.last == channels && factor.reduce(1, *) == channels * frameCount(factor, output)
        return perChannel || factor == output.dropLast() + [1]
    }

    /// In the frame program axis 0 is no axis: gates of N frames are gates of one.
    private func frameCount(_ factor: [Int], _ output: [Int]) -> Int {
        let frames = graph.shape(graph.input)[0]
        return factor.count == output.count && factor[0] == frames && output[0] == frames ? frames : 1
    }
}

extension FloatOperator {
    /// Why an operator has no integer form, whatever its inputs; `nil` where it has one.
    var unsupportedReason: String? {
        switch self {
        case .convolution(let window) where window.isDilated, .depthwise(let window) where window.isDilated:
            "a dilated kernel has no integer form"
        case .arithmetic(.minimum), .arithmetic(.maximum), .reduce(.minimum, _, _), .reduce(.sum, _, _),
            .reduce(.product, _, _), .pool, .transposedConvolution, .resize, .pad, .slice, .transpose, .matmul,
            .layerNormalization, .gru:
            "\(label) has no integer form yet"
        default:
            nil
        }
    }
}
