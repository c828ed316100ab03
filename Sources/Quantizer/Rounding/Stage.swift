import FloatGraph

/// A part of the graph that hangs on the rest by one value only, so that it can be run by itself.
struct Stage: Sendable {
    /// What the stage reads; computed by the stages before, or the graph's input.
    var input: ValueID
    /// Indices of nodes in order of execution.
    var nodes: Range<Int>

    /// Cuts the graph wherever a single value is alive and small enough to be kept for every calibration input.
    ///
    /// - Parameter limit: the most elements that a value kept between stages may have.
    static func split(_ graph: Graph, limit: Int) -> [Stage] {
        var lastUse = Array(repeating: -1, count: graph.values.count)
        for (index, node) in graph.nodes.enumerated() {
            for id in node.inputs where graph.constant(id) == nil { lastUse[id] = index }
        }
        for id in graph.outputs { lastUse[id] = graph.nodes.count }
        var stages = [Stage(input: graph.input, nodes: 0..<0)]
        var alive: Set<ValueID> = [graph.input]
        for (index, node) in graph.nodes.enumerated() {
            alive = alive.filter { lastUse[$0] >= index }
            if let value = alive.first, alive.count == 1, graph.shape(value).reduce(1, *) <= limit,
                graph.nodes[stages[stages.count - 1].nodes].contains(where: graph.isWeighted) {
                stages.append(Stage(input: value, nodes: index..<index))
            }
            let current = stages.count - 1
            stages[current].nodes = stages[current].nodes.lowerBound..<index + 1
            if lastUse[node.output] > index { alive.insert(node.output) }
        }
        return stages
    }

    /// The stage as a graph of its own, whose values have the identifiers of the whole.
    func graph(of whole: Graph) -> Graph {
        var part = whole
        part.input = input
        part.nodes = Array(whole.nodes[nodes])
        let read = Set(part.nodes.flatMap(\.inputs))
        part.outputs = [part.nodes.last!.output]
        for id in part.values.indices where !read.contains(id) { part.values[id].constant = nil }
        return part
    }
}
