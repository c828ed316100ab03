import FloatGraph
import Foundation
import ModelFile
import Quantizer
import Recognition
import Runtime

/// A network that can be asked: the trained one in floats, or a `.tide` file in integers.
enum LoadedModel {
    case float(Graph, Recipe)
    case integer(Model)

    static func load(_ path: String, recipe: String?, options: FloatModelOptions) throws -> LoadedModel {
        if path.hasSuffix(".tide") { return .integer(try Model(path: path)) }
        let (graph, recipe) = try options.load(path, recipe: recipe)
        return .float(graph, recipe)
    }

    /// What the recipe says beside the network itself, or what has travelled of it in the model file.
    func fact(_ key: String) -> String? {
        switch self {
        case .float(_, let recipe): recipe.provenance.first { $0.key == key }?.value
        case .integer(let model): model.description.provenance.first { $0.key == key }?.value
        }
    }

    var inputShape: InputShape {
        switch self {
        case .float(_, let recipe): InputShape(recipe)
        case .integer(let model):
            InputShape(
                frames: model.description.clip?.frames ?? 1, height: model.description.preprocessing.height,
                width: model.description.preprocessing.width,
                swapRedBlue: model.description.preprocessing.colour == .bgr)
        }
    }
}

/// Asks a network about samples, on all cores: packs its weights once.
final class Runner {
    private enum Engine {
        case float(FloatExecutor, Recipe)
        /// One for each core.
        case integer([Network])
    }

    let shape: InputShape
    private let engine: Engine

    init(_ model: LoadedModel) throws {
        shape = model.inputShape
        switch model {
        case .float(let graph, let recipe): engine = .float(try FloatExecutor(graph), recipe)
        case .integer(let model):
            let cores = ProcessInfo.processInfo.activeProcessorCount
            engine = .integer(try (0..<cores).map { _ in try Network(model) })
        }
    }

    var takesFloats: Bool { if case .float = engine { true } else { false } }

    /// A trained network's answers to inputs of any numbers; none of a `.tide` file, which takes pixels.
    func run(_ inputs: [FloatTensor]) throws -> [Answer] {
        guard case .float(let executor, let recipe) = engine else { return [] }
        let answers = Collector<Answer>(count: inputs.count)
        let names = executor.graph.outputs.map { executor.graph.values[$0].name }
        try executor.runEach(inputs.count, input: { inputs[$0] }) { index, outputs in
            answers.set(index, Answer(names: names, outputs: outputs, recipe: recipe))
        }
        return answers.values.map { $0! }
    }

    /// The answers, in the samples' order.
    func run(_ samples: [Sample]) throws -> [Answer] {
        let answers = Collector<Answer>(count: samples.count)
        switch engine {
        case .float:
            return try run(samples.map { $0.tensor(shape) })
        case .integer(let networks):
            nonisolated(unsafe) let networks = networks
            DispatchQueue.concurrentPerform(iterations: networks.count) { worker in
                for index in stride(from: worker, to: samples.count, by: networks.count) {
                    networks[worker].decide(samples[index])
                    answers.set(index, Answer(networks[worker]))
                }
            }
        }
        return answers.values.map { $0! }
    }
}

extension Network {
    /// Runs a whole sample; the outputs are then the decision.
    func decide(_ sample: Sample) {
        sample.pixels.withUnsafeBufferPointer { pixels in
            let count = frameInput.count
            if model.description.clip == nil {
                _ = frameInput.update(fromContentsOf: pixels)
                runFrame()
            } else {
                runClip(
                    frames: (0..<pixels.count / count).map { .init(rebasing: pixels[$0 * count..<($0 + 1) * count]) })
            }
        }
    }
}

/// A network's outputs for one sample.
struct Answer: Sendable {
    struct Result: Sendable {
        var name: String
        var shape: [Int]
        var real: [Float]
        /// The integers of a `.tide` model, with their type and which of them is zero.
        var raw: (type: ElementType, values: [Int32], zeroPoint: Int32)?
    }

    /// In the order of the network's outputs.
    var outputs: [Result]
    /// For each task its output.
    var tasks: [(name: String, isClassification: Bool, labels: [String], unit: String, output: Int)]

    init(names: [String], outputs: [FloatTensor], recipe: Recipe) {
        self.outputs = zip(names, outputs).map { Result(name: $0, shape: $1.shape, real: $1.values, raw: nil) }
        tasks = recipe.tasks.map { task in
            (task.name, task.kind == .classification, task.labels, task.unit, names.firstIndex(of: task.output) ?? 0)
        }
    }

    init(_ network: Network) {
        let description = network.model.description
        outputs = description.deciding.outputs.indices.map { index in
            let output = network.output(index)
            return Result(
                name: output.name, shape: output.shape, real: (0..<output.count).map { Float(output.real($0)) },
                raw: (output.type, (0..<output.count).map { output[$0] }, output.zeroPoint))
        }
        tasks = description.tasks.map { ($0.name, $0.kind == .classification, $0.labels, $0.unit, $0.output) }
    }
}
