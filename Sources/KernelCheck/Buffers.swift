import CKernels

extension tk_type {
    var size: Int { self == TK_INT8 ? 1 : 2 }
    var range: ClosedRange<Int32> { self == TK_INT8 ? -128...127 : -32768...32767 }
    var label: String { self == TK_INT8 ? "int8" : "int16" }
}

/// Memory that a kernel reads: inputs and packed weights.
final class Buffer {
    private let allocation: UnsafeMutableRawPointer
    let start: UnsafeMutableRawPointer

    /// `byteCount` bytes that end exactly where the allocation ends, so that a sanitizer sees a read past them, and
    /// begin `lead` bytes after its aligned beginning.
    init(byteCount: Int, alignment: Int, lead: Int = 0) {
        allocation = .allocate(byteCount: max(1, lead + byteCount), alignment: alignment)
        start = allocation + lead
    }

    deinit { allocation.deallocate() }

    var int8: UnsafeMutablePointer<Int8> { start.assumingMemoryBound(to: Int8.self) }
    var int16: UnsafeMutablePointer<Int16> { start.assumingMemoryBound(to: Int16.self) }
}

/// An output between guard bytes. Everything starts as one pattern, which gaps and guards must keep.
final class Output {
    private static let guardBytes = 128
    private let allocation: UnsafeMutableRawPointer
    private let byteCount: Int

    init(byteCount: Int) {
        self.byteCount = byteCount + 2 * Output.guardBytes
        allocation = .allocate(byteCount: self.byteCount, alignment: 64)
        allocation.initializeMemory(as: UInt8.self, repeating: 0x5a, count: self.byteCount)
    }

    deinit { allocation.deallocate() }

    var start: UnsafeMutableRawPointer { allocation + Output.guardBytes }

    /// The first byte that differs, counted from the start of the output: negative in the guard before it.
    func firstDifference(from other: Output) -> Int? {
        let mine = UnsafeRawBufferPointer(start: allocation, count: byteCount)
        let theirs = UnsafeRawBufferPointer(start: other.allocation, count: byteCount)
        for i in 0..<byteCount where mine[i] != theirs[i] { return i - Output.guardBytes }
        return nil
    }
}
