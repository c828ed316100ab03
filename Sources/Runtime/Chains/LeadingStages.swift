import CKernels
import ModelFile

/// A k×k convolution: windows of some positions are gathered (im2col), then multiplied.
final class WindowStage: RowStage {
    private let windows: WindowGather
    private let rowsPerBlock: Int
    private let product: ProductStage
    private let memory: ProgramMemory
    private let scratch: ProgramMemory.Scratch

    override var readsWholeInput: Bool { true }

    /// - Parameter scratch: `rowsPerBlock` windows a part.
    init(
        _ windows: WindowGather, rowsPerBlock: Int, product: ProductStage, memory: ProgramMemory,
        scratch: ProgramMemory.Scratch
    ) {
        self.windows = windows
        self.rowsPerBlock = rowsPerBlock
        self.product = product
        self.memory = memory
        self.scratch = scratch
        super.init(inputRowBytes: 0, outputRowBytes: product.outputRowBytes)
    }

    override func bind() { product.bind() }

    override func run(_ rows: Range<Int>, part: Int, from x: UnsafeMutableRawPointer, to y: UnsafeMutableRawPointer) {
        let gathered = memory[scratch] + part * rowsPerBlock * windows.byteCount
        var first = rows.lowerBound
        while first < rows.upperBound {
            let block = first..<min(first + rowsPerBlock, rows.upperBound)
            windows.gather(block, of: x, into: gathered)
            product.run(block, part: part, from: gathered, to: y + (first - rows.lowerBound) * outputRowBytes)
            first = block.upperBound
        }
    }
}

/// Whole rows of a depthwise convolution's picture.
final class DepthwiseStage: RowStage {
    private var call: tk_depthwise
    private let kernel: @convention(c) (UnsafePointer<tk_depthwise>?) -> Void
    private let weights: PackedWeights
    private let packed: Int

    override var readsWholeInput: Bool { true }

    init(
        _ call: tk_depthwise, packed: Int, weights: PackedWeights,
        kernel: @escaping @convention(c) (UnsafePointer<tk_depthwise>?) -> Void
    ) {
        self.call = call
        self.kernel = kernel
        self.weights = weights
        self.packed = packed
        super.init(inputRowBytes: 0, outputRowBytes: Int(call.channels) * (call.output.type == TK_INT8 ? 1 : 2))
    }

    override func bind() { call.packed = UnsafeRawPointer(weights[packed]) }

    override func run(_ rows: Range<Int>, part: Int, from x: UnsafeMutableRawPointer, to y: UnsafeMutableRawPointer) {
        var call = call
        call.row_begin = Int32(rows.lowerBound) / call.output_w
        call.row_end = Int32(rows.upperBound) / call.output_w
        call.x = UnsafeRawPointer(x)
        // The kernel counts output rows from the top of the picture.
        call.y = y - rows.lowerBound * outputRowBytes
        kernel(&call)
    }
}
