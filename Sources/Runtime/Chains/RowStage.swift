import CKernels
import ModelFile

/// An operation as a stage of a chain: makes some rows of its output.
class RowStage {
    let inputRowBytes, outputRowBytes: Int
    /// Whether the source is where the whole input begins, not the first of the rows: a stage that leads its chain and
    /// looks at neighbours.
    var readsWholeInput: Bool { false }

    init(inputRowBytes: Int, outputRowBytes: Int) {
        self.inputRowBytes = inputRowBytes
        self.outputRowBytes = outputRowBytes
    }

    /// Looks up where operands other than the input are.
    func bind() {}

    /// Parts run at the same time.
    func run(_ rows: Range<Int>, part: Int, from x: UnsafeMutableRawPointer, to y: UnsafeMutableRawPointer) {}
}

/// A matrix product.
final class ProductStage: RowStage {
    private var call: tk_gemm
    private let gemm: @convention(c) (UnsafePointer<tk_gemm>?) -> Void
    private let weights: PackedWeights
    private let packed: Int

    init(
        _ product: MatrixProduct, packed: Int, weights: PackedWeights, output: tk_output,
        gemm: @escaping @convention(c) (UnsafePointer<tk_gemm>?) -> Void
    ) {
        call = tk_gemm(
            m: 0, n: Int32(product.n), k: Int32(product.k), a: nil, a_stride: product.k, packed: nil, c: nil,
            c_stride: product.n, output: output)
        self.gemm = gemm
        self.weights = weights
        self.packed = packed
        super.init(
            inputRowBytes: product.k * product.input.type.size, outputRowBytes: product.n * (output.type == TK_INT8 ? 1 : 2))
    }

    override func bind() { call.packed = UnsafeRawPointer(weights[packed]) }

    override func run(_ rows: Range<Int>, part: Int, from x: UnsafeMutableRawPointer, to y: UnsafeMutableRawPointer) {
        var call = call
        call.m = Int32(rows.count)
        call.a = UnsafeRawPointer(x)
        call.c = y
        gemm(&call)
    }
}

/// Elements that are looked up.
final class TableStage: RowStage {
    private let channels: Int
    private let lookup: (TableLookup) -> Void
    private let table: () -> UnsafeRawPointer
    private var bound: UnsafeRawPointer?

    init(
        channels: Int, inputSize: Int, outputSize: Int, table: @escaping () -> UnsafeRawPointer,
        lookup: @escaping (TableLookup) -> Void
    ) {
        self.channels = channels
        self.lookup = lookup
        self.table = table
        super.init(inputRowBytes: channels * inputSize, outputRowBytes: channels * outputSize)
    }

    override func bind() { bound = table() }

    override func run(_ rows: Range<Int>, part: Int, from x: UnsafeMutableRawPointer, to y: UnsafeMutableRawPointer) {
        lookup(TableLookup(count: rows.count * channels, source: x, table: bound!, target: y))
    }
}

/// Rows of two operands, of which the second lies in memory.
final class PairStage: RowStage {
    private let kernel: (Range<Int>, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void

    /// - Parameter kernel: makes the given rows from those that begin at its second argument, at its third.
    init(
        inputRowBytes: Int, outputRowBytes: Int,
        kernel: @escaping (Range<Int>, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void
    ) {
        self.kernel = kernel
        super.init(inputRowBytes: inputRowBytes, outputRowBytes: outputRowBytes)
    }

    override func run(_ rows: Range<Int>, part: Int, from x: UnsafeMutableRawPointer, to y: UnsafeMutableRawPointer) {
        kernel(rows, x, y)
    }
}
