import FloatGraph
import Testing

/// Runs one operator: input `x`, the other inputs constants.
func run(
    _ kind: FloatOperator, _ x: FloatTensor, _ constants: [FloatTensor] = [], shape: [Int]? = nil, threads: Int = 1
) throws -> FloatTensor {
    var graph = Graph(name: "single")
    graph.input = graph.addValue("x", shape: x.shape)
    let ids = constants.enumerated().map { graph.addConstant("constant \($0)", $1) }
    graph.outputs = [try graph.append(kind, [graph.input] + ids, name: "node", shape: shape)]
    return try #require(FloatExecutor(graph, threads: threads).run(x).first)
}

func expectEqual(
    _ a: FloatTensor, _ b: FloatTensor, tolerance: Float = 1e-5, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(a.shape == b.shape, sourceLocation: sourceLocation)
    let worst = zip(a.values, b.values).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
    #expect(worst <= tolerance, sourceLocation: sourceLocation)
}
