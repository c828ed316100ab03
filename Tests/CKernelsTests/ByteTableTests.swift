import CKernels
import Foundation
import Testing

@Suite struct ByteTableTests {
    /// A swish between ±range, its results of 256 × the byte they round to, 8 / range × steeper than they need be.
    private func swish(range: Double, gain: Double) -> [Int16] {
        (0...512).map { point in
            let x = range * (Double(point) / 256 - 1)
            let byte = gain * 240 * x / (1 + exp(-x)) / range - 100
            return Int16(max(-32768, min(32767, (256 * byte).rounded())))
        }
    }

    /// Every possible input, through tables that change everywhere, and others that do so in a window of 128 segments: in
    /// the middle (their ranges are far wider than a byte reaches), or, for the last, at an end.
    @Test(
        arguments: [TK_SCALAR] + availableSets,
        [(12.0, 0.5), (6.0, 1.0), (3.0, 3.0), (8.0, -0.9), (40.0, 4.0), (60.0, 8.0), (50.0, -3.0), (300.0, 1.0)])
    func everyInput(isa: tk_isa, shape: (range: Double, gain: Double)) {
        let memory = Memory(), points = swish(range: shape.range, gain: shape.gain)
        let table = memory.zeros(UInt8.self, tk_byte_table_size())
        tk_byte_table_make(points, OpaquePointer(table))
        let x = (-32768...32767).map { Int16($0) }
        var bytes = [Int8](repeating: 0, count: x.count)
        tk_kernels_for(isa).pointee.table_int16_int8(x, x.count, OpaquePointer(table), &bytes)
        for u in 0..<65536 {
            let (i, f) = (u / 128, Int64(u % 128))
            let v = Int64(points[i]) * (128 - f) + Int64(points[i + 1]) * f
            let expected = min(127, max(-128, floorDivide(v + 16384, powerOfTwo: 15)))
            guard Int64(bytes[u]) == expected else {
                Issue.record("input \(u - 32768): \(bytes[u]), not \(expected)")
                return
            }
        }
        withExtendedLifetime(memory) {}
    }
}
