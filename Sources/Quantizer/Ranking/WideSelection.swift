import FloatGraph
import ModelFile

/// Which values were made int16, and what that reached.
public struct WideSelection: Sendable, Equatable {
    /// One network that was tried.
    public struct Trial: Sendable, Equatable {
        /// How many values were int16 beyond those that are anyway.
        public var values: Int
        /// The share of multiply-adds that read int16, 0…1.
        public var wideShare: Double
        /// How far the target was missed, in its unit; at most 0 where it holds.
        public var shortfall: Double
    }

    /// Names of the values, the most rewarding first.
    public var values: [String] = []
    /// Whether the target holds.
    public var isReached = false
    /// In the order in which they were tried; the last is not always the one that was kept.
    public var trials: [Trial] = []
    /// The one that was kept.
    public var kept = Trial(values: 0, wideShare: 0, shortfall: 0)
}

/// Values that may become int16, the largest gain for a multiply-add first.
private struct WideningOrder {
    private(set) var entries: [Ranking.Entry] = []
    /// What only elementwise operators read costs time too, though no multiply-adds.
    private let least: Double

    /// Each step looks at the output that would gain most from it, of what noise is left by then.
    ///
    /// - Parameter total: multiply-adds a decision of the whole network.
    init(_ ranking: Ranking, total: Int) {
        least = 1e-4 * Double(max(total, 1))
        let outputs = ranking.outputs.indices
        var left = ranking.entries.filter { $0.kind == .values && $0.type == .int8 && $0.share > 0 }
        var noise = outputs.map { output in
            ranking.entries.reduce(0) { $0 + $1.noise(output) }
        }
        while !left.isEmpty {
            let scores = left.map { entry in
                let gain = outputs.map { noise[$0] > 0 ? entry.noise($0) / noise[$0] : 0 }.max() ?? 0
                return gain / cost([entry])
            }
            let best = scores.indices.max { (scores[$0], $1) < (scores[$1], $0) }!
            let entry = left.remove(at: best)
            for output in outputs { noise[output] = max(noise[output] - entry.noise(output), 0) }
            entries.append(entry)
        }
    }

    /// In multiply-adds.
    func cost(_ entries: [Ranking.Entry]) -> Double {
        entries.reduce(0) { $0 + Double($1.readerMultiplyAdds) + least }
    }

    /// In order, every value that fits beside those before it.
    func filling(_ budget: Double) -> [Ranking.Entry] {
        var left = budget
        return entries.filter { entry in
            let cost = cost([entry])
            guard cost <= left else { return false }
            left -= cost
            return true
        }
    }
}

extension Ranking.Entry {
    /// Noise of an output relative to its signal, with nothing but this quantized.
    fileprivate func noise(_ output: Int) -> Double { power(-alone[output]) }
}

extension Quantizer {
    /// Makes int16 what the target needs and no more, measured in multiply-adds.
    ///
    /// The ranking proposes an order, each value weighed by its gain for a multiply-add. A budget of multiply-adds is
    /// filled in that order, with what still fits; the least budget that holds is found by halving, each time with the
    /// integer network itself. Values that are not needed are then given back, those first whose readers multiply most.
    ///
    /// - Parameters:
    ///   - shortfall: by how much a network misses the target; at most 0 where it holds.
    ///   - progress: takes the number of networks that are tried, and how many at most will be.
    /// - Returns: The network that holds for the fewest multiply-adds. Where none does, not even with all values, the
    ///   one with the fewest that gets nine tenths of the way that all of them get.
    /// - Throws: `QuantizerError`, or what `shortfall` throws.
    public func widen(
        by ranking: Ranking, shortfall: (QuantizedModel) throws -> Double,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> (model: QuantizedModel, selection: WideSelection) {
        let order = WideningOrder(ranking, total: ProgramSplit(prepared).multiplyAdds(prepared))
        let most = 2 + Self.halvings + min(order.entries.count, Self.mostGivenBack)
        var selection = WideSelection()
        func attempt(_ values: [Ranking.Entry]) throws -> (model: QuantizedModel, trial: WideSelection.Trial) {
            let model = try widened(Set(values.map(\.value))).quantize()
            let trial = WideSelection.Trial(
                values: values.count, wideShare: model.report.wideShare, shortfall: try shortfall(model))
            selection.trials.append(trial)
            progress(selection.trials.count, most)
            return (model, trial)
        }
        var best = try attempt([]), chosen: [Ranking.Entry] = []
        if best.trial.shortfall > 0, !order.entries.isEmpty {
            let none = best.trial.shortfall
            best = try attempt(order.entries)
            chosen = order.entries
            let limit = max(0, best.trial.shortfall + 0.1 * (none - best.trial.shortfall))
            var low = 0.0, high = order.cost(chosen), missed: [Ranking.Entry] = []
            for _ in 0..<Self.halvings {
                let budget = (low + high) / 2
                let values = order.filling(budget)
                if values == missed || values == chosen {
                    if values == missed { low = budget } else { high = budget }
                    continue
                }
                let trial = try attempt(values)
                if trial.trial.shortfall <= limit {
                    (best, chosen, high) = (trial, values, order.cost(values))
                } else {
                    (missed, low) = (values, budget)
                }
            }
            let costly = chosen.sorted { $0.readerMultiplyAdds > $1.readerMultiplyAdds }
            for entry in costly.prefix(Self.mostGivenBack) where chosen.count > 1 {
                let rest = chosen.filter { $0 != entry }
                let fewer = try attempt(rest)
                if fewer.trial.shortfall <= limit { (best, chosen) = (fewer, rest) }
            }
        }
        progress(most, most)
        selection.kept = best.trial
        selection.isReached = best.trial.shortfall <= 0
        selection.values = chosen.map(\.value)
        return (best.model, selection)
    }

    /// How often the budget is halved: to a thousandth of what all values cost.
    private static let halvings = 10

    /// How many values at most are tried to be given back.
    private static let mostGivenBack = 12
}

extension QuantizationReport {
    /// The share of multiply-adds that read int16, 0…1.
    public var wideShare: Double {
        let total = multiplyAdds.reduce(0) { $0 + $1.count }
        let wide = multiplyAdds.first { $0.type == .int16 }?.count ?? 0
        return total > 0 ? Double(wide) / Double(total) : 0
    }
}
