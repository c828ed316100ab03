import FloatGraph
import Foundation

@testable import Importers
import ONNXFormat

/// An ONNX file that carries an input and what ONNX Runtime makes of it, as initializers that no node reads:
/// `golden.input`, `golden.output.0`, …; all laid out as the float graph lays them out. Tests/Fixtures/golden.py writes
/// such files.
struct GoldenModel {
    let model: Onnx_ModelProto
    let path: String
    let input: FloatTensor
    let outputs: [FloatTensor]

    init(path: String) throws {
        self.path = path
        let model = try Onnx_ModelProto(serializedBytes: Data(contentsOf: URL(fileURLWithPath: path)))
        func tensor(_ name: String) throws -> FloatTensor? {
            guard let proto = model.graph.initializer.first(where: { $0.name == name }) else { return nil }
            let constant = try ConstantTensor(proto, folder: URL(fileURLWithPath: path).deletingLastPathComponent())
            return FloatTensor(shape: constant.shape, values: constant.floats)
        }
        guard let input = try tensor("golden.input") else { throw CocoaError(.fileReadCorruptFile) }
        self.input = input
        outputs = try (0..<model.graph.output.count).compactMap { try tensor("golden.output.\($0)") }
        self.model = model
    }

    func imported() throws -> Graph {
        // What the file leaves open, the golden input fixes.
        let shape = input.shape
        let extents: (Int?, Int?) = shape.count == 4 ? (shape[1], shape[2]) : (nil, shape.last)
        let options = ImportOptions(frames: shape[0], height: extents.0, width: extents.1)
        return try importONNX(model, path: path, options: options)
    }

    /// The largest deviation, as a share of the golden tensor's largest magnitude; `nil` where the shapes differ by more
    /// than extents of 1. Sequences `[N, C, L]` may be channel-last instead.
    static func error(_ result: FloatTensor, _ golden: FloatTensor) -> Float? {
        var golden = golden
        if golden.shape.count == 3, golden.shape != result.shape,
            result.shape == [golden.shape[0], golden.shape[2], golden.shape[1]]
        {
            let (channels, length) = (golden.shape[1], golden.shape[2])
            golden.values = golden.values.indices.map { i in
                let (n, l, c) = (i / (channels * length), i / channels % length, i % channels)
                return golden.values[(n * channels + c) * length + l]
            }
            golden.shape = result.shape
        }
        guard result.shape.filter({ $0 > 1 }) == golden.shape.filter({ $0 > 1 }) else { return nil }
        let scale = max(1e-6, golden.values.reduce(0) { max($0, abs($1)) })
        return zip(result.values, golden.values).reduce(Float(0)) { worst, pair in
            let deviation = abs(pair.0 - pair.1)
            return deviation.isNaN ? .infinity : max(worst, deviation / scale)
        }
    }
}
