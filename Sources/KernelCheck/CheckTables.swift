import CKernels

extension Check {
    func tables() {
        let count = random.size(1...200)
        let bytes = input(TK_INT8, count: count), words = input(TK_INT16, count: count)
        let table256 = input(TK_INT8, count: 256), table513 = input(TK_INT16, count: 513)

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
            table.table_int16_int8(words.int16, count, table513.int16, out.start.assumingMemoryBound(to: Int8.self))
            return out
        }
        compare("table_int8", TK_INT8, int8(reference), int8(kernels), "\(count) elements")
        compare("table_int16", TK_INT16, int16(reference), int16(kernels), "\(count) elements")
        compare("table_int16_int8", TK_INT8, int16ToInt8(reference), int16ToInt8(kernels), "\(count) elements")
    }
}
