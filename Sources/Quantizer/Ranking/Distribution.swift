import FloatGraph
import ModelFile

/// How often numbers fall where, and the range that their integers cover.
public struct Distribution: Sendable, Equatable {
    /// Bins of equal width over `extent`.
    public var counts: [Int]
    /// The smallest and the largest number.
    public var extent: ClosedRange<Double>
    /// What the integers can stand for; numbers outside saturate.
    public var covered: ClosedRange<Double>
    public var type: ElementType

    /// Bins of a distribution.
    public static let binCount = 64

    init(_ values: [Float], covered: ClosedRange<Double>, type: ElementType) {
        let low = Double(values.min() ?? 0), high = Double(values.max() ?? 0)
        counts = Array(repeating: 0, count: Self.binCount)
        extent = low...high
        self.covered = covered
        self.type = type
        for value in values { counts[bin(Double(value))] += 1 }
    }

    init(_ histogram: Histogram, covered: ClosedRange<Double>, type: ElementType) {
        counts = Array(repeating: 0, count: Self.binCount)
        extent = Double(histogram.minimum)...Double(histogram.maximum)
        self.covered = covered
        self.type = type
        for (index, count) in histogram.counts.enumerated() where count > 0 {
            counts[bin(histogram.centre(index))] += count
        }
    }

    private func bin(_ value: Double) -> Int {
        let width = (extent.upperBound - extent.lowerBound) / Double(Self.binCount)
        guard width > 0 else { return 0 }
        return min(max(Int((value - extent.lowerBound) / width), 0), Self.binCount - 1)
    }
}

extension Quantizer {
    /// What calibration saw of the part that an entry ranks: a value's numbers, or a node's weights with the largest
    /// that its integers hold. `nil` where nothing was watched.
    public func distribution(of entry: Ranking.Entry, in model: Model) -> Distribution? {
        let form = IntegerForm(model, of: prepared)
        return distribution(of: entry, form)
    }

    /// The same for many entries.
    public func distributions(of entries: [Ranking.Entry], in model: Model) -> [Distribution?] {
        let form = IntegerForm(model, of: prepared)
        return entries.map { distribution(of: $0, form) }
    }

    private func distribution(of entry: Ranking.Entry, _ form: IntegerForm) -> Distribution? {
        guard let index = prepared.nodes.firstIndex(where: {
            $0.name == entry.node && prepared.values[$0.output].name == entry.value
        }) else { return nil }
        let node = prepared.nodes[index]
        switch entry.kind {
        case .values:
            guard let grid = form.grids[node.output], let histogram = histogram(of: node.output) else { return nil }
            return Distribution(histogram, covered: grid.range, type: grid.type)
        case .weights:
            guard let before = prepared.constant(node.inputs[1]),
                let after = form.graph.constant(form.graph.nodes[index].inputs[1])
            else { return nil }
            let largest = Double(after.values.reduce(0) { max($0, abs($1)) })
            return Distribution(before.values, covered: -largest...largest, type: entry.type)
        }
    }
}
