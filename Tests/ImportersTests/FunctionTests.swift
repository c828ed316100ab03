import FloatGraph
import Foundation
@testable import Importers
import ONNXFormat
import Testing

/// Functions that a model brings along are put in the place of their calls.
struct FunctionTests {
    private static func node(
        _ op: String, _ inputs: [String], _ outputs: [String], _ attributes: [Onnx_AttributeProto] = []
    ) -> Onnx_NodeProto {
        .with {
            $0.opType = op
            $0.domain = op.first!.isLowercase ? "own" : ""
            $0.input = inputs
            $0.output = outputs
            $0.attribute = attributes
        }
    }

    private static func function(
        _ name: String, _ inputs: [String], _ outputs: [String], _ nodes: [Onnx_NodeProto]
    ) -> Onnx_FunctionProto {
        .with {
            $0.name = name
            $0.domain = "own"
            $0.input = inputs
            $0.output = outputs
            $0.node = nodes
        }
    }

    private func model(_ functions: [Onnx_FunctionProto], _ nodes: [Onnx_NodeProto]) -> ModelBuilder {
        var builder = ModelBuilder()
        builder.model.functions = functions
        builder.node("Neg", ["image"], ["s"])
        builder.model.graph.node += nodes
        builder.model.graph.output = [ModelBuilder.valueInfo(nodes.last!.output.last!, [])]
        return builder
    }

    private let picture = FloatTensor(shape: [1, 4, 4, 3], values: (0..<48).map { Float($0) - 20 })

    /// Names inside are the function's own, attributes come from the call, and from the function where it has none.
    @Test func bodiesStandInPlaceOfCalls() throws {
        let slope = Onnx_AttributeProto.with {
            $0.name = "alpha"
            $0.refAttrName = "slope"
        }
        var leaky = Self.function("leaky", ["x"], ["y"], [Self.node("LeakyRelu", ["x"], ["y"], [slope])])
        leaky.attributeProto = [.with { $0.name = "slope"; $0.f = 0.5 }]
        let twice = Self.function("twice", ["s"], ["t", "s"], [
            Self.node("leaky", ["s"], ["u"]),
            Self.node("leaky", ["u"], ["t"], [.with { $0.name = "slope"; $0.f = 0.25 }]),
        ])
        let builder = model([leaky, twice], [
            Self.node("twice", ["s"], ["a", "b"]), Self.node("twice", ["a"], ["c"]),
            Self.node("Sub", ["c", "b"], ["y"]),
        ])
        let y = try builder.run(picture)
        for (x, y) in zip(picture.values, y.values) {
            let s = -x
            #expect(y == (s < 0 ? s / 64 : s) - s)
        }
    }

    /// What a branch reads of the function around it.
    @Test func branchesInsideAreRenamed() throws {
        let branch = Onnx_GraphProto.with {
            $0.node = [Self.node("Add", ["x", "half"], ["sum"])]
            $0.output = [ModelBuilder.valueInfo("sum", [])]
        }
        let choose = Self.function("choose", ["x", "c"], ["y"], [
            Self.node("Abs", ["x"], ["half"]),
            Self.node("If", ["c"], ["y"], [.with { $0.name = "then_branch"; $0.g = branch }]),
        ])
        var builder = model([choose], [Self.node("choose", ["s", "yes"], ["y"])])
        builder.constant("yes", [1])
        #expect(try builder.run(picture).values == picture.values.map { -$0 + abs($0) })
    }

    @Test func functionsThatCallThemselvesAreErrors() {
        let a = Self.function("a", ["x"], ["y"], [Self.node("b", ["x"], ["y"])])
        let b = Self.function("b", ["x"], ["y"], [Self.node("a", ["x"], ["y"])])
        let message = model([a, b], [Self.node("a", ["s"], ["y"])]).failure()
        #expect(message == "model.onnx: function own.a calls itself, so the network has no end")
    }

    /// Forty functions, each of which calls the next one twice.
    @Test func functionsDoNotMultiplyWithoutEnd() {
        let chain = (0..<40).map { i in
            Self.function("f\(i)", ["x"], ["y"], [
                Self.node("f\(i + 1)", ["x"], ["t"]), Self.node("f\(i + 1)", ["t"], ["y"]),
            ])
        }
        #expect(model(chain, [Self.node("f0", ["s"], ["y"])]).failure().contains("grow beyond"))
    }

    @Test func unknownOnesInsideAreListed() {
        let f = Self.function("f", ["x"], ["y"], [Self.node("Det", ["x"], ["y"])])
        let message = model([f], [Self.node("f", ["s"], ["t"]), Self.node("g", ["t"], ["y"])]).failure()
        #expect(message.contains("2 unsupported nodes") && message.contains("(Det)") && message.contains("(own.g)"))
    }
}
