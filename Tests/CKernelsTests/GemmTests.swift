import CKernels
import Testing

/// Every set against the formula: int8 activations, int16 results.
private func gemm(
    _ kernels: tk_kernels, m: Int, n: Int, k: Int, a: [Int8], zeroPoint: Int32, weights: [Int8], bias: [Int32],
    multiplier: [Int32], shift: [Int32]
) -> [Int16] {
    let memory = Memory()
    var description = tk_gemm_weights(
        n: Int32(n), k: Int32(k), input_type: TK_INT8, input_zero_point: zeroPoint, weights: memory.copy(weights),
        bias: memory.copy(bias), multiplier: memory.copy(multiplier), shift: memory.copy(shift))
    let packed = memory.zeros(UInt8.self, kernels.gemm_packed_size(Int32(n), Int32(k), TK_INT8))
    kernels.gemm_pack(&description, packed)
    let c = memory.zeros(Int16.self, m * n)
    var g = tk_gemm(
        m: Int32(m), n: Int32(n), k: Int32(k), a: memory.copy(a), a_stride: k, packed: packed, c: c, c_stride: n,
        output: int16Output)
    kernels.gemm_int8(&g)
    return withExtendedLifetime(memory) { Array(UnsafeBufferPointer(start: c, count: m * n)) }
}

private func expectedGemm(
    m: Int, n: Int, k: Int, a: [Int8], zeroPoint: Int32, weights: [Int8], bias: [Int32], multiplier: [Int32],
    shift: [Int32]
) -> [Int16] {
    (0..<m * n).map { index in
        let (row, channel) = (index / n, index % n)
        let sum = (0..<k).reduce(Int64(bias[channel])) { sum, i in
            sum + (Int64(a[row * k + i]) - Int64(zeroPoint)) * Int64(weights[channel * k + i])
        }
        return finish(requantize(sum, multiplier[channel], shift[channel]), int16Output)
    }
}

@Suite struct GemmTests {
    private static let sets = [TK_SCALAR] + availableSets

    @Test(arguments: sets) func equalsFormula(isa: tk_isa) {
        let kernels = tk_kernels_for(isa).pointee
        var numbers = Numbers(seed: 3)
        for _ in 0..<60 {
            let (m, n, k) = (numbers.int(1...14), numbers.int(1...40), numbers.int(1...90))
            let a: [Int8] = numbers.array(m * k, -128...127), weights: [Int8] = numbers.array(n * k, -127...127)
            let bias: [Int32] = numbers.array(n, -100_000...100_000), shift: [Int32] = numbers.array(n, 1...12)
            let multiplier: [Int32] = numbers.array(n, 1 << 30...Int(Int32.max))
            let zeroPoint = Int32(numbers.int(-128...127))
            #expect(
                gemm(kernels, m: m, n: n, k: k, a: a, zeroPoint: zeroPoint, weights: weights, bias: bias,
                     multiplier: multiplier, shift: shift)
                == expectedGemm(m: m, n: n, k: k, a: a, zeroPoint: zeroPoint, weights: weights, bias: bias,
                                multiplier: multiplier, shift: shift))
        }
    }

    /// Sums that only exact 32-bit accumulation gets right: pairs of products beyond int16, totals near 2^30.
    @Test(arguments: sets) func accumulatesExactly(isa: tk_isa) {
        let kernels = tk_kernels_for(isa).pointee, k = 30_001, n = 3, m = 2
        let a = [Int8](repeating: 127, count: k) + [Int8](repeating: -128, count: k)
        let weights = [Int8](repeating: 127, count: k) + [Int8](repeating: -127, count: k)
            + (0..<k).map { $0 % 3 == 0 ? 127 : -127 }
        let bias: [Int32] = [1, -1, 7], multiplier = [Int32](repeating: 1 << 30, count: n)
        for zeroPoint: Int32 in [-128, 0, 127] {
            for shift: [Int32] in [[15, 15, 14], [1, 2, 3], [31, 31, 31]] {
                #expect(
                    gemm(kernels, m: m, n: n, k: k, a: a, zeroPoint: zeroPoint, weights: weights, bias: bias,
                         multiplier: multiplier, shift: shift)
                    == expectedGemm(m: m, n: n, k: k, a: a, zeroPoint: zeroPoint, weights: weights, bias: bias,
                                    multiplier: multiplier, shift: shift))
            }
        }
    }

    /// With zero weights the accumulator is the bias: every kind of rounding, negative and zero multipliers too.
    @Test(arguments: sets) func roundsHalvesUpward(isa: tk_isa) {
        let kernels = tk_kernels_for(isa).pointee
        for shift: Int32 in 1...31 {
            let half = Int64(1) << Int64(shift)   // with 2^30, 2^shift is one half
            let sums: [Int64] = [
                -3 * half, -half - 1, -half, -half + 1, -1, 0, 1, half - 1, half, half + 1, 3 * half, (1 << 30) - 1,
            ]
            let bias = sums.filter { $0.magnitude < 1 << 30 }.map { Int32($0) }, n = bias.count
            for factor: Int32 in [1 << 30, -(1 << 30), .max, -.max, 1_518_500_250, 0] {
                let multiplier = [Int32](repeating: factor, count: n), shifts = [Int32](repeating: shift, count: n)
                #expect(
                    gemm(kernels, m: 1, n: n, k: 1, a: [77], zeroPoint: 3, weights: [Int8](repeating: 0, count: n),
                         bias: bias, multiplier: multiplier, shift: shifts)
                    == bias.map { finish(requantize(Int64($0), factor, shift), int16Output) }, "shift \(shift)")
            }
        }
    }
}
