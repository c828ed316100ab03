import ArgumentParser
import FloatGraph
import Foundation
import Importers
import Quantizer

/// How a trained network is read where its file leaves something open.
struct FloatModelOptions: ParsableArguments {
    @Option(help: "Frames of a clip, where the trained network leaves them open.") var frames: Int?
    @Option(help: "The pictures' height, where the trained network leaves it open.") var height: Int?
    @Option(help: "The pictures' width, where the trained network leaves it open.") var width: Int?
    @Option(help: "The trained network's outputs to keep, by name and comma; all without it.") var outputs: String?

    @Option(help: "An input beside the pictures, held at a number: NAME=NUMBER (ONNX, TFLite). May be repeated.")
    var fix: [String] = []

    /// The inputs that are held, by name.
    private func heldInputs() throws -> [String: Float] {
        var held: [String: Float] = [:]
        for pair in fix {
            guard let split = pair.lastIndex(of: "="), split > pair.startIndex,
                let number = Float(pair[pair.index(after: split)...]), number.isFinite
            else { throw ValidationError("--fix \(pair): write it as NAME=NUMBER") }
            held[String(pair[..<split])] = number
        }
        return held
    }

    func validate() throws {
        _ = try heldInputs()
        if let frames, !(1...256).contains(frames) { throw ValidationError("--frames must be 1 to 256") }
        for (name, extent) in [("--height", height), ("--width", width)] {
            if let extent, !(1...4096).contains(extent) { throw ValidationError("\(name) must be 1 to 4096") }
        }
    }

    /// Reads a trained network and its recipe. What the file leaves open is taken from the options, then the recipe. A
    /// network of grey pictures comes back as one of colours.
    func load(_ path: String, recipe given: String?) throws -> (graph: Graph, recipe: Recipe) {
        let file = try RecipeFile.find(for: path, given: given)
        var options = file?.content.importOptions(beside: file!.path) ?? ImportOptions()
        options.frames = frames ?? options.frames
        options.height = height ?? options.height
        options.width = width ?? options.width
        options.fixed = try heldInputs()
        options.outputs = outputs?.split(separator: ",").map(String.init) ?? []
        let graph = try importModel(path: path, options: options)
        for note in graph.notes { FileHandle.standardError.write(Data("tidepool: note: \(note)\n".utf8)) }
        let recipe =
            try file.map { try $0.content.recipe(path: $0.path, graph: graph) } ?? Recipe(describing: graph)
        return (try naming(path) { try graph.takingColour(recipe.colour) }, recipe)
    }
}
