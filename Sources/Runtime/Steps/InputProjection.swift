import CKernels
import ModelFile

extension ProgramBuilder {
    /// The input side of all steps of an LSTM or GRU, which is one matrix product, and where its rows are.
    ///
    /// Where a step is a frame of the clip, its row stays in the ring with the frame's features: another frame of a stream
    /// is one row.
    func projection(gates: Int, _ output: tk_output) -> (ProgramMemory) -> UnsafeMutableRawPointer {
        let x = operand(0), xs = tensor(x), steps = xs.shape[0]
        let product = MatrixProduct(
            m: steps, n: gates, k: xs.shape[1], input: xs, weights: constant(1, Int8.self),
            bias: constant(3, Int32.self), multiplier: constant(4, Int32.self), shift: constant(5, Int32.self))
        let isKept = memory.moves(x) && steps == model.description.clip?.frames
        let rows: (ProgramMemory) -> UnsafeMutableRawPointer
        if isKept {
            let kept = memory.keep(byteCount: 2 * gates)
            rows = { $0[kept] }
        } else {
            let scratch = scratch(byteCount: 2 * steps * gates)
            rows = { $0[scratch] }
        }
        matrixProduct(product, from: { $0[x] }, to: rows, output, onlyFresh: isKept)
        return rows
    }
}
