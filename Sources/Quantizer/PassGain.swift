import FloatGraph
import ModelFile

/// What a pass brings from end to end.
public struct PassGain: Sendable, Equatable {
    public var pass: Pass
    /// By output: signal to noise with the pass less that without it, dB.
    public var outputs: [Double]
}

extension Quantizer {
    /// Measures every pass that runs: the network of integers with all passes against the one without it.
    ///
    /// Rounding is judged against rounding to nearest; all others with rounding to nearest, whatever was asked for,
    /// since weights are not fitted anew for each.
    ///
    /// - Parameters:
    ///   - count, input: what `calibrate` was given.
    ///   - compared: inputs on which the outputs are compared with the float network's.
    ///   - progress: takes the number of networks that are done, and how many there are.
    public func gains(
        _ count: Int, compared: [FloatTensor], progress: (Int, Int) -> Void = { _, _ in },
        input: @escaping @Sendable (Int) throws -> FloatTensor
    ) throws -> [PassGain] {
        let passes = Pass.allCases.filter(options.uses)
        var done = 0
        func ratios(_ quantizer: Quantizer) throws -> [Double] {
            let model = try Model(bytes: quantizer.quantize().bytes, name: recipe.name)
            let comparison = try Quantizer.compare(
                source, model, compared.count, threads: options.threads) { compared[$0] }
            done += 1
            progress(done, passes.count + 1)
            return comparison.outputs.map(\.sqnr)
        }
        let nearest = with(options.without(.rounding))
        let all = try ratios(nearest)
        return try passes.map { pass in
            let pair: (with: [Double], without: [Double])
            switch pass {
            case .rounding:
                pair = (try ratios(self), all)
            case .fold, .equalize, .residuals:
                var other = try Quantizer(source, recipe: recipe, options: nearest.options.without(pass))
                try other.calibrate(count, input: input)
                pair = (all, try ratios(other))
            default:
                pair = (all, try ratios(with(nearest.options.without(pass))))
            }
            return PassGain(pass: pass, outputs: zip(pair.with, pair.without).map { $0 == $1 ? 0 : $0 - $1 })
        }
    }
}
