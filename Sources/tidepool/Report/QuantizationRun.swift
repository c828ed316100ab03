import FloatGraph
import Foundation
import ModelFile
import Quantizer
import Runtime

/// A calibrated network on its way to integers: keeps a target, and measures what a report shows. Each thing is measured
/// once, and only when it is needed.
final class QuantizationRun {
    private let graph: Graph
    private let quantizer: Quantizer
    private let samples: [Sample]
    private let shape: InputShape
    private let accuracy: AccuracyArguments
    private var check: AccuracyCheck?
    private var ranking: Ranking?
    private(set) var selection: SelectionSummary?

    /// How many samples rank a network: of clips fewer do, since their frames count singly.
    static func rankedSamples(_ shape: InputShape) -> Int { shape.frames > 1 ? 4 : 16 }

    /// Samples on which a signal-to-noise ratio is measured, so that a network can be tried again and again.
    private static let comparedSamples = 32

    init(
        _ graph: Graph, _ quantizer: Quantizer, _ samples: [Sample], _ shape: InputShape, _ accuracy: AccuracyArguments
    ) {
        self.graph = graph
        self.quantizer = quantizer
        self.samples = samples
        self.shape = shape
        self.accuracy = accuracy
    }

    // MARK: Quantizing

    /// The integer network; with int16 where the target asks for it.
    func quantized() throws -> QuantizedModel {
        note("quantizing")
        let plain = try quantizer.quantize()
        guard let target = accuracy.target else { return plain }
        let check = try accuracyCheck()
        if case .drop(let limits) = target { try check.requireLabels(limits) }
        let ranking = try rank(plain)
        let bar = ProgressBar("int16 trial", total: 1000)
        let (model, found) = try quantizer.widen(by: ranking) { model in
            try check.shortfall(target, try self.model(model))
        } progress: { done, most in
            bar.reach(Double(done) / Double(most))
        }
        let summary = SelectionSummary(target: target.words, found)
        selection = summary
        if !found.values.isEmpty { self.ranking = nil }
        return model
    }

    private func model(_ quantized: QuantizedModel) throws -> Model {
        try Model(bytes: quantized.bytes, name: quantizer.recipe.name)
    }

    private func rank(_ quantized: QuantizedModel) throws -> Ranking {
        if let ranking { return ranking }
        let bar = ProgressBar("ranking    ", total: 1000)
        let inputs = spread(Self.rankedSamples(shape)).map { $0.tensor(shape) }
        let result = try quantizer.rank(try model(quantized), with: inputs) { bar.reach($0) }
        ranking = result
        return result
    }

    private func spread(_ limit: Int) -> [Sample] {
        samples.count <= limit ? samples : (0..<limit).map { samples[$0 * samples.count / limit] }
    }

    private func accuracyCheck() throws -> AccuracyCheck {
        if let check { return check }
        let labels = try accuracy.labels.map { try LabelTable(path: $0) }
        var measured = labels == nil ? spread(Self.comparedSamples) : samples
        if let path = accuracy.check {
            let set = try InputSet(path: path, shape: shape)
            measured = try set.load(set.spread(limit: labels == nil ? Self.comparedSamples : nil))
        }
        let bar = ProgressBar("float      ", total: measured.count)
        let result = try AccuracyCheck(graph, quantizer.recipe, samples: measured, labels: labels) { bar.advance(by: $0) }
        check = result
        return result
    }

    // MARK: Reporting

    /// What each pass brings to the outputs.
    func gains() throws -> [PassGain] {
        let bar = ProgressBar("passes     ", total: 1000)
        let (samples, shape) = (samples, shape)
        let compared = spread(shape.frames > 1 ? 8 : Self.comparedSamples).map { $0.tensor(shape) }
        return try quantizer.gains(samples.count, compared: compared) { done, count in
            bar.reach(Double(done) / Double(count))
        } input: { index in
            samples[index].tensor(shape)
        }
    }

    /// Measures everything that the page shows.
    func content(
        _ quantized: QuantizedModel, _ summary: QuantizationSummary, _ calibration: CalibrationManifest
    ) throws -> ReportPage.Content {
        let model = try self.model(quantized)
        let ranking = try rank(quantized)
        let compared = spread(Self.comparedSamples)
        let bar = ProgressBar("comparing  ", total: compared.count)
        let comparison = try Quantizer.compare(
            quantizer.prepared, model, compared.count, layers: true, threads: quantizer.options.threads
        ) { index in
            bar.advance()
            return compared[index].tensor(shape)
        }
        let network = try Network(model)
        let distributions = quantizer.distributions(of: ranking.entries, in: model)
        return ReportPage.Content(
            summary: summary, recipe: quantizer.recipe, prepared: quantizer.prepared, report: quantized.report,
            comparison: comparison, ranking: ranking,
            distributions: zip(ranking.entries, distributions).compactMap { entry, distribution in
                distribution.map { (entry, $0) }
            },
            selection: selection, scores: accuracy.labels == nil ? [] : try accuracyCheck().scores(model),
            profile: profile(network, compared.prefix(shape.frames > 1 ? 2 : 8)), arenaByteCount: network.arenaByteCount,
            calibration: .init(calibration), provenance: quantizer.recipe.provenance)
    }

    /// Times of all operations over some samples.
    private func profile(_ network: Network, _ samples: some Collection<Sample>) -> [OperationProfile] {
        guard let first = samples.first else { return [] }
        network.decide(first)
        network.resetProfile()
        network.isProfiling = true
        for sample in samples { network.decide(sample) }
        return network.profile
    }

    /// A stage without a measure of its progress.
    private func note(_ stage: String) { ProgressBar.note(stage) }
}
