import FloatGraph

/// Which nodes act on every frame by itself, and which need the whole clip.
///
/// The frame program computes all that does not mix frames, as late as possible. What mixing nodes read of it are
/// the features that the board keeps for the last frames.
struct ProgramSplit {
    /// Node indices in order of execution.
    var frame: [Int] = []
    var clip: [Int] = []
    /// Values of the frame program that the clip program, or the graph's outputs, read; in order of computation.
    var features: [ValueID] = []

    init(_ graph: Graph) {
        let frames = graph.shape(graph.input)[0]
        guard frames > 1 else {
            frame = Array(graph.nodes.indices)
            return
        }
        var perFrame: Set<ValueID> = [graph.input]
        for (index, node) in graph.nodes.enumerated() {
            let activations = node.inputs.filter { graph.constant($0) == nil }
            if activations.allSatisfy(perFrame.contains), !ProgramSplit.mixesFrames(node, graph, frames) {
                perFrame.insert(node.output)
                frame.append(index)
            } else {
                clip.append(index)
            }
        }
        let read = Set(clip.flatMap { graph.nodes[$0].inputs } + graph.outputs)
        features = ([graph.input] + frame.map { graph.nodes[$0].output }).filter(read.contains)
        // a frame node whose result no feature needs computes for nobody
        var needed = Set(features)
        frame = frame.reversed().filter { index in
            guard needed.contains(graph.nodes[index].output) else { return false }
            needed.formUnion(graph.nodes[index].inputs)
            return true
        }.reversed()
    }

    private static func mixesFrames(_ node: Node, _ graph: Graph, _ frames: Int) -> Bool {
        switch node.kind {
        case .lstm, .gru, .selfAttention: true
        case .reduce(_, let axes, _): axes.contains(0)
        case .concatenate(axis: 0): true
        case .transpose(let order): order[0] != 0
        case .slice(let starts, _, let steps): starts[0] != 0 || steps[0] != 1
        case .pad(let before, let after, _): before[0] + after[0] > 0
        case .matmul: graph.shape(node.output).count < 3
        case .softmax, .concatenate: graph.shape(node.output).count == 1
        default: graph.shape(node.output).first != frames
        }
    }

    /// Multiply-adds of one decision: the newest frame and the clip program.
    func multiplyAdds(_ graph: Graph) -> Int {
        let frames = graph.shape(graph.input)[0]
        return frame.reduce(0) { $0 + graph.multiplyAdds(graph.nodes[$1]) } / frames
            + clip.reduce(0) { $0 + graph.multiplyAdds(graph.nodes[$1]) }
    }
}
