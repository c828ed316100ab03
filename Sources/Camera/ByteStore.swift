/// Bytes that grow when they must and are otherwise used again.
final class ByteStore {
    private(set) var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    deinit { bytes.deallocate() }

    /// Makes room for `count` bytes; what was there is lost when that means growing.
    func reserve(_ count: Int) {
        guard bytes.count < count else { return }
        bytes.deallocate()
        bytes = .allocate(byteCount: count, alignment: 64)
    }
}
