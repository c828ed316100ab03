import FloatGraph
@testable import Importers
import Testing
import TFLiteFormat

/// What picks from the scores at a network's end is left out, and said.
struct DecisionTests {
    private func names(_ graph: Graph) -> [String] { graph.outputs.map { graph.values[$0].name } }

    @Test func theLargestOfONNX() throws {
        var builder = ModelBuilder()
        builder.node("Relu", ["image"], ["scores"])
        builder.node("ArgMax", ["scores"], ["best"], ["axis": .int(1)])
        builder.node("Cast", ["best"], ["label"], ["to": .int(6)])
        let graph = try builder.imported()
        #expect(names(graph) == ["scores"] && graph.nodes.count == 1)
        #expect(graph.notes.count == 1)
        #expect(graph.notes[0].hasPrefix("output label (ArgMax) is left out, its scores scores are"))
    }

    /// Scores that are an output too, and a TopK with two results, leave one output.
    @Test func scoresStayOnce() throws {
        var builder = ModelBuilder()
        builder.constant("k", [2])
        builder.node("Relu", ["image"], ["scores"])
        builder.node("TopK", ["scores", "k"], ["values", "indices"])
        builder.model.graph.output = ["scores", "values", "indices"].map { ModelBuilder.valueInfo($0, []) }
        #expect(try names(builder.imported()) == ["scores"])
        #expect(try names(builder.imported(ImportOptions(outputs: ["indices"]))) == ["scores"])
    }

    /// Inside a network a choice has no translation.
    @Test func aChoiceThatIsReadOnIsRefused() {
        var builder = ModelBuilder()
        builder.node("Relu", ["image"], ["scores"])
        builder.node("ArgMax", ["scores"], ["best"], ["axis": .int(1)])
        builder.node("Mul", ["best", "scores"], ["y"])
        #expect(builder.failure().contains("--outputs scores"))
    }

    @Test func theLargestOfTFLite() throws {
        var b = TFLiteBuilder(input: [1, 4, 4, 3])
        let scores = b.add(.relu)
        b.add(code: 56, custom: nil, [scores, b.integers([3])], [:])
        let graph = try b.graph()
        #expect(graph.nodes.count == 1 && graph.notes.count == 1 && graph.notes[0].contains("(ARG_MAX)"))
    }
}
