import ModelFile
import ModelSamples
import Testing

@testable import Runtime

@Suite struct ArenaPlanTests {
    @Test(arguments: 0..<200) func liveBlocksNeverOverlap(seed: Int) {
        var random = SampleGenerator(seed: UInt64(seed))
        let blocks = (0..<random.integer(0...60)).map { _ in
            let first = random.integer(0...40)
            return ArenaPlan.Block(byteCount: random.integer(1...3000), life: first...first + random.integer(0...12))
        }
        let plan = ArenaPlan(blocks)
        for (i, a) in blocks.enumerated() {
            #expect(plan.offsets[i] % 64 == 0 && plan.offsets[i] >= 0)
            #expect(plan.offsets[i] + a.byteCount <= plan.byteCount)
            for (j, b) in blocks.enumerated() where i < j && a.life.overlaps(b.life) {
                let apart = plan.offsets[i] + a.byteCount <= plan.offsets[j]
                    || plan.offsets[j] + b.byteCount <= plan.offsets[i]
                #expect(apart, "blocks \(i) and \(j)")
            }
        }
        // Never below the largest sum alive at once, never above the sum of all.
        let needed = (0...60).map { time in
            blocks.reduce(0) { $0 + ($1.life.contains(time) ? ArenaPlan.aligned($1.byteCount) : 0) }
        }.max()!
        #expect(plan.byteCount >= needed)
        #expect(plan.byteCount <= blocks.reduce(0) { $0 + ArenaPlan.aligned($1.byteCount) })
    }

    /// Tensors of real programs: lives derived anew from the operations, by name of memory.
    @Test(arguments: 0..<60) func tensorsAliveTogetherHaveMemoryOfTheirOwn(seed: Int) throws {
        let model = try Model(bytes: randomModel(seed: UInt64(seed), operations: 25), name: "random")
        let program = model.description.frame, tensors = model.description.tensors
        let memory = ProgramMemory(
            program, chains: ChainPlan(program, tensors: tensors, isFusing: false), model: model, externalInputs: false,
            keepsActivations: false)
        let arena = UnsafeMutableRawPointer.allocate(byteCount: memory.plan(), alignment: 64)
        defer { arena.deallocate() }
        memory.place(at: arena)

        // Walk the program, remembering which tensor wrote each address last.
        var writer: [UnsafeMutableRawPointer: Int] = [:]
        func write(_ tensor: Int) { for i in 0..<tensors[tensor].byteCount { writer[memory[tensor] + i] = tensor } }
        func isIntact(_ tensor: Int) -> Bool {
            (0..<tensors[tensor].byteCount).allSatisfy { writer[memory[tensor] + $0] == tensor }
        }
        write(program.inputs[0])
        for operation in program.operations {
            for input in operation.inputs where !tensors[input].isConstant { #expect(isIntact(input)) }
            if operation.kind == .reshape {
                #expect(memory[operation.output] == memory[operation.inputs[0]])
                // Both names are the same memory: follow one of them from here.
                let uses = program.operations.flatMap(\.inputs) + program.outputs
                if uses.filter({ $0 == operation.inputs[0] }).count > 1 { return }
            }
            write(operation.output)
        }
        for output in program.outputs { #expect(isIntact(output)) }
    }

    @Test func sharesCoverEverythingOnce() {
        for count in [1, 2, 63, 64, 65, 1000] {
            for parts in 1...5 {
                for grain in [1, 4, 64] {
                    let ranges = Share.ranges(count, parts: parts, grain: grain)
                    #expect(ranges.flatMap { Array($0) } == Array(0..<count))
                    #expect(ranges.count <= parts && ranges.allSatisfy { !$0.isEmpty })
                    #expect(ranges.dropLast().allSatisfy { $0.upperBound % grain == 0 })
                }
            }
        }
    }
}
