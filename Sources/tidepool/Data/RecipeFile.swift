import FloatGraph
import Foundation
import Importers
import Quantizer
import Recognition
import Yams

/// A recipe as its YAML says it; see `Calibration/README.md` for the keys.
struct RecipeFile: Decodable {
    struct Input: Decodable {
        var width: Int
        var height: Int
        var colour: String?
        /// What the pictures of the training set are like: notices pictures of another kind.
        var statistics: ColourStatistics?
    }

    struct Clip: Decodable {
        var frames: Int
        var stride: Int?
    }

    struct Task: Decodable {
        var name: String
        var output: String?
        var kind: String
        var labels: [String]?
        var unit: String?
    }

    /// The output by which people are told apart, and from which cosine on two clips show the same person.
    struct Embedding: Decodable {
        var output: String
        var threshold: Double?
    }

    /// The labelled set: which column or field holds the label of a task, by task; otherwise it is called as the task is.
    struct Dataset: Decodable {
        var columns: [String: String]?
    }

    var name: String
    /// What tracks are called in the output: "swimmers", "faces".
    var subject: String?
    var input: Input
    var clip: Clip?
    var tasks: [Task]
    var embedding: Embedding?
    var dataset: Dataset?
    var provenance: [String: String]?
    /// What layers of a Keras file mean that are Python code, by name.
    var layers: [String: String]?
    /// Where the description of a Keras file of weights alone is, beside the recipe.
    var architecture: String?

    /// Reads the recipe of a model: `given`, or `MODEL.yaml` beside it or one folder above; `nil` where there is none.
    static func find(for model: String, given: String?) throws -> (path: String, content: RecipeFile)? {
        let url = URL(fileURLWithPath: model)
        let name = url.deletingPathExtension().lastPathComponent + ".yaml"
        let folder = url.deletingLastPathComponent()
        let places = [folder.appending(path: name).path, folder.deletingLastPathComponent().appending(path: name).path]
        guard let path = given ?? places.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            return nil
        }
        return (path, try read(path))
    }

    /// What reading the trained network needs to know.
    func importOptions(beside path: String) -> ImportOptions {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return ImportOptions(
            frames: clip?.frames, height: input.height, width: input.width,
            keras: KerasHints(
                layers: layers ?? [:], architecture: architecture.map { folder.appending(path: $0).path }))
    }

    /// The recipe, checked against its network.
    func recipe(path: String, graph: Graph) throws -> Recipe {
        let outputs = graph.outputs.map { graph.values[$0].name }
        if let output = embedding?.output, !outputs.contains(output) {
            throw CommandError(
                "\(path): embedding.output is \(output); the network's outputs are \(outputs.joined(separator: ", "))")
        }
        return try recipe(path: path)
    }

    /// What the recipe of a model says of its training set's pictures.
    static func statistics(for model: String, given: String?) throws -> ColourStatistics? {
        try find(for: model, given: given)?.content.input.statistics
    }

    private static func read(_ path: String) throws -> RecipeFile {
        let text: String
        do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw CommandError("\(path): cannot be read: \(error.localizedDescription)")
        }
        do { return try YAMLDecoder().decode(RecipeFile.self, from: text) } catch let error as DecodingError {
            throw CommandError("\(path): \(words(error))")
        } catch {
            throw CommandError("\(path): not valid YAML: \(error)")
        }
    }

    private func recipe(path: String) throws -> Recipe {
        guard let colour = Recipe.Colour(rawValue: input.colour ?? "rgb") else {
            throw CommandError("\(path): input.colour is \(input.colour ?? ""); it is rgb or bgr")
        }
        for (name, value, range) in [
            ("input.width", input.width, 1...4096), ("input.height", input.height, 1...4096),
            ("clip.frames", clip?.frames ?? 1, 1...256), ("clip.stride", clip?.stride ?? 1, 1...256),
        ] where !range.contains(value) {
            throw CommandError("\(path): \(name) is \(value); it is \(range.lowerBound) to \(range.upperBound)")
        }
        let tasks = try self.tasks.map { task in
            guard let kind = Recipe.Task.Kind(rawValue: task.kind) else {
                throw CommandError(
                    "\(path): task \(task.name) is a \(task.kind); it is a classification or a regression")
            }
            return Recipe.Task(
                name: task.name, kind: kind, output: task.output ?? task.name, labels: task.labels ?? [],
                unit: task.unit ?? "")
        }
        if let threshold = embedding?.threshold, !(-1...1).contains(threshold) {
            throw CommandError("\(path): embedding.threshold is \(threshold); it is a cosine, -1 to 1")
        }
        var facts = (provenance ?? [:]).sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
        if let embedding {
            facts.append((key: EmbeddingOutput.outputKey, value: embedding.output))
            if let threshold = embedding.threshold {
                facts.append((key: EmbeddingOutput.thresholdKey, value: "\(threshold)"))
            }
        }
        for task in tasks {
            if let column = dataset?.columns?[task.name], column != task.name {
                facts.append((key: LabelTable.columnKey(task.name), value: column))
            }
        }
        if let subject { facts.insert((key: "subject", value: subject), at: 0) }
        return Recipe(
            name: name, width: input.width, height: input.height, colour: colour,
            clip: clip.map { Recipe.Clip(frames: $0.frames, stride: $0.stride ?? 1) }, tasks: tasks, provenance: facts)
    }

    private static func words(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
            return keys.isEmpty ? "the recipe" : keys
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(place(context)) lacks \(key.stringValue)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return "\(place(context)): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }
}
