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
        let float = try FloatExecutor(quantizer.prepared, threads: 1)
        let executor = try IntegerExecutor(model, keepsActivations: true)
        let values = quantizer.prepared.values.indices.map { (quantizer.prepared.values[$0].name, $0) }
        let named = Dictionary(values, uniquingKeysWith: { $1 })
        let tensors = model.description.tensors.indices.compactMap { index in
            named[model.description.tensors[index].name].map { (index, $0) }
        }
        // of every value, relative to its signal: what integers lose, what the simulation does, and their difference
        var noise = (lost: 0.0, between: 0.0)
        let store = ActivationStore(simulation.graph)
        var sums = Array(repeating: (signal: 0.0, lost: 0.0, simulated: 0.0, between: 0.0), count: tensors.count)
        for input in fixture.inputs {
            simulation.load(input, into: store)
            simulation.run(in: store) { _ in .narrow }
            let references = try float.run(input, keep: Set(tensors.map(\.1)))
            _ = try executor.run(input)
            for (place, (tensor, value)) in tensors.enumerated() {
                guard let snapshot = executor.network.tensor(tensor) else { continue }
                let integers = IntegerExecutor.real(snapshot).values
                // of a clip's frames the last one
                let reference = references[value]!.values.suffix(integers.count)
                for (x, (y, z)) in zip(reference, zip(integers, store[value].suffix(integers.count))) {
                    sums[place].signal += Double(x * x)
                    sums[place].lost += Double((x - y) * (x - y))
                    sums[place].simulated += Double((x - z) * (x - z))
                    sums[place].between += Double((y - z) * (y - z))
                }
            }
        }
        for ((tensor, _), sum) in zip(tensors, sums) where sum.signal > 0 {
            let pair = (
                decibels(signal: sum.signal, noise: sum.lost), decibels(signal: sum.signal, noise: sum.simulated)
            )
            #expect(pair == (.infinity, .infinity) || abs(pair.0 - pair.1) < 3,
                    "\(name) \(model.description.tensors[tensor].name): \(pair)")
            noise.lost += sum.lost / sum.signal
            noise.between += sum.between / sum.signal
        }
        #expect(noise.lost > 0 && noise.between < noise.lost / 2, "\(name): \(noise)")
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
