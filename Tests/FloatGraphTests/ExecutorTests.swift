import FloatGraph
import Foundation
import GraphSamples
import Testing

struct ExecutorTests {
    /// Branches that live long, places that are used again, values written over, reshapes, two outputs.
    static func branching() throws -> Graph {
        var random = SeededGenerator(5)
        var g = Graph(name: "branching")
        g.input = g.addValue("x", shape: [2, 6, 6, 3])
        let w = g.addConstant("w", random.tensor([12, 3, 3, 3]))
        let v = g.addConstant("v", random.tensor([12, 1, 1, 12]))
        let d = g.addConstant("d", random.tensor([3, 3, 12]))
        let same = ConvolutionWindow(padTop: 1, padLeft: 1, padBottom: 1, padRight: 1)
        let a = try g.append(.convolution(same), [g.input, w], name: "a")
        let b = try g.append(.unary(.swish), [a], name: "b")
        let c = try g.append(.depthwise(same), [b, d], name: "c")
        let e = try g.append(.convolution(ConvolutionWindow()), [c, v], name: "e")
        let f = try g.append(.arithmetic(.add), [e, b], name: "f")
        let gate = try g.append(.reduce(.mean, axes: [1, 2], keep: true), [f], name: "gate")
        let open = try g.append(.unary(.sigmoid), [gate], name: "open")
        let h = try g.append(.arithmetic(.multiply), [f, open], name: "h")
        let flat = try g.append(.reshape, [h], name: "flat", shape: [2, 432])
        let p = try g.append(.softmax, [flat], name: "p")
        g.outputs = [p, open]
        return g
    }

    @Test func plannedMemoryChangesNothing() throws {
        let graph = try Self.branching()
        var random = SeededGenerator(6)
        let x = random.tensor(graph.shape(graph.input))
        let executor = try FloatExecutor(graph, threads: 2)
        let all = try executor.run(x, keep: Set(graph.values.indices))
        #expect(all.count == graph.values.count)
        #expect(all[graph.input] == x)
        // Every node alone, from the kept inputs: nothing was overwritten while it was needed.
        for node in graph.nodes {
            var single = Graph(name: node.name)
            single.input = single.addValue("x", shape: graph.shape(node.inputs[0]))
            let rest = node.inputs.dropFirst().map { single.addConstant("c\($0)", all[$0]!) }
            let shape = graph.shape(node.output)
            single.outputs = [try single.append(node.kind, [single.input] + rest, name: "n", shape: shape)]
            let results = try FloatExecutor(single, threads: 1).run(all[node.inputs[0]]!)
            #expect(results == [all[node.output]!], "\(node.name)")
        }
    }

    @Test func threadsAndOrderChangeNothing() throws {
        let graph = try Self.branching()
        var random = SeededGenerator(8)
        let inputs = (0..<7).map { _ in random.tensor(graph.shape(graph.input)) }
        let single = try FloatExecutor(graph, threads: 1)
        let several = try FloatExecutor(graph, threads: 3)
        let expected = try inputs.map { try single.run($0) }
        #expect(try inputs.map { try several.run($0) } == expected)
        var results: [Int: [FloatTensor]] = [:]
        try several.runEach(inputs.count, input: { inputs[$0] }) { results[$0] = $1 }
        #expect(results.count == 7 && results.allSatisfy { expected[$0.key] == $0.value })
    }

    @Test func observersSeeEveryActivationOnce() throws {
        let graph = try Self.branching()
        var random = SeededGenerator(8)
        let x = random.tensor(graph.shape(graph.input))
        let executor = try FloatExecutor(graph, threads: 1)
        let all = try executor.run(x, keep: Set(graph.values.indices))
        var seen: [ValueID] = []
        _ = try executor.run(x) { id, values in
            seen.append(id)
            #expect(Array(values) == all[id]?.values)
        }
        #expect(seen == [graph.input] + graph.nodes.map(\.output))
    }

    @Test func wrongInputIsAnError() throws {
        let executor = try FloatExecutor(Self.branching(), threads: 1)
        #expect(throws: GraphError.input(expected: [2, 6, 6, 3], given: [1, 6, 6, 3])) {
            try executor.run(FloatTensor(shape: [1, 6, 6, 3]))
        }
        struct NoPicture: Error {}
        #expect(throws: NoPicture.self) {
            try executor.runEach(5, input: { _ in throw NoPicture() }) { _, _ in Issue.record("there is no result") }
        }
    }
}
