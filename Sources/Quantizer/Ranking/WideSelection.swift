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

extension Ranking {
    /// Values that may become int16, the largest gain for a multiply-add first.
    ///
    /// Each step looks at the output that would gain most from it, of what noise is left by then.
    func wideningOrder(of total: Int) -> [Entry] {
        var left = entries.filter { $0.kind == .values && $0.type == .int8 && $0.share > 0 }
        var noise = outputs.indices.map { output in
            entries.reduce(0) { $0 + $1.noise(output) }
        }
        // what only elementwise operators read costs time too, though no multiply-adds
        let least = 1e-4 * Double(max(total, 1))
        var order: [Entry] = []
        while !left.isEmpty {
            func score(_ entry: Entry) -> Double {
                let gain = outputs.indices.map { noise[$0] > 0 ? entry.noise($0) / noise[$0] : 0 }.max() ?? 0
                return gain / (Double(entry.readerMultiplyAdds) + least)
            }
            let scores = left.map(score)
            let best = scores.indices.max { (scores[$0], $1) < (scores[$1], $0) }!
            let entry = left.remove(at: best)
            for output in outputs.indices { noise[output] = max(noise[output] - entry.noise(output), 0) }
            order.append(entry)
        }
        return order
    }
}

extension Ranking.Entry {
    /// Noise of an output relative to its signal, with nothing but this quantized.
    fileprivate func noise(_ output: Int) -> Double { power(-alone[output]) }
}

extension Quantizer {
    /// Makes int16 what the target needs and no more, measured in multiply-adds.
    ///
    /// The ranking proposes an order, each value weighed by its gain for a multiply-add; the shortest part of it that
    /// holds is found by halving, each time with the integer network itself. Values of that part that are not needed are
    /// then given back, those first whose readers multiply most.
    ///
    /// - Parameters:
    ///   - shortfall: by how much a network misses the target; at most 0 where it holds.
    ///   - progress: takes the number of networks that are tried, and how many at most will be.
    /// - Returns: The network that holds with the fewest int16 values. Where none does, not even with all of them, the
    ///   one with the fewest that gets nine tenths of the way that all of them get.
    /// - Throws: `QuantizerError`, or what `shortfall` throws.
    public func widen(
        by ranking: Ranking, shortfall: (QuantizedModel) throws -> Double,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> (model: QuantizedModel, selection: WideSelection) {
        let order = ranking.wideningOrder(of: ProgramSplit(prepared).multiplyAdds(prepared))
        let halvings = order.isEmpty ? 0 : Int.bitWidth - order.count.leadingZeroBitCount
        let most = 2 + halvings + min(order.count, Self.mostGivenBack)
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
        if best.trial.shortfall > 0, !order.isEmpty {
            let none = best.trial.shortfall
            var misses = 0
            best = try attempt(order)
            let limit = max(0, best.trial.shortfall + 0.1 * (none - best.trial.shortfall))
            while best.trial.shortfall <= limit, best.trial.values - misses > 1 {
                let middle = try attempt(Array(order.prefix((best.trial.values + misses) / 2)))
                if middle.trial.shortfall <= limit { best = middle } else { misses = middle.trial.values }
            }
            chosen = Array(order.prefix(best.trial.values))
            // the last one is needed: without it the search went on
            let costly = chosen.dropLast().sorted { $0.readerMultiplyAdds > $1.readerMultiplyAdds }
            for entry in costly.prefix(Self.mostGivenBack) {
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
