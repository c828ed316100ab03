import ModelFile
import ModelSamples
import Testing

@testable import Runtime

/// The network equals the reference interpreter, whatever the instruction set, the threads and the plan.
@Suite struct EquivalenceTests {
    @Test(arguments: InstructionSet.available) func everyOperator(isa: String) throws {
        for seed in 1...10 {
            let model = try Model(bytes: everyOperatorModel(seed: UInt64(seed)), name: "every operator")
            let clip = pictures(model)
            var reference = ReferenceInterpreter(model)
            let expected = reference.run(clip)
            for threads in 1...3 { #expect(try Network(model, threads: threads, isa: isa).decide(clip) == expected) }
        }
    }

    @Test(arguments: 0..<200) func randomModels(seed: Int) throws {
        let model = try Model(bytes: randomModel(seed: UInt64(seed)), name: "random")
        let clip = pictures(model)
        var reference = ReferenceInterpreter(model)
        let expected = reference.run(clip)
        for isa in InstructionSet.available {
            #expect(try Network(model, threads: 1, isa: isa).decide(clip) == expected, "\(isa)")
        }
        #expect(try Network(model, threads: 2).decide(clip) == expected)
        #expect(try Network(model, threads: 3).decide(clip) == expected)
        #expect(try Network(model).decide(clip) == expected)
    }

    @Test(arguments: 0..<60) func everyTensorIsReadableWhenKept(seed: Int) throws {
        let model = try Model(bytes: randomModel(seed: UInt64(1000 + seed)), name: "random")
        let clip = pictures(model)
        var reference = ReferenceInterpreter(model)
        let expected = reference.run(clip)
        let network = try Network(model, threads: 2, keepsActivations: true)
        #expect(network.decide(clip) == expected)
        for (index, values) in reference.values {
            let tensor = try #require(network.tensor(index))
            #expect((0..<tensor.count).map { Int(tensor[$0]) } == values, "tensor \(index)")
        }
        let other = try Network(model)
        #expect(reference.values.keys.allSatisfy { other.tensor($0) == nil })
    }

    @Test(arguments: 0..<40) func streamEqualsWholeClip(seed: Int) throws {
        let bytes = try seed < 10 ? everyOperatorModel(seed: UInt64(seed)) : randomModel(seed: UInt64(2000 + seed))
        let model = try Model(bytes: bytes, name: "stream")
        guard let clip = model.description.clip else { return }
        let network = try Network(model, threads: 2), other = try Network(model)
        let shared = try (2...4).map { try Network(model, threads: $0, sharesClips: true) }
        let video = pictures(model, count: 3 * clip.frames + 1), second = pictures(model, count: video.count, seed: 8)
        let ring = network.makeRing(), secondRing = network.makeRing()
        for index in video.indices {
            #expect(ring.isFull == (index >= clip.frames))
            for (picture, ring) in [(video[index], ring), (second[index], secondRing)] {
                _ = network.frameInput.update(fromContentsOf: picture)
                network.runFrame(into: ring)
            }
            // Not after every frame, and sometimes twice: what is kept with the frames does not depend on it.
            guard ring.isFull, (index + seed) % 3 != 0 else { continue }
            if index % 2 == 0 { network.runClip(ring) }
            network.runClip(ring)
            let window = Array(video[(index + 1 - clip.frames)...index])
            var reference = ReferenceInterpreter(model)
            let expected = reference.run(window)
            #expect(network.decision == expected)
            #expect(other.decide(window) == expected)
            for network in shared { #expect(network.decide(window) == expected) }
            network.runClip(secondRing)
        }
        ring.reset()
        #expect(!ring.isFull)
        for picture in second[..<clip.frames] {
            _ = network.frameInput.update(fromContentsOf: picture)
            network.runFrame(into: ring)
        }
        network.runClip(ring)
        #expect(network.decision == other.decide(Array(second[..<clip.frames])))
    }

    /// Running again, or on other input in between, changes nothing, and the input stays as it was.
    @Test(arguments: 0..<30) func runsDoNotDependOnEachOther(seed: Int) throws {
        let model = try Model(bytes: randomModel(seed: UInt64(3000 + seed)), name: "random")
        let network = try Network(model, threads: 2)
        let first = pictures(model), second = pictures(model, seed: 9)
        let expected = network.decide(first)
        #expect(network.frameInput.elementsEqual(first.last!))
        _ = network.decide(second)
        #expect(network.decide(first) == expected)
    }
}
