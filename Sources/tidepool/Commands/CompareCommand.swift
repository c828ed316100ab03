import ArgumentParser
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
    @Flag(help: "Compare every layer as well.") var layers = false
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
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
        print(json ? try encodeJSON(Listing(comparison)) : text(comparison))
    }

    private func text(_ comparison: Comparison) -> String {
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
        }
        return text
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

        var inputs: Int
        var outputs: [Output]
        var layers: [Layer]

        init(_ comparison: Comparison) {
            inputs = comparison.inputs
            outputs = comparison.outputs.map {
                Output(
                    name: $0.name, sqnr: $0.sqnr, cosine: $0.cosine, topAgreement: $0.topAgreement,
                    meanAbsoluteError: $0.meanAbsoluteError)
            }
            layers = comparison.layers.map { Layer(name: $0.name, type: "\($0.type)", sqnr: $0.sqnr) }
        }
    }
}
