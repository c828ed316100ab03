import ModelFile

/// Where the tensors and the scratch memory of one program are.
///
/// While operations are prepared they reserve scratch; then `plan` lays out the arena and `place` gives addresses.
final class ProgramMemory {
    /// Memory that an operation needs only while it runs.
    struct Scratch {
        fileprivate let block: Int
    }

    /// Memory that lies in the ring beside the features, a part for each frame.
    struct Kept {
        fileprivate let index: Int
    }

    private let lifetimes: Lifetimes
    private let positions: [Int]
    private let externalInputs: [Int]
    private var blocks: [ArenaPlan.Block] = []
    /// By root tensor, those in the arena.
    private var blockOfTensor: [Int?]
    private var offsets: [Int] = []
    private var arena: UnsafeMutableRawPointer?
    /// What a ring has to keep for this program, in bytes a frame.
    private(set) var keptByteCounts: [Int] = []
    /// Where the external inputs are.
    private var ring: FeatureRing?
    /// By root tensor: constants and, once placed, activations.
    private var addresses: [UnsafeMutableRawPointer?]

    /// - Parameter externalInputs: whether the program's inputs lie outside of the arena: see `move`.
    init(_ program: Program, chains: ChainPlan, model: Model, externalInputs: Bool, keepsActivations: Bool) {
        let tensors = model.description.tensors
        positions = chains.positions
        lifetimes = Lifetimes(
            program, positions: positions, tensorCount: tensors.count, keepsAll: keepsActivations)
        self.externalInputs = externalInputs ? program.inputs : []
        blockOfTensor = [Int?](repeating: nil, count: tensors.count)
        addresses = tensors.indices.map { UnsafeMutableRawPointer(mutating: model.constant($0).baseAddress) }
        for (tensor, life) in lifetimes.lives.enumerated() {
            guard let life, !tensors[tensor].isConstant, !self.externalInputs.contains(tensor) else { continue }
            blockOfTensor[tensor] = blocks.count
            blocks.append(ArenaPlan.Block(byteCount: tensors[tensor].byteCount, life: life))
        }
    }

    func reserveScratch(byteCount: Int, operation: Int) -> Scratch {
        blocks.append(ArenaPlan.Block(byteCount: byteCount, life: positions[operation]...positions[operation]))
        return Scratch(block: blocks.count - 1)
    }

    func keep(byteCount: Int) -> Kept {
        keptByteCounts.append(byteCount)
        return Kept(index: keptByteCounts.count - 1)
    }

    /// Takes the memory of an activation that only passes from stage to stage of a chain.
    func elide(_ tensor: Int) {
        if let block = blockOfTensor[lifetimes.roots[tensor]] { blocks[block].byteCount = 0 }
    }

    /// Lays out the arena and returns its size in bytes.
    func plan() -> Int {
        let plan = ArenaPlan(blocks)
        offsets = plan.offsets
        return plan.byteCount
    }

    func place(at arena: UnsafeMutableRawPointer) {
        self.arena = arena
        for (tensor, block) in blockOfTensor.enumerated() {
            if let block { addresses[tensor] = arena + offsets[block] }
        }
    }

    /// Says where the external inputs are now. Steps that read them must be bound again.
    func move(inputs ring: FeatureRing) {
        self.ring = ring
        for index in 0..<ring.featureCount { addresses[externalInputs[index]] = ring.window(index) }
    }

    /// Frames of the ring that the program has not seen.
    var freshFrames: Int { ring!.fresh }

    /// Whether the tensor is an external input, under whatever shape.
    func moves(_ tensor: Int) -> Bool { externalInputs.contains(lifetimes.roots[tensor]) }

    /// Whether the tensor has memory in this program.
    func holds(_ tensor: Int) -> Bool { addresses[lifetimes.roots[tensor]] != nil }

    subscript(tensor: Int) -> UnsafeMutableRawPointer { addresses[lifetimes.roots[tensor]]! }
    subscript(kept: Kept) -> UnsafeMutableRawPointer { ring!.window(ring!.featureCount + kept.index) }
    subscript(scratch: Scratch) -> UnsafeMutableRawPointer { arena! + offsets[scratch.block] }
}
