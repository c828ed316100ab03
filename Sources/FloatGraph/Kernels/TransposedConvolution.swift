/// Transposed convolution as ordinary ones: output pixels whose coordinates leave the same remainder by the stride read
/// their input through the same taps of the kernel. For each such phase the taps' pixels are gathered and multiplied.
func transposedConvolution(_ s: ConvolutionSizes, _ weights: [Float], _ bias: [Float]?) -> Kernel {
    let phases = (0..<s.window.strideY).flatMap { y in
        (0..<s.window.strideX).compactMap { x in Phase(s, weights, bias, firstRow: y, firstColumn: x) }
    }
    return { inputs, output, parallel in
        for phase in phases { phase.run(inputs[0], output, parallel) }
    }
}

/// The output pixels `firstRow + i·strideY`, `firstColumn + j·strideX` of all images.
private final class Phase: Sendable {
    /// Tap k of the kernel reads, for the phase's i-th row (column), input row `i + shift`.
    private typealias Tap = (index: Int, shift: Int)

    private let s: ConvolutionSizes
    private let firstRow, firstColumn: Int
    private let rowCount, columnCount: Int
    private let rowShifts, columnShifts: [Int]
    private let matrix: PackedMatrix

    init?(_ s: ConvolutionSizes, _ weights: [Float], _ bias: [Float]?, firstRow: Int, firstColumn: Int) {
        guard firstRow < s.outputHeight, firstColumn < s.outputWidth else { return nil }
        self.s = s
        self.firstRow = firstRow
        self.firstColumn = firstColumn
        rowCount = (s.outputHeight - firstRow - 1) / s.window.strideY + 1
        columnCount = (s.outputWidth - firstColumn - 1) / s.window.strideX + 1
        let rows = Phase.taps(firstRow + s.window.padTop, s.kernelHeight, s.window.strideY, s.window.dilationY)
        let columns = Phase.taps(firstColumn + s.window.padLeft, s.kernelWidth, s.window.strideX, s.window.dilationX)
        rowShifts = rows.map(\.shift)
        columnShifts = columns.map(\.shift)
        var packed: [Float] = []
        for m in 0..<s.outputChannels {
            for row in rows {
                for column in columns {
                    let start = ((m * s.kernelHeight + row.index) * s.kernelWidth + column.index) * s.channels
                    packed += weights[start..<start + s.channels]
                }
            }
        }
        matrix = PackedMatrix(
            weights: packed, bias: bias, columns: s.outputChannels, depth: rows.count * columns.count * s.channels)
    }

    /// The taps k for which (position − k·dilation) is a multiple of the stride.
    private static func taps(_ position: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> [Tap] {
        (0..<kernel).compactMap { k in
            let distance = position - k * dilation
            return distance % stride == 0 ? (k, distance / stride) : nil
        }
    }

    func run(_ x: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ parallel: Parallel) {
        parallel(s.images * rowCount, grain: 1) { rows in
            let inputs = UnsafeMutablePointer<Float>.allocate(capacity: columnCount * max(1, matrix.depth))
            let results = UnsafeMutablePointer<Float>.allocate(capacity: columnCount * s.outputChannels)
            defer {
                inputs.deallocate()
                results.deallocate()
            }
            for index in rows {
                let (image, row) = (index / rowCount, index % rowCount)
                for column in 0..<columnCount {
                    gather(x, image: image, row: row, column: column, into: inputs + column * matrix.depth)
                }
                matrix.multiply(inputs, rows: columnCount, panels: matrix.panels, into: results)
                let line = image * s.outputHeight + firstRow + row * s.window.strideY
                for column in 0..<columnCount {
                    let target = line * s.outputWidth + firstColumn + column * s.window.strideX
                    (output + target * s.outputChannels)
                        .update(from: results + column * s.outputChannels, count: s.outputChannels)
                }
            }
        }
    }

    private func gather(
        _ x: UnsafePointer<Float>, image: Int, row: Int, column: Int, into target: UnsafeMutablePointer<Float>
    ) {
        var target = target
        for rowShift in rowShifts {
            for columnShift in columnShifts {
                let (y, x0) = (row + rowShift, column + columnShift)
                if (0..<s.height).contains(y), (0..<s.width).contains(x0) {
                    target.update(from: x + ((image * s.height + y) * s.width + x0) * s.channels, count: s.channels)
                } else {
                    target.update(repeating: 0, count: s.channels)
                }
                target += s.channels
            }
        }
    }
}
