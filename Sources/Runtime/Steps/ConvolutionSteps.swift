import CKernels
import ModelFile

extension ProgramBuilder {
    /// A 1×1 convolution at every position is a matrix product as it stands; others gather their windows first.
    func convolution(_ window: Window, _ clamp: Clamp) {
        let y = tensor(output)
        let product = convolutionProduct()
        let input = operand(0), output = output
        if window.isPointwise(tensor(operand(1))) {
            matrixProduct(product, from: { $0[input] }, to: { $0[output] }, tk_output(y, clamp))
            return
        }
        let parts = split(product)
        let gather = windows(window)
        let rows = gather.rowsPerBlock(tile: Int(kernels.gemm_row_tile))
        let scratch = scratch(byteCount: parts.count * rows * gather.byteCount)
        append(
            ConvolutionStep(
                product, parts, gather, rowsPerBlock: rows, gemm: gemm(product.input.type), result: tk_output(y, clamp),
                memory: memory, weights: weights, tensors: (input, output), scratch: scratch))
    }

    func convolutionProduct() -> MatrixProduct {
        let y = tensor(output), kernel = tensor(operand(1)).shape
        return weightedProduct(m: y.shape[0] * y.shape[1], n: kernel[0], k: kernel[1] * kernel[2] * kernel[3])
    }

    /// The windows of a convolution's input.
    func windows(_ window: Window) -> WindowGather {
        let kernel = tensor(operand(1)).shape
        return WindowGather(
            window, kernelHeight: kernel[1], kernelWidth: kernel[2], input: tensor(operand(0)), output: tensor(output))
    }

    /// Shared by output rows.
    func depthwise(_ window: Window, _ clamp: Clamp) {
        let y = tensor(output), kernel = tensor(operand(1)).shape
        let call = depthwiseCall(window, clamp), packed = packDepthwise(window)
        let (memory, weights, input, output) = (memory, weights, operand(0), output)
        let rows = Share.ranges(y.shape[0], parts: share.parts(work: y.count * kernel[0] * kernel[1]))
        let depthwise = kernels.depthwise!
        append(
            KernelStep(partCount: rows.count) { part in
                var call = call
                call.row_begin = Int32(rows[part].lowerBound)
                call.row_end = Int32(rows[part].upperBound)
                call.x = UnsafeRawPointer(memory[input])
                call.packed = UnsafeRawPointer(weights[packed])
                call.y = memory[output]
                return call
            } kernel: {
                depthwise($0)
            })
    }

    /// Everything of the call but rows and addresses.
    func depthwiseCall(_ window: Window, _ clamp: Clamp) -> tk_depthwise {
        let x = tensor(operand(0)), y = tensor(output), kernel = tensor(operand(1)).shape
        return tk_depthwise(
            kernel_h: Int32(kernel[0]), kernel_w: Int32(kernel[1]), channels: Int32(kernel[2]),
            input_type: x.type.kernelType, input_zero_point: x.zeroPoint, input_h: Int32(x.shape[0]),
            input_w: Int32(x.shape[1]), output_h: Int32(y.shape[0]), output_w: Int32(y.shape[1]),
            stride_y: window.strideY, stride_x: window.strideX, pad_top: window.padTop, pad_left: window.padLeft,
            dilation_y: window.dilationY, dilation_x: window.dilationX, row_begin: 0, row_end: 0, x: nil, packed: nil,
            y: nil, output: tk_output(y, clamp))
    }

    /// Reserves room for the weights and returns its offset.
    func packDepthwise(_ window: Window) -> Int {
        let x = tensor(operand(0)), kernel = tensor(operand(1)).shape
        let (height, width, channels) = (Int32(kernel[0]), Int32(kernel[1]), Int32(kernel[2]))
        let kernels = kernels
        var source = tk_depthwise_weights(
            kernel_h: height, kernel_w: width, channels: channels, stride_x: window.strideX, dilation_x: window.dilationX,
            input_type: x.type.kernelType, input_zero_point: x.zeroPoint, weights: constant(1, Int8.self),
            bias: constant(2, Int32.self), multiplier: constant(3, Int32.self), shift: constant(4, Int32.self))
        return reserve(
            byteCount: kernels.depthwise_packed_size(height, width, channels, x.type.kernelType)
        ) { kernels.depthwise_pack(&source, $0) }
    }
}

/// A k×k convolution: windows of some output positions are gathered into rows (im2col), multiplied, and so on block
/// by block, so that the gathered rows stay in the cache.
final class ConvolutionStep: Step {
    private let product: MatrixProduct
    private let parts: [MatrixPart]
    private let windows: WindowGather
    private let rowsPerBlock: Int
    private let gemm: @convention(c) (UnsafePointer<tk_gemm>?) -> Void
    private let result: tk_output
    private let memory: ProgramMemory
    private let weights: PackedWeights
    private let tensors: (input: Int, output: Int)
    private let scratch: ProgramMemory.Scratch

    init(
        _ product: MatrixProduct, _ parts: [MatrixPart], _ windows: WindowGather, rowsPerBlock: Int,
        gemm: @escaping @convention(c) (UnsafePointer<tk_gemm>?) -> Void, result: tk_output, memory: ProgramMemory,
        weights: PackedWeights, tensors: (input: Int, output: Int), scratch: ProgramMemory.Scratch
    ) {
        self.product = product
        self.parts = parts
        self.windows = windows
        self.rowsPerBlock = rowsPerBlock
        self.gemm = gemm
        self.result = result
        self.memory = memory
        self.weights = weights
        self.tensors = tensors
        self.scratch = scratch
        super.init(partCount: parts.count)
    }

    override func run(part index: Int) {
        let part = parts[index]
        let outputSize = result.type == TK_INT8 ? 1 : 2
        let gathered = memory[scratch] + index * rowsPerBlock * windows.byteCount
        let x = memory[tensors.input], y = memory[tensors.output]
        var first = part.rows.lowerBound
        while first < part.rows.upperBound {
            let rows = min(rowsPerBlock, part.rows.upperBound - first)
            windows.gather(first..<first + rows, of: x, into: gathered)
            var call = tk_gemm(
                m: Int32(rows), n: Int32(part.channels.count), k: Int32(product.k), a: gathered, a_stride: product.k,
                packed: weights[part.packed],
                c: y + (first * product.n + part.channels.lowerBound) * outputSize, c_stride: product.n,
                output: result)
            gemm(&call)
            first += rows
        }
    }
}
