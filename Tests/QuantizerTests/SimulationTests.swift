import FloatGraph
import ModelFile
import Testing

@testable import Quantizer

/// The simulated integer network against the real one.
struct SimulationTests {
    /// It loses what the integers lose: one rounding that falls the other way changes all behind it, so that deep
    /// networks agree in how much is lost, not in every number.
    @Test(arguments: ["clip", "face", "swish"])
    func losesWhatTheIntegersDo(_ name: String) throws {
        let fixture = try FixtureTests.Fixture(name)
        var quantizer = try Quantizer(fixture.graph, recipe: Recipe(describing: fixture.graph))
        try quantizer.calibrate(with: fixture.inputs)
        let model = try Model(bytes: try quantizer.quantize().bytes, name: name)
        let simulation = try Simulation(quantizer.prepared, model)
        let float = try FloatExecutor(quantizer.prepared, threads: 1), executor = try IntegerExecutor(model)
        let store = ActivationStore(simulation.graph)
        for (output, id) in simulation.graph.outputs.enumerated() {
            var signal = 0.0, lost = 0.0, simulated = 0.0, between = 0.0
            for input in fixture.inputs {
                simulation.load(input, into: store)
                simulation.run(in: store) { _ in .narrow }
                let reference = try float.run(input)[output].values, integers = try executor.run(input)[output].values
                for (x, (y, z)) in zip(reference, zip(integers, store[id])) {
                    signal += Double(x * x)
                    lost += Double((x - y) * (x - y))
                    simulated += Double((x - z) * (x - z))
                    between += Double((y - z) * (y - z))
                }
            }
            let pair = (decibels(signal: signal, noise: lost), decibels(signal: signal, noise: simulated))
            #expect(abs(pair.0 - pair.1) < 3, "\(name) \(output): \(pair)")
            #expect(between < lost, "\(name) \(output): \(decibels(signal: signal, noise: between)) dB apart, \(pair)")
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
