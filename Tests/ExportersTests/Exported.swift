import Exporters
import FloatGraph
import Foundation
import GraphSamples
import Importers
import ModelFile
import ModelSamples
import Quantizer
import Testing

/// The formats of `tidepool export`.
enum Format: String, CaseIterable, CustomTestStringConvertible {
    case onnx, tflite

    var testDescription: String { rawValue }

    func export(_ model: Model) throws -> ExportedModel {
        switch self {
        case .onnx: try exportONNX(model, file: "test.tide")
        case .tflite: try exportTFLite(model, file: "test.tide")
        }
    }

    /// The exported model as our own importer reads it: in floats, without the rounding between the layers.
    func reread(_ model: Model) throws -> Graph {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("exported." + rawValue)
        try Data(export(model).bytes).write(to: file)
        return try importModel(path: file.path)
    }
}

/// The committed networks of Tests/Fixtures.
enum Fixture {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("../Fixtures")

    /// A network quantized with its own inputs, and those.
    static func quantized(_ name: String) throws -> (model: Model, inputs: [FloatTensor]) {
        let graph = try importModel(path: folder.appendingPathComponent(name + ".onnx").path)
        let pixels = try NumPyArray(folder.appendingPathComponent(name + "-input.npy"))
        let inputs = (0..<pixels.shape[0]).map { FloatTensor(shape: graph.shape(graph.input), values: pixels[$0]) }
        var quantizer = try Quantizer(graph, recipe: Recipe(describing: graph))
        try quantizer.calibrate(with: inputs)
        return (try Model(bytes: try quantizer.quantize().bytes, name: name), inputs)
    }
}

/// A model of pictures 5 × 6, drawn by `build` from its input.
func sketched(seed: UInt64 = 1, frames: Int? = nil, _ build: (inout Sketch, Int) -> Int) throws -> Model {
    var sketch = Sketch(seed: seed)
    let input = sketch.activation([5, 6, 3])
    let output = build(&sketch, input)
    let program = Program(inputs: [input], outputs: [output], operations: sketch.operations)
    let bytes = try sketch.builder.encode(
        name: "sketch", frame: program, preprocessing: Preprocessing(width: 6, height: 5), tasks: [])
    return try Model(bytes: bytes, name: "sketch")
}
