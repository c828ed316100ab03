import FloatGraph
import GraphSamples
import ModelFile
import Testing

@testable import Quantizer

struct RankingTests {
    /// Four convolutions; one channel of the second one's result is a hundred times larger than all others, and the
    /// third hardly reads it: its int8 step swallows the channels that matter.
    struct Sensitive {
        let graph: Graph
        let culprit: String
        let inputs: [FloatTensor]

        init() throws {
            var sketch = Sketch([1, 12, 12, 3], seed: 5)
            var x = try sketch.normalized()
            x = try sketch.node(.unary(.relu), [try sketch.convolution(x, 8)])
            let second = try sketch.convolution(x, 8)
            let third = try sketch.convolution(second, 8)
            let output = try sketch.dense(try sketch.pooled(try sketch.convolution(third, 8)), 3)
            var graph = try sketch.finished(output)
            let writer = graph.nodes.first { $0.output == second }!, reader = graph.nodes.first { $0.output == third }!
            for i in 0..<72 { graph.values[writer.inputs[1]].constant!.values[5 * 72 + i] *= 100 }
            for i in 0..<8 * 9 { graph.values[reader.inputs[1]].constant!.values[i * 8 + 5] *= 1e-4 }
            self.graph = graph
            culprit = graph.values[second].name
            inputs = pictures(for: graph, 8)
        }

        func quantizer() throws -> Quantizer {
            var quantizer = try Quantizer(graph, recipe: Recipe(describing: graph), options: .narrow)
            try quantizer.calibrate(with: inputs)
            return quantizer
        }
    }

    @Test func theSensitiveValueIsFirst() throws {
        let sensitive = try Sensitive()
        let quantizer = try sensitive.quantizer()
        let model = try Model(bytes: try quantizer.quantize().bytes, name: "sensitive")
        var last = 0.0
        let ranking = try quantizer.rank(model, with: sensitive.inputs) { share in
            #expect(share >= last)
            last = share
        }
        #expect(abs(last - 1) < 1e-9 && ranking.inputs == 8)
        let first = try #require(ranking.entries.first)
        #expect(first.value == sensitive.culprit && first.kind == .values && first.type == .int8)
        #expect(first.share > 0.8 && first.leftOut[0] > 6)
        #expect(first.readerMultiplyAdds == 12 * 12 * 8 * 72)
        #expect(abs(first.alone[0] - ranking.whole[0]) < 3)
        #expect(ranking.entries.dropFirst().allSatisfy { $0.alone[0] > first.alone[0] + 6 })
        #expect(Set(ranking.entries.map(\.kind)) == [.weights, .values])
    }

    private func sqnr(_ sensitive: Sensitive, _ bytes: [UInt8]) throws -> Double {
        let model = try Model(bytes: bytes, name: "sensitive")
        return try Quantizer.compare(sensitive.graph, model, 8) { sensitive.inputs[$0] }.outputs[0].sqnr
    }

    @Test func theSelectionPicksIt() throws {
        let sensitive = try Sensitive()
        let quantizer = try sensitive.quantizer()
        let narrow = try Model(bytes: try quantizer.quantize().bytes, name: "sensitive")
        let ranking = try quantizer.rank(narrow, with: sensitive.inputs)
        let target = ranking.whole[0] + 6
        let (model, selection) = try quantizer.widen(by: ranking) { target - (try sqnr(sensitive, $0.bytes)) }
        #expect(selection.isReached && selection.values.contains(sensitive.culprit))
        #expect(selection.kept.wideShare > 0 && selection.kept.shortfall <= 0)
        #expect(try sqnr(sensitive, model.bytes) >= target)
        let tensor = try Model(bytes: model.bytes, name: "").description.tensors.first { $0.name == sensitive.culprit }
        #expect(tensor?.type == .int16)
    }

