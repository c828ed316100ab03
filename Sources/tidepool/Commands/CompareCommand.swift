import ArgumentParser
import FloatGraph
import Foundation
import ModelFile
import Quantizer

/// `tidepool compare`: how closely the integers follow the floats.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compares a .tide file with the trained network that it was made from.",
        discussion: """
            EXAMPLES
              tidepool compare swimmer.onnx swimmer.tide --inputs clips/ --limit 64
              tidepool compare face.onnx face.tide --inputs faces.npy --layers
            """)

    @Argument(help: "The trained network (.onnx, .h5, .keras, .tflite).") var model: String
    @Argument(help: "The .tide file.") var file: String
    @Option(help: "Pictures or clips, as for quantize --calibrate.") var inputs: String
    @Option(help: "Use at most so many samples.") var limit: Int = 128
    @Option(help: "The recipe of the trained network.") var recipe: String?
    @OptionGroup var reading: FloatModelOptions
    @Flag(help: "Compare every layer as well, and rank weights and values by what they cost the outputs.")
    var layers = false
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws { try naming(model) { try compare() } }

    private func compare() throws {
        let (graph, recipe) = try reading.load(model, recipe: recipe)
        let tide = try Model(path: file)
        let set = try InputSet(path: inputs, shape: InputShape(recipe))
        let samples = try set.load(set.spread(limit: limit))
        guard !samples.isEmpty else { throw CommandError("\(inputs): none of its samples can be read") }
        let bar = ProgressBar("comparing", total: samples.count)
        let comparison = try Quantizer.compare(graph, tide, samples.count, layers: layers) { index in
            bar.advance()
            return samples[index].tensor(set.shape)
        }
        let ranking = layers ? try rank(graph, recipe, tide, samples, set.shape) : nil
        print(json ? try encodeJSON(Listing(comparison, ranking)) : text(comparison, ranking))
    }

    /// A few samples tell the order.
    private func rank(
        _ graph: Graph, _ recipe: Recipe, _ model: Model, _ samples: [Sample], _ shape: InputShape
    ) throws -> Ranking {
        let quantizer = try Quantizer(graph, recipe: recipe)
        let bar = ProgressBar("ranking  ", total: 1000)
        let inputs = samples.prefix(QuantizationRun.rankedSamples(shape)).map { $0.tensor(shape) }
        return try quantizer.rank(model, with: inputs) { bar.reach($0) }
    }

    private func text(_ comparison: Comparison, _ ranking: Ranking?) -> String {
        var rows = [["output", "SQNR dB", "cosine", "top-1 agreement", "mean |error|"]]
        for output in comparison.outputs {
            rows.append([
                output.name, String(format: "%.1f", output.sqnr), String(format: "%.5f", output.cosine),
                output.topAgreement.map { String(format: "%.1f %%", 100 * $0) } ?? "",
                String(format: "%.4g", output.meanAbsoluteError),
            ])
        }
        var text = textTable(rows, numbers: [1, 2, 3, 4]) + "\n\(comparison.inputs) inputs"
        if layers {
            let listed = comparison.layers.map { [$0.name, "\($0.type)", String(format: "%.1f", $0.sqnr)] }
            text += "\n\n" + textTable([["layer", "type", "SQNR dB"]] + listed, numbers: [2])
                + "\nA layer's noise is its own and what reaches it from all before it."
        }
        if let ranking { text += "\n\n" + self.text(ranking) }
        return text
    }

    private func text(_ ranking: Ranking) -> String {
        let rows = ranking.entries.enumerated().map { index, entry in
            [
                "\(index + 1)", entry.kind == .values ? entry.value : entry.node, entry.operation, entry.kind.rawValue,
                "\(entry.type)", String(format: "%.1f %%", 100 * entry.share), String(format: "%.1f", entry.worstAlone),
                String(format: "%+.2f", entry.gain(in: ranking)),
                entry.readerMultiplyAdds > 0 ? String(format: "%.2f", Double(entry.readerMultiplyAdds) / 1e6) : "",
            ]
        }
        let whole = zip(ranking.outputs, ranking.whole).map { String(format: "%@ %.1f dB", $0, $1) }
        return "Where the loss comes from, simulated on \(ranking.inputs) inputs (all quantized: "
            + whole.joined(separator: ", ") + "):\n"
            + textTable(
                [["", "node", "operator", "what", "type", "share", "alone dB", "left out dB", "readers MMAC"]] + rows,
                numbers: [0, 5, 6, 7, 8])
            + "\n" + Ranking.caution
    }

    private struct Listing: Encodable {
        struct Output: Encodable {
            var name: String
            var sqnr, cosine: Double
            var topAgreement: Double?
            var meanAbsoluteError: Double
        }
        struct Layer: Encodable {
            var name, type: String
            var sqnr: Double
        }
        /// A part of the network; decibels by output, in the order of `outputs`.
        struct Part: Encodable {
            var node, value, operation, what, type: String
            var share: Double
            var alone, leftOut: [Double]
            var readerMultiplyAdds: Int
        }

        var inputs: Int
        var outputs: [Output]
        var layers: [Layer]
        var ranking: [Part]?

        init(_ comparison: Comparison, _ ranking: Ranking?) {
            inputs = comparison.inputs
            outputs = comparison.outputs.map {
                Output(
                    name: $0.name, sqnr: $0.sqnr, cosine: $0.cosine, topAgreement: $0.topAgreement,
                    meanAbsoluteError: $0.meanAbsoluteError)
            }
            layers = comparison.layers.map { Layer(name: $0.name, type: "\($0.type)", sqnr: $0.sqnr) }
            self.ranking = ranking?.entries.map {
                Part(
                    node: $0.node, value: $0.value, operation: $0.operation, what: $0.kind.rawValue, type: "\($0.type)",
                    share: $0.share, alone: $0.alone, leftOut: $0.leftOut, readerMultiplyAdds: $0.readerMultiplyAdds)
            }
        }
    }
}
