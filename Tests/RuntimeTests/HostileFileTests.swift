import ModelFile
import ModelSamples
import Testing

@testable import Runtime

/// What the reader lets through can be run: ten thousand mutated files with correct checksums, each either refused or
/// executed. Out-of-bounds accesses show under AddressSanitizer (`swift test --sanitize=address`).
@Suite struct HostileFileTests {
    @Test(arguments: 0..<10) func acceptedFilesRun(seed: Int) throws {
        let bytes = seed < 7 ? try everyOperatorModel(seed: UInt64(seed)) : try randomModel(seed: UInt64(seed))
        var mutator = Mutator(bytes, seed: UInt64(100 + seed))
        let sets = InstructionSet.available
        var executed = 0
        for index in 0..<1_000 {
            let model: Model
            do {
                model = try Model(bytes: mutator.next(repairingChecksum: true), name: "mutated")
            } catch {
                continue
            }
            let network = try Network(model, threads: 1 + index % 2, isa: sets[index % sets.count])
            _ = network.decide(pictures(model))
            executed += 1
        }
        #expect(executed > 20)
    }
}
