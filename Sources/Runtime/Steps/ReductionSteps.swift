import CKernels
import ModelFile

extension ProgramBuilder {
    /// Mean or maximum over the middle of `[outer, count, inner]`. Shared by the outer axis, or else by the inner one.
    func reduce(
        _ outer: Int, _ count: Int, _ inner: Int, _ rescale: tk_rescale,
        _ kernel: @escaping @convention(c) (UnsafePointer<tk_reduce>?) -> Void
    ) {
        let x = operand(0), output = output
        let (xs, ys, memory) = (tensor(x), tensor(output), memory)
        let parts = share.parts(work: xs.count)
        let byOuter = outer >= parts
        let outers = byOuter ? Share.ranges(outer, parts: parts) : [0..<outer]
        let inners = byOuter ? [0..<inner] : Share.ranges(inner, parts: parts, grain: 64)
        append(
            KernelStep(partCount: max(outers.count, inners.count)) { part in
                let rows = byOuter ? outers[part] : outers[0], columns = byOuter ? inners[0] : inners[part]
                return tk_reduce(
                    outer: rows.count, count: count, inner: inner, inner_begin: columns.lowerBound,
                    inner_end: columns.upperBound, x_type: xs.type.kernelType,
                    x: memory[x] + rows.lowerBound * count * inner * xs.type.size,
                    out: memory[output] + rows.lowerBound * inner * ys.type.size, zero_point: xs.zeroPoint,
                    rescale: rescale, output: tk_output(ys))
            } kernel: {
                kernel($0)
            })
    }
}
