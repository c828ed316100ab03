import CPlatform
import Testing

@Suite struct MemoryTests {
    /// Sizes on both sides of a page and of a huge page.
    @Test(arguments: [1, 64, 4_095, 4_097, 2 << 20, (2 << 20) - 1, (2 << 20) + 1, 5_000_000])
    func largeMemoryIsZeroAndAligned(size: Int) throws {
        let base = try #require(tp_allocate_large(size))
        defer { tp_free_large(base, size) }
        let bytes = UnsafeMutableRawBufferPointer(start: base, count: size)
        #expect(UInt(bitPattern: base) % 64 == 0)
        #expect(bytes.allSatisfy { $0 == 0 })
        bytes.initializeMemory(as: UInt8.self, repeating: 1)
        #expect(bytes[size - 1] == 1)
    }

    @Test func refusesWhatCannotBe() {
        #expect(tp_allocate_large(0) == nil)
        #expect(tp_allocate_large(.max) == nil)
        tp_free_large(nil, 1)
    }

    /// Lengths on both sides of a block, and every place of the byte looked for.
    @Test(arguments: [1, 15, 16, 255, 256, 257, 1_000])
    func loopsOverBytes(count: Int) {
        var bytes = [Int8](repeating: 127, count: count)
        for index in stride(from: 0, to: count, by: 2) { bytes[index] = -127 }
        #expect(tp_absolute_sum(bytes, count) == 127 * Int64(count))
        #expect(tp_contains(bytes, count, -128) == 0)
        for index in 0..<count {
            let old = bytes[index]
            bytes[index] = -128
            #expect(tp_contains(bytes, count, -128) == 1)
            #expect(tp_absolute_sum(bytes, count) == 127 * Int64(count) + 1)
            bytes[index] = old
        }
        #expect(tp_contains(nil, 0, 0) == 0)
    }
}
