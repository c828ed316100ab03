import Exporters
import FloatGraph
import Foundation
import ModelFile
import Quantizer
import Testing

/// Whole networks, quantized, exported and read back.
struct NetworkTests {
    /// Signal to noise of every output, dB, against our integers: what is left is the rounding of all layers, which the
    /// file read back does not do.
    @Test(arguments: [
        ("clip", ["action": 20.0, "identity": 20.0]), ("face", ["age": 20, "gender": 20, "race": 20]),
        ("swish", ["scores": 20]),
    ], Format.allCases)
    func rereadNetworksFollowTheIntegers(_ given: (name: String, floors: [String: Double]), _ format: Format) throws {
        let (model, inputs) = try Fixture.quantized(given.name)
        let graph = try format.reread(model)
        let names = graph.outputs.map { graph.values[$0].name }
        #expect(names == model.description.deciding.outputs.map { model.description.tensors[$0].name })
        let executor = try IntegerExecutor(model), floats = try FloatExecutor(graph, threads: 1)
        var noise = names.map { _ in 1e-30 }, signal = names.map { _ in 0.0 }
        for input in inputs {
            for (index, (x, y)) in zip(try executor.run(input), try floats.run(input)).enumerated() {
                #expect(x.count == y.count)
                for (a, b) in zip(x.values, y.values) {
                    signal[index] += Double(a * a)
                    noise[index] += Double((a - b) * (a - b))
                }
            }
        }
        for (index, name) in names.enumerated() {
            let floor = try #require(given.floors[name]), decibels = 10 * log10(signal[index] / noise[index])
            #expect(decibels >= floor, "\(name): \(decibels) dB")
        }
    }

    @Test(arguments: ["clip", "face", "swish"], Format.allCases)
    func exportIsReproducible(_ name: String, _ format: Format) throws {
        let model = try Fixture.quantized(name).model
        #expect(try format.export(model).bytes == format.export(model).bytes)
    }
}
