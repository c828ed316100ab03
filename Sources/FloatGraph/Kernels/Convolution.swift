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
    var isPointwise: Bool {
        kernelHeight == 1 && kernelWidth == 1 && window.strideY == 1 && window.strideX == 1 && !window.isPadded
    }

    /// The kernel's rows inside the picture for an output row.
    @inline(__always)
    func rowTaps(_ outputRow: Int) -> WindowTaps {
        WindowTaps(
            kernelHeight, start: outputRow * window.strideY - window.padTop, dilation: window.dilationY,
            extent: height)
    }

    /// The kernel's columns inside the picture for an output column.
    @inline(__always)
    func columnTaps(_ outputColumn: Int) -> WindowTaps {
        WindowTaps(
            kernelWidth, start: outputColumn * window.strideX - window.padLeft, dilation: window.dilationX,
            extent: width)
    }
}

/// The taps of a kernel on one axis: where they begin, how far apart they are, and which lie inside the picture.
struct WindowTaps {
    let start, dilation: Int
    let range: Range<Int>

    @inline(__always)
    init(_ kernel: Int, start: Int, dilation: Int, extent: Int) {
        self.start = start
        self.dilation = dilation
        let first = start < 0 ? (dilation - 1 - start) / dilation : 0
        let end = start < extent ? min(kernel, (extent - start + dilation - 1) / dilation) : 0
        range = first..<max(first, end)
    }

    /// The pixel under a tap.
    @inline(__always)
    subscript(tap: Int) -> Int { start + tap * dilation }
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
    let rows = s.rowTaps(position / s.outputWidth % s.outputHeight)
    let columns = s.columnTaps(position % s.outputWidth)
    let length = s.kernelWidth * s.channels
    for ky in 0..<s.kernelHeight {
        let target = row + ky * length
        guard rows.range.contains(ky), !columns.range.isEmpty else {
            target.update(repeating: 0, count: length)
            continue
        }
        let source = x + (image * s.height + rows[ky]) * s.width * s.channels
        let (first, end) = (columns.range.lowerBound, columns.range.upperBound)
        target.update(repeating: 0, count: first * s.channels)
        if columns.dilation == 1 {
            (target + first * s.channels)
                .update(from: source + columns[first] * s.channels, count: (end - first) * s.channels)
        } else {
            for kx in columns.range {
                (target + kx * s.channels).update(from: source + columns[kx] * s.channels, count: s.channels)
            }
        }
        (target + end * s.channels).update(repeating: 0, count: (s.kernelWidth - end) * s.channels)
    }
}
