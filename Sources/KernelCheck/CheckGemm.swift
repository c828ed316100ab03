import CKernels

extension Check {
    func gemm() {
        gemm(m: random.size(1...40), n: random.size(1...70), k: random.size(1...70))
        gemm(m: random.size(1...14), n: random.size(1...40), k: random.size(200...700))
    }

    private func gemm(m: Int, n: Int, k: Int) {
        let inputType = random.type(), outputType = random.type()
        let zeroPoint = random.chance(3) ? 0 : random.extreme(inputType.range)
        let widest: Int64 = inputType == TK_INT8 ? 255 : 65535
        let weightLimit = Int32(min(127, (1 << 29) / (widest * Int64(k))))
        let bound = widest * Int64(weightLimit) * Int64(k)
        let parameters = ChannelParameters(count: n, bound: bound, output: outputType, random: &random)
        let weights = self.weights(count: n * k, limit: weightLimit)
        let aStride = k + random.size(0...3), cStride = n + random.size(0...3)
        let a = input(inputType, count: (m - 1) * aStride + k)
        let output = random.output(outputType)

        func run(_ table: tk_kernels) -> Output {
            let c = Output(byteCount: ((m - 1) * cStride + n) * outputType.size)
            let packed = self.packed(byteCount: table.gemm_packed_size(Int32(n), Int32(k), inputType))
            parameters.withPointers { bias, multiplier, shift in
                var description = tk_gemm_weights(
                    n: Int32(n), k: Int32(k), input_type: inputType, input_zero_point: zeroPoint, weights: weights.int8,
                    bias: bias, multiplier: multiplier, shift: shift)
                table.gemm_pack(&description, packed.start)
            }
            var g = tk_gemm(
                m: Int32(m), n: Int32(n), k: Int32(k), a: a.start, a_stride: aStride, packed: packed.start, c: c.start,
                c_stride: cStride, output: output)
            if inputType == TK_INT8 { table.gemm_int8(&g) } else { table.gemm_int16(&g) }
            return c
        }
        compare(inputType == TK_INT8 ? "gemm_int8" : "gemm_int16", outputType, run(reference), run(kernels),
                "\(m)×\(k)×\(n), strides \(aStride) \(cStride), zero point \(zeroPoint), to \(outputType.label)")
    }
}

extension ChannelParameters {
    func withPointers(
        _ body: (UnsafePointer<Int32>, UnsafePointer<Int32>, UnsafePointer<Int32>) -> Void
    ) {
        bias.withUnsafeBufferPointer { b in
            multiplier.withUnsafeBufferPointer { m in
                shift.withUnsafeBufferPointer { s in body(b.baseAddress!, m.baseAddress!, s.baseAddress!) }
            }
        }
    }
}
