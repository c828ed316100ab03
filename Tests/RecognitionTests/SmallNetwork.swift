import FloatGraph
import Foundation
import Importers
import ModelFile
import Quantizer
import Runtime

/// The committed small networks, quantized with noise: what they say means nothing, that they say the same does.
enum SmallNetwork {
    static let size = 20

    static func model(_ name: String, frames: Int, stride: Int = 2, tasks: [Recipe.Task]) throws -> Model {
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let graph = try importONNX(path: fixtures.appending(path: "Fixtures/\(name).onnx").path)
        let recipe = Recipe(
            name: name, width: size, height: size, clip: frames > 1 ? .init(frames: frames, stride: stride) : nil,
            tasks: tasks)
        var quantizer = try Quantizer(graph, recipe: recipe)
        let inputs = (0..<8).map { noise(seed: $0, count: frames * size * size * 3) }
        try quantizer.calibrate(
            with: inputs.map { FloatTensor(shape: [frames, size, size, 3], values: $0.map { Float($0) + 128 }) })
        return try Model(bytes: quantizer.quantize().bytes, name: name)
    }

    static func clip(stride: Int = 2) throws -> Model {
        try model(
            "clip", frames: 5, stride: stride,
            tasks: [
                .init(
                    name: "action", kind: .classification, output: "action",
                    labels: ["breaststroke", "drowning", "freestyle", "safe"]),
                .init(
                    name: "identity", kind: .classification, output: "identity",
                    labels: (1...4).map { "swimmer-\($0)" }),
            ])
    }

    static func face() throws -> Model {
        try model(
            "face", frames: 1,
            tasks: [
                .init(name: "age", kind: .regression, output: "age", unit: "years"),
                .init(name: "gender", kind: .classification, output: "gender", labels: ["male", "female"]),
                .init(name: "race", kind: .classification, output: "race", labels: (0..<5).map { "race-\($0)" }),
            ])
    }

    static func noise(seed: Int, count: Int) -> [Int8] {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        return (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int8(truncatingIfNeeded: state >> 24)
        }
    }
}
