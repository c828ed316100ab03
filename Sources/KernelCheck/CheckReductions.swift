import CKernels

extension Check {
    func reductions() {
        let outer = random.size(1...3), count = random.size(1...50), inner = random.chance(4) ? 1 : random.size(1...300)
        let begin = random.size(0...inner - 1), end = random.size(begin + 1...inner)
        let xType = random.type(), outputType = random.type()
        let x = input(xType, count: outer * count * inner)
        let bound = Int64(xType == TK_INT8 ? 255 : 65535) * Int64(count)
        var r = tk_reduce(
            outer: outer, count: count, inner: inner, inner_begin: begin, inner_end: end, x_type: xType, x: x.start,
            out: nil, zero_point: random.extreme(xType.range), rescale: random.rescale(bound: bound, outputType),
            output: random.output(outputType))
        let parameters = "\(outer)×\(count)×\(inner), inner \(begin)..<\(end), \(xType.label) to \(outputType.label)"

        func mean(_ table: tk_kernels) -> Output {
            let out = Output(byteCount: outer * inner * outputType.size)
            r.out = out.start
            table.mean(&r)
            return out
        }
        compare("mean", outputType, mean(reference), mean(kernels), parameters)

        func maximum(_ table: tk_kernels) -> Output {
            let out = Output(byteCount: outer * inner * xType.size)
            r.out = out.start
            table.maximum(&r)
            return out
        }
        compare("maximum", xType, maximum(reference), maximum(kernels), parameters)
    }
}
