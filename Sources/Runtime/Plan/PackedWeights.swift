import CKernels

/// The weights of all operations in the order that the chosen kernels read them, in one aligned block of memory.
///
/// While operations are prepared they reserve room; `pack` then allocates the block and fills it.
final class PackedWeights {
    private(set) var byteCount = 0
    private var packings: [(offset: Int, pack: (UnsafeMutableRawPointer) -> Void)] = []
    private var block = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    /// Returns an offset, by which `subscript` finds the address once packed.
    func reserve(byteCount: Int, pack: @escaping (UnsafeMutableRawPointer) -> Void) -> Int {
        let offset = self.byteCount
        packings.append((offset, pack))
        self.byteCount += ArenaPlan.aligned(byteCount)
        return offset
    }

    func pack() {
        block = .allocate(byteCount: byteCount, alignment: ArenaPlan.alignment)
        for packing in packings { packing.pack(self[packing.offset]) }
        packings = []
    }

    subscript(offset: Int) -> UnsafeMutableRawPointer { block.baseAddress! + offset }

    deinit { block.deallocate() }
}
