import CKernels

extension Check {
    func resize() {
        resizeRow()
        resizeColumn()
    }

    /// `count` weights that are not negative and sum to 2^14.
    private func tapWeights(count: Int) -> [Int16] {
        var result = [Int16](repeating: 0, count: count)
        var rest: Int32 = 1 << 14
        for i in 0..<count - 1 {
            let weight = random.extreme(0...rest)
            result[i] = Int16(weight)
            rest -= weight
        }
        result[count - 1] = Int16(rest)
        return result
    }

    private func resizeRow() {
        let width = random.size(1...40), taps = random.size(1...9), sourceWidth = taps + random.size(0...60)
        let source = input(TK_INT8, count: 3 * sourceWidth)
        let first = (0..<width).map { _ in Int32(random.size(0...sourceWidth - taps)) }
        var weights: [Int16] = []
        for _ in 0..<width { weights += tapWeights(count: taps) }

        func run(_ table: tk_kernels) -> Output {
            let out = Output(byteCount: 3 * width * 2)
            first.withUnsafeBufferPointer { first in
                weights.withUnsafeBufferPointer { weights in
                    var r = tk_resize_row(
                        width: Int32(width), taps: Int32(taps), first: first.baseAddress, weights: weights.baseAddress,
                        source: UnsafePointer(source.start.assumingMemoryBound(to: UInt8.self)),
                        out: out.start.assumingMemoryBound(to: UInt16.self))
                    table.resize_row(&r)
                }
            }
            return out
        }
        compare("resize_row", TK_INT16, run(reference), run(kernels), "\(sourceWidth) to \(width) pixels, \(taps) taps")
    }

    private func resizeColumn() {
        let count = 3 * random.size(1...60), taps = random.size(1...9)
        let weights = tapWeights(count: taps)
        let rows = (0..<taps).map { _ in buffer(count: count, elementSize: 2) }
        let bright = random.chance(4)
        for row in rows {
            for i in 0..<count { row.int16[i] = bright ? 255 << 7 : Int16(random.extreme(0...255 << 7)) }
        }
        let pointers = rows.map { UnsafePointer<UInt16>?($0.start.assumingMemoryBound(to: UInt16.self)) }

        func run(_ table: tk_kernels) -> Output {
            let out = Output(byteCount: count)
            pointers.withUnsafeBufferPointer { pointers in
                weights.withUnsafeBufferPointer { weights in
                    var r = tk_resize_column(
                        count: Int32(count), taps: Int32(taps), rows: pointers.baseAddress,
                        weights: weights.baseAddress, out: out.start.assumingMemoryBound(to: Int8.self))
                    table.resize_column(&r)
                }
            }
            return out
        }
        compare("resize_column", TK_INT8, run(reference), run(kernels), "\(count) values, \(taps) taps")
    }
}
