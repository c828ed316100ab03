import ModelFile
import ModelSamples
import Testing

@testable import Runtime

@Suite struct NetworkTests {
    @Test func unknownInstructionSetNamesThoseThatAreHere() throws {
        let model = try Model(bytes: everyOperatorModel(), name: "every operator")
        let error = RuntimeError.unavailableISA("avx9", available: InstructionSet.available)
        #expect(throws: error) { try Network(model, RuntimeOptions(isa: "avx9")) }
        #expect(error.description.contains("scalar"))
        for threads in [0, -1, 65] {
            #expect(throws: RuntimeError.threads(threads)) { try Network(model, RuntimeOptions(threads: threads)) }
        }
        for isa in InstructionSet.available { #expect(try Network(model, RuntimeOptions(isa: isa)).isaName == isa) }
    }

    @Test func outputsCarryTheirMeaning() throws {
        let model = try Model(bytes: everyOperatorModel(), name: "every operator")
        let network = try Network(model)
        _ = network.decide(pictures(model))
        let action = network.output(0), age = network.output(1)
        #expect(action.type == .uint16 && action.shape == [1, 4] && action.count == 4)
        #expect(abs((0..<4).reduce(0) { $0 + action.real($1) } - 1) < 0.001)
        #expect(age.type == .int16 && age.count == 1 && age.real(0) == Double(age[0]) * age.scale)
    }

    @Test func profileNamesEveryOperation() throws {
        let model = try Model(bytes: everyOperatorModel(), name: "every operator")
        let network = try Network(model)
        _ = network.decide(pictures(model))
        #expect(network.profile.allSatisfy { $0.runs == 0 && $0.nanoseconds == 0 })
        network.isProfiling = true
        _ = network.decide(pictures(model))
        let profile = network.profile
        let description = model.description
        let operations = description.frame.operations + description.clipProgram!.operations
        #expect(profile.map(\.name) == operations.map(\.name))
        #expect(profile.map(\.kind) == operations.map(\.kind.label))
        #expect(profile.allSatisfy { $0.runs == ($0.isClip ? 1 : 4) })
        // 3×3×3 of the stem, at 4 × 4 positions × 12 channels.
        #expect(profile[0].multiplyAdds == 27 * 192)
        network.resetProfile()
        #expect(network.profile.allSatisfy { $0.runs == 0 && $0.nanoseconds == 0 })
    }

    @Test func arenaIsSmallerThanAllActivations() throws {
        let model = try Model(bytes: everyOperatorModel(), name: "every operator")
        let network = try Network(model), keeping = try Network(model, RuntimeOptions(keepsActivations: true))
        #expect(network.arenaByteCount < keeping.arenaByteCount)
        #expect(network.arenaByteCount > 0 && network.packedByteCount > 0)
    }
}
