import CKernels

/// Arrays for C: they live as long as this object, which tests keep alive past the last use.
final class Memory {
    private var allocations: [UnsafeMutableRawPointer] = []

    deinit { for allocation in allocations { allocation.deallocate() } }

    func copy<Element: BitwiseCopyable>(_ values: [Element]) -> UnsafeMutablePointer<Element> {
        let byteCount = max(1, values.count * MemoryLayout<Element>.stride)
        let raw = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
        allocations.append(raw)
        let pointer = raw.bindMemory(to: Element.self, capacity: values.count)
        pointer.initialize(from: values, count: values.count)
        return pointer
    }

    func zeros<Element: BitwiseCopyable & FixedWidthInteger>(
        _ type: Element.Type, _ count: Int
    ) -> UnsafeMutablePointer<Element> {
        copy([Element](repeating: 0, count: count))
    }
}
