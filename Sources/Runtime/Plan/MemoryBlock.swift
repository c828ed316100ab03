import CPlatform

/// Zeroed memory for weights or activations, 64-byte aligned.
final class MemoryBlock {
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) throws(RuntimeError) {
        self.byteCount = byteCount
        guard let base = tp_allocate_large(max(1, byteCount)) else { throw .outOfMemory }
        self.base = base
    }

    deinit { tp_free_large(base, max(1, byteCount)) }
}
