import FloatGraph
import Foundation

/// Looks at calibration samples before they are trusted: too few, empty, saturated, all the same, or not what the
/// network was trained on.
struct CalibrationGuard {
    /// In words, each with what to do.
    private(set) var warnings: [String] = []
    private let samples: [Sample]
    private let path: String

    /// Fewer give ranges that other pictures leave.
    static let fewest = 32

    /// - Parameters:
    ///   - statistics: of the training set, where the recipe knows them.
    ///   - graph: as imported, before anything is folded.
    /// - Throws: `CommandError` when the samples cannot be pictures of anything.
    init(
        _ samples: [Sample], path: String, shape: InputShape, statistics: ColourStatistics?, graph: Graph
    ) throws {
        self.samples = samples
        self.path = path
        let facts = samples.map(SampleFacts.init)
        try refuseEmptiness(facts)
        if samples.count < Self.fewest {
            warnings.append("only \(samples.count) calibration samples; 100 to 500 give better ranges")
        }
        list(facts, where: { $0.deviation < 1 }, "show a single colour: a covered lens, or frames from before the camera was ready")
        list(facts, where: { $0.deviation >= 1 && $0.saturated > 0.5 }, "are over- or underexposed: half of their pixels are 0 or 255")
        findRepetitions(facts)
        if let statistics, statistics.mean.count == 3, statistics.deviation.count == 3 {
            compare(ColourStatistics(samples, swapped: shape.swapRedBlue), with: statistics)
        }
        try compareWithNormalization(graph, shape)
    }

    private func refuseEmptiness(_ facts: [SampleFacts]) throws {
        let low = facts.map(\.low).min() ?? 0, high = facts.map(\.high).max() ?? 0
        if low < high, high <= 1 {
            throw CommandError(
                "\(path): every pixel is 0 or 1: these pictures were scaled to 0…1 before they became whole numbers. "
                    + "Save them as 0…255")
        }
        if facts.allSatisfy({ $0.deviation < 1 }), low == high || facts.count > 1 {
            throw CommandError(
                "\(path): every sample shows a single colour (\(low) to \(high) of 255): nothing to calibrate with")
        }
    }

    private mutating func list(_ facts: [SampleFacts], where isOdd: (SampleFacts) -> Bool, _ what: String) {
        let odd = facts.indices.filter { isOdd(facts[$0]) }
        guard !odd.isEmpty else { return }
        let named = odd.prefix(3).map { samples[$0].name }.joined(separator: ", ") + (odd.count > 3 ? ", …" : "")
        warnings.append("\(odd.count) of \(samples.count) samples \(what) (\(named))")
    }

    private mutating func findRepetitions(_ facts: [SampleFacts]) {
        let different = Set(facts.map(\.checksum)).count
        if different * 2 <= facts.count, facts.count > 1 {
            warnings.append("\(facts.count) samples, but only \(different) different ones: ranges will be those of few pictures")
        }
    }

    /// Colour order and brightness against the training set's.
    private mutating func compare(_ found: ColourStatistics, with trained: ColourStatistics) {
        let spread = max(trained.warmth ?? trained.deviation.max() ?? 0, 4)
        let straight = abs(found.redMinusBlue - trained.redMinusBlue)
        let swapped = abs(-found.redMinusBlue - trained.redMinusBlue)
        if abs(trained.redMinusBlue) > spread / 2, straight > 1.5 * swapped, straight - swapped > spread {
            warnings.append(
                String(
                    format: "red and blue look exchanged: red − blue is %+.0f on average, %+.0f in the training set. "
                        + "Pictures by OpenCV are BGR: set input.colour or exchange them", found.redMinusBlue,
                    trained.redMinusBlue))
        }
        let brightness = found.mean.reduce(0, +) / 3, usual = trained.mean.reduce(0, +) / 3
        let tolerance = 4 * max(trained.deviation.reduce(0, +) / 3, 8)
        if abs(brightness - usual) > tolerance || brightness < usual / 4 {
            warnings.append(
                String(
                    format: "the pictures' mean is %.0f of 255, that of the training set %.0f: another scale or another scene",
                    brightness, usual))
        }
    }

    /// The network's own memory of its training: what its first normalization layer expects.
    private mutating func compareWithNormalization(_ graph: Graph, _ shape: InputShape) throws {
        guard let probe = try NormalizationProbe(graph) else { return }
        let looked = stride(from: 0, to: samples.count, by: max(1, samples.count / 8)).prefix(8).map { samples[$0] }
        let tensors = looked.map { $0.tensor(shape) }
        let given = try probe.distance(tensors)
        let variants: [(what: String, change: (FloatTensor) -> FloatTensor)] = [
            ("with red and blue exchanged (input.colour in the recipe)", \.withRedAndBlueExchanged),
            ("scaled to 0…1: the recipe's network takes pixels / 255", { $0.scaled(1 / 255, 0) }),
            ("scaled to −1…1: the recipe's network takes pixels / 127.5 − 1", { $0.scaled(1 / 127.5, -1) }),
        ]
        for (what, change) in variants {
            let other = try probe.distance(tensors.map(change))
            if other * 2 < given, given > 1 {
                warnings.append(
                    String(
                        format: "the network's first normalization layer (%@) fits these pictures better %@: "
                            + "distance %.2g instead of %.2g", probe.name, what, other, given))
                return
            }
        }
    }
}

/// What one sample's pixels are like.
private struct SampleFacts {
    var low = 255
    var high = 0
    var deviation = 0.0
    /// The share of pixels at 0 or 255.
    var saturated = 0.0
    var checksum: Int

    init(_ sample: Sample) {
        var sum = 0, squares = 0, ends = 0
        for pixel in sample.pixels {
            let value = Int(pixel) + 128
            low = min(low, value)
            high = max(high, value)
            sum += value
            squares += value * value
            if value == 0 || value == 255 { ends += 1 }
        }
        let count = Double(max(1, sample.pixels.count))
        let mean = Double(sum) / count
        deviation = max(0, Double(squares) / count - mean * mean).squareRoot()
        saturated = Double(ends) / count
        checksum = sample.pixels.hashValue
    }
}

extension FloatTensor {
    fileprivate var withRedAndBlueExchanged: FloatTensor {
        var result = self
        for pixel in stride(from: 0, to: count - 2, by: 3) { result.values.swapAt(pixel, pixel + 2) }
        return result
    }

    fileprivate func scaled(_ factor: Float, _ offset: Float) -> FloatTensor {
        FloatTensor(shape: shape, values: values.map { $0 * factor + offset })
    }
}
