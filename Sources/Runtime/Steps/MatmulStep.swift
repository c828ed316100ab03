import CKernels
import ModelFile

extension ProgramBuilder {
    /// The product of two activations. The second is packed like weights, every time.
    func matmul(transposed: Bool, _ scale: (multiplier: Int32, shift: Int32), _ clamp: Clamp) {
        let x = tensor(operand(0)), y = tensor(output)
        let rank = x.shape.count, batch = x.shape.dropLast(2).reduce(1, *)
        let m = x.shape[rank - 2], k = x.shape[rank - 1], n = y.shape[rank - 1]
        let room = MatmulRoom(
            channels: n, matrix: n * k, packed: Int(kernels.gemm_packed_size(Int32(n), Int32(k), x.type.kernelType)))
        let parts = Share.ranges(batch, parts: share.parts(work: batch * m * n * k))
        append(
            MatmulStep(
                (m, n, k), transposed: transposed, parts, room, kernels: kernels, input: x,
                result: tk_output(y, clamp), scale: scale, memory: memory,
                tensors: (operand(0), operand(1), output), scratch: scratch(byteCount: parts.count * room.byteCount)))
    }
}

/// Where a thread's scratch memory for one matrix product has its parts.
struct MatmulRoom {
    /// Output channels.
    let channels: Int
    /// Elements of the second factor.
    let matrix: Int
    /// Bytes of it when packed.
    let packed: Int

    /// Bias, multiplier and shift.
    var parameters: Int { ArenaPlan.aligned(4 * channels) }
    var byteCount: Int { 3 * parameters + ArenaPlan.aligned(matrix) + ArenaPlan.aligned(packed) }
}

final class MatmulStep: Step {
    private let size: (m: Int, n: Int, k: Int)
    private let transposed: Bool
    private let parts: [Range<Int>]
    private let room: MatmulRoom
    private let kernels: tk_kernels
    private let input: Tensor
    private let result: tk_output
    private let scale: (multiplier: Int32, shift: Int32)
    private let memory: ProgramMemory
    private let tensors: (x: Int, y: Int, output: Int)
    private let scratch: ProgramMemory.Scratch

    init(
        _ size: (m: Int, n: Int, k: Int), transposed: Bool, _ parts: [Range<Int>], _ room: MatmulRoom,
        kernels: tk_kernels, input: Tensor, result: tk_output, scale: (multiplier: Int32, shift: Int32),
        memory: ProgramMemory, tensors: (x: Int, y: Int, output: Int), scratch: ProgramMemory.Scratch
    ) {
        self.size = size
        self.transposed = transposed
        self.parts = parts
        self.room = room
        self.kernels = kernels
        self.input = input
        self.result = result
        self.scale = scale
        self.memory = memory
        self.tensors = tensors
        self.scratch = scratch
        super.init(partCount: parts.count)
    }

    override func run(part: Int) {
        let (m, n, k) = size
        let base = memory[scratch] + part * room.byteCount
        let bias = base.bindMemory(to: Int32.self, capacity: n)
        let multiplier = (base + room.parameters).bindMemory(to: Int32.self, capacity: n)
        let shift = (base + 2 * room.parameters).bindMemory(to: Int32.self, capacity: n)
        let matrix = (base + 3 * room.parameters).bindMemory(to: Int8.self, capacity: n * k)
        let packed = base + 3 * room.parameters + ArenaPlan.aligned(n * k)
        bias.update(repeating: 0, count: n)
        multiplier.update(repeating: scale.multiplier, count: n)
        shift.update(repeating: scale.shift, count: n)
        var weights = tk_gemm_weights(
            n: Int32(n), k: Int32(k), input_type: input.type.kernelType, input_zero_point: input.zeroPoint,
            weights: matrix, bias: bias, multiplier: multiplier, shift: shift)
        let range = parts[part]
        for batch in range.lowerBound..<range.upperBound {
            tk_matrix_weights(
                (memory[tensors.y] + batch * n * k).assumingMemoryBound(to: Int8.self), n, k, transposed ? 1 : 0,
                matrix)
            kernels.gemm_pack(&weights, packed)
            var product = tk_gemm(
                m: Int32(m), n: Int32(n), k: Int32(k), a: memory[tensors.x] + batch * m * k * input.type.size,
                a_stride: k, packed: packed, c: memory[tensors.output] + batch * m * n * (result.type == TK_INT8 ? 1 : 2),
                c_stride: n, output: result)
            if input.type == .int8 { kernels.gemm_int8(&product) } else { kernels.gemm_int16(&product) }
        }
    }
}
