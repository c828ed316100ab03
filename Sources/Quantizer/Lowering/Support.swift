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
        switch node.kind {
        case .convolution, .depthwise, .pool(.maximum, _, _, _), .resize:
            if inClip, frames > 1, graph.shape(node.inputs[0])[0] == frames {
                return "works on a sequence of maps after frames were mixed; only single maps are supported there"
            }
            guard case .pool(_, _, _, let window) = node.kind, window.isDilated else { return nil }
            return "takes the maximum of a dilated window; only windows without gaps are supported"
        case .arithmetic(.add), .arithmetic(.subtract), .arithmetic(.multiply), .concatenate:
            let varies = node.inputs.contains { input in
                guard !inClip, frames > 1, let constant = graph.constant(input) else { return false }
                return constant.shape.count == graph.shape(node.output).count && constant.shape[0] == frames
            }
            return varies ? "has a constant for each frame; one for all frames is supported" : nil
        case .arithmetic:
            return "divides by a constant that contains 0"
        case .matmul:
            return node.inputs.contains { graph.constant($0) != nil }
                ? "multiplies by several constant matrices; one for all is supported" : nil
        case .reduce(.product, _, _):
            return "multiplies along an axis; write it as slices and products"
        default:
            return nil
        }
    }
}
