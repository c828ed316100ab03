import FloatGraph
import Foundation
import ModelFile
import Quantizer

/// What the integers have to keep of the float network.
enum AccuracyTarget {
    /// What every task may lose, in points or units of its regression.
    case drop(DropLimits)
    /// Every output's signal-to-noise ratio, dB.
    case sqnr(Double)

    var words: String {
        switch self {
        case .drop(let limits): limits.words
        case .sqnr(let least): String(format: "%g dB at every output", least)
        }
    }
}

/// Compares networks of integers with the float one on the same samples, whose float answers are computed once.
final class AccuracyCheck {
    private let samples: [Sample]
    private let labels: LabelTable?
    private let float: [Answer]
    private let floatScore: Score

    /// - Parameter advance: called with the number of samples that the float network has answered since.
    init(
        _ graph: Graph, _ recipe: Recipe, samples: [Sample], labels: LabelTable?, advance: (Int) -> Void = { _ in }
    ) throws {
        self.samples = samples
        self.labels = labels
        let runner = try Runner(.float(graph, recipe))
        var answers: [Answer] = []
        for begin in stride(from: 0, to: samples.count, by: 16) {
            let part = Array(samples[begin..<min(begin + 16, samples.count)])
            answers += try runner.run(part)
            advance(part.count)
        }
        float = answers
        floatScore = Self.score(samples, answers, labels)
        if labels != nil, floatScore.tasks.isEmpty {
            throw CommandError("\(labels!.path): none of the \(samples.count) samples has a label for a task of the recipe")
        }
    }

    private static func score(_ samples: [Sample], _ answers: [Answer], _ labels: LabelTable?) -> Score {
        var score = Score()
        guard let labels else { return score }
        for (sample, answer) in zip(samples, answers) { score.add(answer, sample.name, labels) }
        return score
    }

    /// Every task that has labels, with floats and with integers.
    func scores(_ model: Model) throws -> [ScoreComparison] {
        guard let labels else { return [] }
        let answers = try Runner(.integer(model)).run(samples)
        return ScoreComparison.pairs(floatScore, Self.score(samples, answers, labels))
    }

    /// Refuses limits of tasks that no sample has a label for.
    func requireLabels(_ limits: DropLimits) throws {
        let labelled = floatScore.listing(model: "", skipped: 0).tasks.map(\.name)
        if let missing = limits.byTask.keys.sorted().first(where: { !labelled.contains($0) }) {
            throw CommandError("\(labels?.path ?? "--labels"): no sample has a label for \(missing), which --max-drop limits")
        }
    }

    /// By how much a network misses a target; at most 0 where it holds.
    func shortfall(_ target: AccuracyTarget, _ model: Model) throws -> Double {
        switch target {
        case .drop(let limits): return limits.shortfall(try scores(model))
        case .sqnr(let least): return least - (try sqnr(model).min() ?? .infinity)
        }
    }

    /// By output, over all samples.
    private func sqnr(_ model: Model) throws -> [Double] {
        let answers = try Runner(.integer(model)).run(samples)
        guard let first = float.first else { return [] }
        return first.outputs.indices.map { output in
            var signal = 0.0, noise = 0.0
            for (f, q) in zip(float, answers) {
                for (x, y) in zip(f.outputs[output].real, q.outputs[output].real) {
                    signal += Double(x) * Double(x)
                    noise += (Double(x) - Double(y)) * (Double(x) - Double(y))
                }
            }
            return noise > 0 ? 10 * log10(signal / noise) : .infinity
        }
    }
}