    /// Another value is said to be worth more than the one that matters; `work` is what its readers multiply.
    private func misled(_ ranking: Ranking, _ sensitive: Sensitive, work: (Int) -> Int) throws -> (Ranking, String) {
        var ranking = ranking
        let culprit = try #require(ranking.entries.first { $0.value == sensitive.culprit })
        let other = try #require(
            ranking.entries.indices.first {
                let entry = ranking.entries[$0]
                return entry.kind == .values && entry.type == .int8 && entry.value != culprit.value
                    && entry.readerMultiplyAdds > 0
            })
        ranking.entries[other].alone = culprit.alone.map { $0 - 20 }
        ranking.entries[other].readerMultiplyAdds = work(culprit.readerMultiplyAdds)
        return (ranking, ranking.entries[other].value)
    }

    /// What comes first in the order and costs little is within every budget; it is given back in the end.
    @Test func whatIsNotNeededIsGivenBack() throws {
        let sensitive = try Sensitive()
        let quantizer = try sensitive.quantizer()
        let narrow = try Model(bytes: try quantizer.quantize().bytes, name: "sensitive")
        let ranked = try quantizer.rank(narrow, with: sensitive.inputs)
        let target = ranked.whole[0] + 6
        let (ranking, _) = try misled(ranked, sensitive) { $0 / 100 }
        let (model, selection) = try quantizer.widen(by: ranking) { target - (try sqnr(sensitive, $0.bytes)) }
        #expect(selection.isReached && selection.trials.contains { $0.values == 2 && $0.shortfall <= 0 })
        #expect(selection.values == [sensitive.culprit] && selection.kept.values == 1)
        let reference = try quantizer.widened([sensitive.culprit]).quantize()
        #expect(model.bytes == reference.bytes && selection.kept.wideShare == reference.report.wideShare)
    }

    /// What comes first in the order and costs more than what suffices does not fit a budget that holds.
    @Test func whatIsTooDearIsPassedOver() throws {
        let sensitive = try Sensitive()
        let quantizer = try sensitive.quantizer()
        let narrow = try Model(bytes: try quantizer.quantize().bytes, name: "sensitive")
        let ranked = try quantizer.rank(narrow, with: sensitive.inputs)
        let target = ranked.whole[0] + 6
        let (ranking, other) = try misled(ranked, sensitive) { 3 * $0 }
        var tried: [[String]] = []
        let (_, selection) = try quantizer.widen(by: ranking) { model in
            let wide = try Model(bytes: model.bytes, name: "").description.tensors.filter { $0.type == .int16 }
            tried.append(wide.compactMap(\.name))
            return target - (try sqnr(sensitive, model.bytes))
        }
        #expect(selection.isReached && selection.values == [sensitive.culprit])
        #expect(tried.contains { $0.contains(sensitive.culprit) && $0.contains(other) })
    }

    @Test func nothingIsWidenedWithoutNeed() throws {
        let sensitive = try Sensitive()
        let quantizer = try sensitive.quantizer()
        let plain = try quantizer.quantize()
        let ranking = try quantizer.rank(try Model(bytes: plain.bytes, name: ""), with: sensitive.inputs)
        let (model, selection) = try quantizer.widen(by: ranking) { _ in 0 }
        #expect(selection.isReached && selection.values.isEmpty && selection.trials.count == 1)
        #expect(model.bytes == plain.bytes)
    }

    /// A target out of reach is said to be missed, and by how much.
    @Test func aTargetOutOfReachIsMissed() throws {
        let sensitive = try Sensitive()
        let quantizer = try sensitive.quantizer()
        let plain = try Model(bytes: try quantizer.quantize().bytes, name: "")
        let ranking = try quantizer.rank(plain, with: sensitive.inputs)
        let (model, selection) = try quantizer.widen(by: ranking) { 200 - (try sqnr(sensitive, $0.bytes)) }
        let all = selection.trials[1]
        #expect(!selection.isReached && selection.kept.shortfall > 100)
        #expect(selection.values.contains(sensitive.culprit))
        #expect(selection.kept.values <= all.values && selection.kept.wideShare <= all.wideShare)
        #expect(abs(selection.kept.shortfall - (200 - (try sqnr(sensitive, model.bytes)))) < 1e-9)
    }

    @Test func theRankingDoesNotDependOnThreads() throws {
        let fixture = try FixtureTests.Fixture("clip")
        var rankings: [Ranking] = []
        for threads in [1, 3] {
            var options = QuantizerOptions()
            options.threads = threads
            var quantizer = try Quantizer(fixture.graph, recipe: Recipe(describing: fixture.graph), options: options)
            try quantizer.calibrate(with: fixture.inputs)
            let model = try Model(bytes: try quantizer.quantize().bytes, name: "clip")
            rankings.append(try quantizer.rank(model, with: Array(fixture.inputs.prefix(3))))
        }
        #expect(rankings[0] == rankings[1])
    }
}
