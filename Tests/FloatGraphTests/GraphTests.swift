import FloatGraph
import Testing

struct GraphTests {
    @Test func branchingGraphIsValidAndCounted() throws {
        let graph = try ExecutorTests.branching()
        try graph.validated()
        #expect(graph.parameterCount == 12 * 27 + 12 * 12 + 9 * 12)
        #expect(graph.multiplyAdds() == 72 * (12 * 27 + 12 * 9 + 12 * 12))
    }

    static let impossible: [(FloatOperator, [[Int]])] = [
        (.convolution(ConvolutionWindow()), [[1, 4, 4, 3], [8, 1, 1, 4]]),
        (.convolution(ConvolutionWindow()), [[1, 2, 2, 3], [8, 3, 3, 3]]),
        (.convolution(ConvolutionWindow(strideY: 0)), [[1, 2, 2, 3], [8, 1, 1, 3]]),
        (.convolution(ConvolutionWindow(padTop: -1)), [[1, 2, 2, 3], [8, 1, 1, 3]]),
        (.convolution(ConvolutionWindow(padTop: .max, padBottom: .max)), [[1, 2, 2, 3], [8, 1, 1, 3]]),
        (.convolution(ConvolutionWindow()), [[1, 4, 4, 3], [8, 1, 1, 3], [7]]),
        (.depthwise(ConvolutionWindow()), [[1, 4, 4, 3], [3, 3, 4]]),
        (.dense, [[1, 3], [4, 2]]), (.dense, [[], [4, 2]]), (.dense, [[1, 3]]),
        (.batchNormalization(epsilon: .nan), [[1, 3], [3], [3], [3], [3]]),
        (.batchNormalization(epsilon: 0), [[1, 3], [3], [3], [3], [2]]),
        (.arithmetic(.add), [[2, 3], [2]]), (.prelu, [[1, 3], [2]]),
        (.concatenate(axis: 1), [[1, 3], [2, 3]]), (.concatenate(axis: 1), []),
        (.reduce(.mean, axes: [2], keep: true), [[1, 3]]), (.reduce(.mean, axes: [0, 0], keep: true), [[1, 3]]),
        (.softmax, [[]]), (.lstm(hidden: 2), [[3, 4], [8, 4], [8, 2], [7]]),
        (.selfAttention(units: 2), [[3, 4], [2, 4], [2, 4], [2], [3], [1]]),
        (.unary(.relu), [[-1, 3]]), (.unary(.relu), [[1 << 40]]),
        (.unary(.relu), [[1 << 20, 1 << 20, 1 << 20, 1 << 20]]),
    ]

    @Test(arguments: impossible.indices)
    func impossibleShapesAreErrors(_ index: Int) {
        let (kind, shapes) = Self.impossible[index]
        #expect(throws: GraphError.self) { try Graph.outputShape(kind, shapes) }
    }

    @Test func brokenGraphsAreErrors() throws {
        func broken(_ change: (inout Graph) -> Void) throws {
            var graph = try ExecutorTests.branching()
            change(&graph)
            #expect(throws: GraphError.self) { try graph.validated() }
        }
        try broken { $0.outputs = [999] }
        try broken { $0.input = -1 }
        try broken { $0.nodes[2].inputs[0] = 999 }
        try broken { $0.nodes.swapAt(0, 1) }
        try broken { $0.nodes[1].output = $0.nodes[0].output }
        try broken { $0.values[$0.nodes[1].output].shape = [1, 2] }
        try broken { $0.values[$0.nodes[8].output].shape = [2, 431] }
        try broken { $0.nodes[0].inputs[1] = $0.input }
        try broken { $0.values[$0.nodes[0].inputs[1]].constant = FloatTensor(shape: [1]) }
        try broken { $0.nodes.removeLast(2) }
    }

    @Test func editingKeepsTheGraphWhole() throws {
        var graph = try ExecutorTests.branching()
        let f = try #require(graph.nodes.firstIndex { $0.name == "f" })
        let value = graph.nodes[f].output
        #expect(graph.producers[value] == f)
        #expect(graph.consumers[value].map { graph.nodes[$0].name } == ["gate", "h"])

        // A ReLU behind f, for all its readers.
        let relu = try graph.insert(.unary(.relu), [value], name: "relu", at: f + 1)
        graph.replaceUses(of: value, with: relu)
        graph.nodes[f + 1].inputs = [value]
        try graph.validated()
        #expect(graph.consumers[value] == [f + 1])

        graph.outputs.removeFirst()
        graph.removeDeadNodes()
        try graph.validated()
        #expect(graph.nodes.map(\.name) == ["a", "b", "c", "e", "f", "relu", "gate", "open"])
    }
}
