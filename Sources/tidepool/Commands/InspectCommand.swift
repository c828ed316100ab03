import ArgumentParser
import Foundation
import ModelFile

/// `tidepool inspect`: what a `.tide` file or a trained network holds.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Shows what a .tide file or a trained network holds.",
        discussion: """
            For a trained network: its layers as they were understood, with shapes, parameters and multiply-adds.

            EXAMPLES
              tidepool inspect swimmer.tide
              tidepool inspect own.keras
              tidepool inspect face.onnx --json
            """)

    @Argument(help: "The .tide file, or a trained network (.onnx, .h5, .keras, .tflite).") var file: String
    @Option(help: "The recipe of a trained network.") var recipe: String?
    @OptionGroup var reading: FloatModelOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        switch try LoadedModel.load(file, recipe: recipe, options: reading) {
        case .integer(let model):
            let listing = ModelListing(model)
            print(json ? try encodeJSON(listing) : listing.text)
        case .float(let graph, _):
            let listing = GraphListing(graph)
            print(json ? try encodeJSON(listing) : listing.text)
        }
    }
}
