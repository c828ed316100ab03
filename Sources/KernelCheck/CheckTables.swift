import CKernels

extension Check {
    func tables() {
        let count = random.size(1...200)
        let bytes = input(TK_INT8, count: count), words = input(TK_INT16, count: count)
        let table256 = input(TK_INT8, count: 256), table513 = points()
        let byteTable = packed(byteCount: tk_byte_table_size())
        tk_byte_table_make(table513.int16, OpaquePointer(byteTable.start))

        func int8(_ table: tk_kernels) -> Output {
            let out = Output(byteCount: count)
            table.table_int8(bytes.int8, count, table256.int8, out.start.assumingMemoryBound(to: Int8.self))
            return out
        }
        func int16(_ table: tk_kernels) -> Output {
            let out = Output(byteCount: 2 * count)
            table.table_int16(words.int16, count, table513.int16, out.start.assumingMemoryBound(to: Int16.self))
            return out
        }
        func int16ToInt8(_ table: tk_kernels) -> Output {
            let out = Output(byteCount: count)
            table.table_int16_int8(
                words.int16, count, OpaquePointer(byteTable.start), out.start.assumingMemoryBound(to: Int8.self))
            return out
        }
        compare("table_int8", TK_INT8, int8(reference), int8(kernels), "\(count) elements")
        compare("table_int16", TK_INT16, int16(reference), int16(kernels), "\(count) elements")
        compare("table_int16_int8", TK_INT8, int16ToInt8(reference), int16ToInt8(kernels), "\(count) elements")
    }

    /// The points of a table: of any height, or a line that wanders with slopes of a few bytes a segment, everywhere or
    /// between two level parts.
    private func points() -> Buffer {
        let table = input(TK_INT16, count: 513)
        guard !random.chance(4) else { return table }
        let steepest = [40, 255, 300, 511, 700][random.size(0...4)]
        var height = Int(table.int16[0])
        let first = random.size(0...512), moving = random.chance(2) ? first...min(first + 100, 512) : 0...512
        for i in 0..<513 {
            table.int16[i] = Int16(height)
            guard moving.contains(i) else { continue }
            height = max(-32_768, min(32_767, height + random.size(0...2 * steepest) - steepest))
        }
        return table
    }
}
