/// The weights of all operations in the order that the chosen kernels read them, in one aligned block of memory.
///
/// While operations are prepared they reserve room; `pack` then allocates the block and fills it. A program that is
/// prepared again finds its operations' weights in the same place.
final class PackedWeights {
    private(set) var byteCount = 0
    /// By the tensor that an operation writes: the offsets that it reserved, in order.
    private var offsets: [[Int]]
    private var packings: [Packing] = []
    private var block: MemoryBlock?

    init(tensorCount: Int) { offsets = [[Int]](repeating: [], count: tensorCount) }

    /// Returns an offset, by which `subscript` finds the address once packed. The operation that writes `output` reserves
    /// for the `ordinal`th time.
    func reserve(
        output: Int, ordinal: Int, byteCount: Int, pack: @escaping (UnsafeMutableRawPointer) -> Void
    ) -> Int {
        if ordinal < offsets[output].count { return offsets[output][ordinal] }
        let offset = self.byteCount
        offsets[output].append(offset)
        packings.append(Packing(offset: offset, pack: pack))
        self.byteCount += ArenaPlan.aligned(byteCount)
        return offset
    }

    func pack(on pool: ThreadPool) throws(RuntimeError) {
        let block = try MemoryBlock(byteCount: byteCount)
        self.block = block
        pool.run(PackingStep(packings, into: block, partCount: pool.threads))
        packings = []
    }

    subscript(offset: Int) -> UnsafeMutableRawPointer { block!.base + offset }
}

/// What fills the block from an offset on.
private struct Packing {
    let offset: Int
    let pack: (UnsafeMutableRawPointer) -> Void
}

/// Each part packs what begins in its share of the block.
private final class PackingStep: Step {
    private let packings: [Packing]
    private let block: MemoryBlock

    init(_ packings: [Packing], into block: MemoryBlock, partCount: Int) {
        self.packings = packings
        self.block = block
        super.init(partCount: partCount)
    }

    override func run(part: Int) {
        let begin = block.byteCount * part / partCount, end = block.byteCount * (part + 1) / partCount
        for packing in packings where (begin..<end).contains(packing.offset) {
            packing.pack(block.base + packing.offset)
        }
    }
}
