import FloatGraph

/// A transposed convolution with stride s is a convolution that computes s·s output pixels at each input pixel, with
/// every s-th tap of the kernel for each of them, and a rearrangement of its channels into those pixels: no work is
/// spent on zeros between the pixels. What the padding cuts off is sliced away.
enum ExpandTransposedConvolutions: GraphPass {
    static let name = "transposed convolutions as convolutions"

    static func run(on graph: inout Graph) throws(GraphError) -> Int {
        try graph.expandNodes { node, graph throws(GraphError) in
            guard case .transposedConvolution(let window, _, _) = node.kind else { return nil }
            var expansion = Expansion(node, in: graph)
            try expansion.expand(window)
            return expansion
        }
    }
}

/// One axis of the rearranged convolution.
private struct PhaseAxis {
    let stride: Int
    let dilation: Int
    /// Taps of the original kernel, and of the convolution for each phase.
    let kernel: Int, taps: Int
    let padBefore: Int, padAfter: Int
    /// Elements cut off the beginning of the rearranged output.
    let crop: Int

    init(input: Int, output: Int, kernel: Int, stride: Int, dilation: Int, pad: Int) {
        self.stride = stride
        self.dilation = dilation
        self.kernel = kernel
        let reach = (kernel - 1) * dilation + 1
        var taps = (reach + stride - 1) / stride
        // positions that lie in the padding altogether are not computed
        let skipped = min(pad / stride, taps - 1)
        crop = pad - skipped * stride
        let positions = (crop + output + stride - 1) / stride
        // an output padding beyond the kernel's reach only lengthens the kernel by zeros
        while positions + skipped - input >= taps { taps += 1 }
        self.taps = taps
        padBefore = taps - 1 - skipped
        padAfter = max(0, positions + taps - 1 - input - padBefore)
    }

    /// The original tap that tap `index` of a phase reads; `nil` beyond the kernel and between dilated taps.
    func source(_ index: Int, phase: Int) -> Int? {
        let place = phase + stride * (taps - 1 - index)
        return place % dilation == 0 && place / dilation < kernel ? place / dilation : nil
    }
}

extension Expansion {
    fileprivate mutating func expand(_ window: ConvolutionWindow) throws(GraphError) {
        let x = shape(node.inputs[0]), output = shape(node.output), kernel = shape(node.inputs[1])
        let rows = PhaseAxis(
            input: x[1], output: output[1], kernel: kernel[1], stride: window.strideY, dilation: window.dilationY,
            pad: window.padTop)
        let columns = PhaseAxis(
            input: x[2], output: output[2], kernel: kernel[2], stride: window.strideX, dilation: window.dilationX,
            pad: window.padLeft)
        let inner = ConvolutionWindow(
            padTop: rows.padBefore, padLeft: columns.padBefore, padBottom: rows.padAfter, padRight: columns.padAfter)
        let phases = rows.stride * columns.stride, channels = kernel[0]
        let bias = node.inputs.count > 2 ? graph.constant(node.inputs[2])!.values : Array(repeating: 0, count: channels)
        let inputs = [
            node.inputs[0],
            constant(
                "phases", [phases * channels, rows.taps, columns.taps, x[3]], weights(rows, columns, kernel)),
            constant("biases", [phases * channels], (0..<phases).flatMap { _ in bias }),
        ]
        let together = try add(.convolution(inner), inputs, "phases")
        let at = shape(together)
        let apart = try add(
            .reshape, [together], "apart", shape: [x[0], at[1], at[2], rows.stride, columns.stride, channels])
        let moved = try add(.transpose([0, 1, 3, 2, 4, 5]), [apart], "moved")
        let map = [x[0], at[1] * rows.stride, at[2] * columns.stride, channels]
        guard map != output else { return finish(.reshape, [moved]) }
        let whole = try add(.reshape, [moved], "whole", shape: map)
        finish(
            .slice(starts: [0, rows.crop, columns.crop, 0], extents: output, steps: [1, 1, 1, 1]), [whole])
    }

    /// `[sy, sx, M, ky, kx, C]`, each phase's taps in the order of a convolution.
    private func weights(_ rows: PhaseAxis, _ columns: PhaseAxis, _ kernel: [Int]) -> [Float] {
        let source = graph.constant(node.inputs[1])!.values
        var result: [Float] = []
        for ry in 0..<rows.stride {
            for rx in 0..<columns.stride {
                for channel in 0..<kernel[0] {
                    for y in 0..<rows.taps {
                        for x in 0..<columns.taps {
                            guard let ky = rows.source(y, phase: ry), let kx = columns.source(x, phase: rx) else {
                                result += Array(repeating: 0, count: kernel[3])
                                continue
                            }
                            let first = ((channel * kernel[1] + ky) * kernel[2] + kx) * kernel[3]
                            result += source[first..<first + kernel[3]]
                        }
                    }
                }
            }
        }
        return result
    }
}
