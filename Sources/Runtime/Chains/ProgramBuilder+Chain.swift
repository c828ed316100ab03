import CKernels
import ModelFile

extension ProgramBuilder {
    /// Prepares the operations as one step. Refuses where threads have to share the weights rather than the rows.
    func prepare(chain: Range<Int>) -> Bool {
        var rows = 0, work = 0, grain = 1
        for index in chain {
            visit(index)
            let y = tensor(output)
            rows = y.count / y.shape.last!
            work += model.description.multiplyAdds(of: operation) + y.count
            if case .depthwise = operation.kind { grain = y.shape[1] }
        }
        let tile = Int(kernels.gemm_row_tile)
        let parts = share.parts(work: work)
        guard parts == 1 || rows >= 4 * parts * max(tile, grain) else { return false }
        if grain == 1 { grain = tile }

        visit(chain.lowerBound)
        let input = operand(0)
        var stages: [RowStage] = []
        for index in chain {
            visit(index)
            stages.append(stage(parts: parts))
            if index + 1 < chain.upperBound { memory.elide(output) }
        }
        append(
            ChainStep(stages, rows: rows, parts: parts, grain: grain, memory: memory, input: input, output: output) {
                scratch(byteCount: $0)
            }, chain: chain)
        return true
    }

    /// The operation at hand as a stage.
    private func stage(parts: Int) -> RowStage {
        switch operation.kind {
        case .convolution(let window, let clamp):
            let product = convolutionProduct()
            guard !window.isPointwise(tensor(operand(1))) else { return productStage(product, clamp) }
            let windows = windows(window), rows = windows.rowsPerBlock(tile: Int(kernels.gemm_row_tile))
            return WindowStage(
                windows, rowsPerBlock: rows, product: productStage(product, clamp), memory: memory,
                scratch: scratch(byteCount: parts * rows * windows.byteCount))
        case .depthwise(let window, let clamp):
            return DepthwiseStage(
                depthwiseCall(window, clamp), packed: packDepthwise(window), weights: weights, kernel: kernels.depthwise)
        case .dense(let clamp):
            let x = tensor(operand(0)), shape = tensor(operand(1)).shape
            return productStage(weightedProduct(m: x.count / shape[1], n: shape[0], k: shape[1]), clamp)
        case .add(let mx, let my, let multiplier, let shift, let clamp):
            return addStage(addCall(mx: mx, my: my, multiplier: multiplier, shift: shift, clamp))
        case .multiply(let rescale, let clamp):
            return multiplyStage(multiplyCall(tk_rescale(rescale), clamp))
        default:
            let x = tensor(operand(0)), y = tensor(output)
            return TableStage(
                channels: y.shape.last!, inputSize: x.type.size, outputSize: y.type.size, table: tableAddress(),
                lookup: tableKernel(x.type, y.type))
        }
    }

    private func productStage(_ product: MatrixProduct, _ clamp: Clamp) -> ProductStage {
        ProductStage(
            product, packed: pack(product, channels: 0..<product.n), weights: weights,
            output: tk_output(tensor(output), clamp), gemm: gemm(product.input.type))
    }

    private func addStage(_ template: tk_add) -> RowStage {
        let channels = tensor(output).shape.last!, y = operand(1), memory = memory, add = kernels.add!
        let otherRowBytes = channels * tensor(y).type.size
        return PairStage(
            inputRowBytes: channels * tensor(operand(0)).type.size, outputRowBytes: channels * tensor(output).type.size,
            kernel: { rows, x, out in
                var call = template
                call.count = rows.count * channels
                call.x = UnsafeRawPointer(x)
                call.y = UnsafeRawPointer(memory[y] + rows.lowerBound * otherRowBytes)
                call.out = out
                add(&call)
            })
    }

    private func multiplyStage(_ template: tk_multiply) -> RowStage {
        let channels = tensor(output).shape.last!, y = operand(1), memory = memory, multiply = kernels.multiply!
        let otherRowBytes = factorRowBytes(template)
        return PairStage(
            inputRowBytes: channels * tensor(operand(0)).type.size, outputRowBytes: channels * tensor(output).type.size,
            kernel: { rows, x, out in
                var call = template
                call.rows = rows.count
                call.x = UnsafeRawPointer(x)
                call.y = UnsafeRawPointer(memory[y] + rows.lowerBound * otherRowBytes)
                call.out = out
                multiply(&call)
            })
    }
}
