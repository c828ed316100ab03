/// The extents of a convolution, NHWC.
struct ConvolutionSizes {
    let images, height, width, channels: Int
    let kernelHeight, kernelWidth: Int
    let outputHeight, outputWidth, outputChannels: Int
    let window: ConvolutionWindow

    init(x: [Int], kernel: ArraySlice<Int>, output: [Int], _ window: ConvolutionWindow) {
        (images, height, width, channels) = (x[0], x[1], x[2], x[3])
        (kernelHeight, kernelWidth) = (kernel.first!, kernel.last!)
        (outputHeight, outputWidth, outputChannels) = (output[1], output[2], output[3])
        self.window = window
    }

    /// Output positions of all images.
    var positions: Int { images * outputHeight * outputWidth }

    /// Whether every output position reads exactly the input pixel of the same index.
    var isPointwise: Bool { kernelHeight == 1 && kernelWidth == 1 && window == ConvolutionWindow() }

    /// The kernel rows (columns) that lie inside the picture when the kernel starts at `start`.
    @inline(__always)
    static func taps(_ kernel: Int, start: Int, extent: Int) -> Range<Int> {
        let first = max(0, -start)
        return first..<max(first, min(kernel, extent - start))
    }
}

/// Dense convolution as a matrix product: pixels are rows; for kernels above 1×1 the rows are gathered first (im2col),
/// a few at a time, so that they are multiplied out of the cache.
func convolution(_ s: ConvolutionSizes, _ weights: [Float], _ bias: [Float]?) -> Kernel {
    let depth = s.kernelHeight * s.kernelWidth * s.channels
    let matrix = PackedMatrix(weights: weights, bias: bias, columns: s.outputChannels, depth: depth)
    if s.isPointwise {
        return { inputs, output, parallel in
            matrix.multiply(inputs[0], rows: s.positions, into: output, parallel)
        }
    }
    let batch = max(4, 8192 / depth / 4 * 4)
    return { inputs, output, parallel in
        parallel((s.positions + batch - 1) / batch, grain: 4) { batches in
            let rows = UnsafeMutablePointer<Float>.allocate(capacity: batch * depth)
            defer { rows.deallocate() }
            for b in batches {
                let first = b * batch
                let count = min(batch, s.positions - first)
                for r in 0..<count { gather(s, inputs[0], position: first + r, into: rows + r * depth) }
                matrix.multiply(rows, rows: count, panels: matrix.panels, into: output + first * s.outputChannels)
            }
        }
    }
}

/// The input pixels under the kernel at one output position, `[kh, kw, C]`, zeros outside the picture.
private func gather(
    _ s: ConvolutionSizes, _ x: UnsafePointer<Float>, position: Int, into row: UnsafeMutablePointer<Float>
) {
    let image = position / (s.outputHeight * s.outputWidth)
    let y = position / s.outputWidth % s.outputHeight * s.window.strideY - s.window.padTop
    let left = position % s.outputWidth * s.window.strideX - s.window.padLeft
    let columns = ConvolutionSizes.taps(s.kernelWidth, start: left, extent: s.width)
    let length = s.kernelWidth * s.channels
    for ky in 0..<s.kernelHeight {
        let target = row + ky * length
        guard (0..<s.height).contains(y + ky), !columns.isEmpty else {
            target.update(repeating: 0, count: length)
            continue
        }
        let source = x + ((image * s.height + y + ky) * s.width + left + columns.lowerBound) * s.channels
        target.update(repeating: 0, count: columns.lowerBound * s.channels)
        (target + columns.lowerBound * s.channels).update(from: source, count: columns.count * s.channels)
        (target + columns.upperBound * s.channels)
            .update(repeating: 0, count: (s.kernelWidth - columns.upperBound) * s.channels)
    }
}
