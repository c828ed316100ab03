import FloatGraph
import ModelFile
import Testing

@testable import Quantizer

/// The simulated integer network against the real one.
struct SimulationTests {
    @Test(arguments: ["clip", "face", "swish"])
    func computesWhatTheIntegersDo(_ name: String) throws {
        let fixture = try FixtureTests.Fixture(name)
        var quantizer = try Quantizer(fixture.graph, recipe: Recipe(describing: fixture.graph))
        try quantizer.calibrate(with: fixture.inputs)
        let model = try Model(bytes: try quantizer.quantize().bytes, name: name)
        let simulation = try Simulation(quantizer.prepared, model)
        let executor = try IntegerExecutor(model)
        let store = ActivationStore(simulation.graph)
        for (output, id) in simulation.graph.outputs.enumerated() {
            var signal = 0.0, noise = 0.0
            for input in fixture.inputs {
                simulation.load(input, into: store)
                simulation.run(in: store) { _ in .narrow }
                for (x, y) in zip(try executor.run(input)[output].values, store[id]) {
                    signal += Double(x) * Double(x)
                    noise += Double(x - y) * Double(x - y)
                }
            }
            #expect(noise == 0 || decibels(signal: signal, noise: noise) >= 40, "\(name) \(output)")
        }
    }

    /// With nothing quantized it is the float network.
    @Test func nothingQuantizedIsTheFloatNetwork() throws {
        let fixture = try FixtureTests.Fixture("clip")
        var quantizer = try Quantizer(fixture.graph, recipe: Recipe(describing: fixture.graph))
        try quantizer.calibrate(with: fixture.inputs)
        let model = try Model(bytes: try quantizer.quantize().bytes, name: "clip")
        let simulation = try Simulation(quantizer.prepared, model)
        let store = ActivationStore(simulation.graph)
        simulation.load(fixture.inputs[0], into: store)
        simulation.run(in: store) { _ in .float }
        let expected = try FloatExecutor(quantizer.prepared, threads: 1).run(fixture.inputs[0])
        for (tensor, values) in zip(expected, simulation.outputs(of: store)) { #expect(tensor.values == values) }
    }

    @Test func roundsToTheGrid() {
        let grid = Grid(Tensor(name: "x", type: .int8, shape: [7], scale: 0.5, zeroPoint: -100))
        var values: [Float] = [0, 0.24, 0.25, -0.25, 0.75, 1000, -1000]
        values.withUnsafeMutableBufferPointer { grid.round($0) }
        #expect(values == [0, 0, 0.5, 0, 1, 113.5, -14])
    }
}
