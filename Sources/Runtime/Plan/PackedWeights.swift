import CKernels
import CPlatform

/// The weights of all operations in the order that the chosen kernels read them, in one aligned block of memory.
///
/// While operations are prepared they reserve room; `pack` then allocates the block and fills it. A program that is
/// prepared again finds its operations' weights in the same place.
final class PackedWeights {
    private(set) var byteCount = 0
    /// By the tensor that an operation writes: the offsets that it reserved, in order.
    private var offsets: [[Int]]
    private var packings: [(offset: Int, pack: (UnsafeMutableRawPointer) -> Void)] = []
    private var block: UnsafeMutableRawPointer?

    init(tensorCount: Int) { offsets = [[Int]](repeating: [], count: tensorCount) }

    /// Returns an offset, by which `subscript` finds the address once packed. The operation that writes `output` reserves
    /// for the `ordinal`th time.
    func reserve(
        output: Int, ordinal: Int, byteCount: Int, pack: @escaping (UnsafeMutableRawPointer) -> Void
    ) -> Int {
        if ordinal < offsets[output].count { return offsets[output][ordinal] }
        let offset = self.byteCount
        offsets[output].append(offset)
        packings.append((offset, pack))
        self.byteCount += ArenaPlan.aligned(byteCount)
        return offset
    }

    func pack() throws(RuntimeError) {
        guard let block = tp_allocate_large(max(1, byteCount)) else { throw .outOfMemory }
        self.block = block
        for packing in packings { packing.pack(self[packing.offset]) }
        packings = []
    }

    subscript(offset: Int) -> UnsafeMutableRawPointer { block! + offset }

    deinit { tp_free(block) }
}
