import CKernels
import ModelFile

/// The operands of a matrix product C[m][n] = A[m][k]·W[n][k], before packing.
struct MatrixProduct {
    var m, n, k: Int
    var input: Tensor
    var weights: UnsafePointer<Int8>
    /// `nil`: zeros.
    var bias: UnsafePointer<Int32>?
    var multiplier, shift: UnsafePointer<Int32>
}

/// A share of a matrix product: some rows, and some output channels whose weights are packed on their own.
struct MatrixPart {
    let rows: Range<Int>
    let channels: Range<Int>
    let packed: Int
}

extension ProgramBuilder {
    /// x `[…, K]` → `[…, N]`.
    func dense(_ clamp: Clamp) {
        let x = tensor(operand(0)), shape = tensor(operand(1)).shape
        let product = weightedProduct(m: x.count / shape[1], n: shape[0], k: shape[1])
        let input = operand(0), output = output
        matrixProduct(product, from: { $0[input] }, to: { $0[output] }, tk_output(tensor(output), clamp))
    }

    /// A product with the operands x, weights, bias, multiplier, shift.
    func weightedProduct(m: Int, n: Int, k: Int) -> MatrixProduct {
        MatrixProduct(
            m: m, n: n, k: k, input: tensor(operand(0)), weights: constant(1, Int8.self), bias: constant(2, Int32.self),
            multiplier: constant(3, Int32.self), shift: constant(4, Int32.self))
    }

    /// Adds the step of a product whose rows lie next to each other, one a frame of the clip when `onlyFresh`: then those
    /// that the clip program has seen are there already.
    func matrixProduct(
        _ product: MatrixProduct, from a: @escaping (ProgramMemory) -> UnsafeMutableRawPointer,
        to c: @escaping (ProgramMemory) -> UnsafeMutableRawPointer, _ output: tk_output, onlyFresh: Bool = false
    ) {
        let parts = split(product)
        let (memory, weights, gemm) = (memory, weights, gemm(product.input.type))
        let inputSize = product.input.type.size, outputSize = output.type == TK_INT8 ? 1 : 2
        append(
            KernelStep(partCount: parts.count) { index in
                let part = parts[index]
                let first = max(part.rows.lowerBound, onlyFresh ? product.m - memory.freshFrames : 0)
                return tk_gemm(
                    m: Int32(part.rows.upperBound - first), n: Int32(part.channels.count), k: Int32(product.k),
                    a: a(memory) + first * product.k * inputSize, a_stride: product.k, packed: weights[part.packed],
                    c: c(memory) + (first * product.n + part.channels.lowerBound) * outputSize, c_stride: product.n,
                    output: output)
            } kernel: {
                if $0.pointee.m > 0 { gemm($0) }
            })
    }

    func gemm(_ type: ElementType) -> @convention(c) (UnsafePointer<tk_gemm>?) -> Void {
        type == .int8 ? kernels.gemm_int8 : kernels.gemm_int16
    }

    /// By rows when there are many, so that all threads read the same weights; else by output channels.
    func split(_ product: MatrixProduct) -> [MatrixPart] {
        let parts = share.parts(work: product.m * product.n * product.k)
        let tile = Int(kernels.gemm_row_tile)
        if product.m >= 4 * parts * tile {
            let packed = pack(product, channels: 0..<product.n)
            return Share.ranges(product.m, parts: parts, grain: tile).map {
                MatrixPart(rows: $0, channels: 0..<product.n, packed: packed)
            }
        }
        return Share.ranges(product.n, parts: parts, grain: 64).map {
            MatrixPart(rows: 0..<product.m, channels: $0, packed: pack(product, channels: $0))
        }
    }

    /// Reserves room for the weights of some output channels and returns its offset.
    func pack(_ product: MatrixProduct, channels: Range<Int>) -> Int {
        let kernels = kernels
        let type = product.input.type.kernelType
        let size = kernels.gemm_packed_size(Int32(channels.count), Int32(product.k), type)
        return reserve(byteCount: size) { packed in
            let zeros = [Int32](repeating: 0, count: product.bias == nil ? channels.count : 0)
            zeros.withUnsafeBufferPointer { zeros in
                var source = tk_gemm_weights(
                    n: Int32(channels.count), k: Int32(product.k), input_type: type,
                    input_zero_point: product.input.zeroPoint,
                    weights: product.weights + channels.lowerBound * product.k,
                    bias: product.bias.map { $0 + channels.lowerBound } ?? zeros.baseAddress,
                    multiplier: product.multiplier + channels.lowerBound, shift: product.shift + channels.lowerBound)
                kernels.gemm_pack(&source, packed)
            }
        }
    }
}
