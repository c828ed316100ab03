import ModelFile

/// Copies the windows of a convolution into rows `[kh, kw, C]` (im2col). Padding is the input's zero point.
struct WindowGather {
    /// Bytes of one window.
    let byteCount: Int
    private let window: Window
    private let kernelHeight, kernelWidth: Int
    private let height, width, outputWidth: Int
    /// Bytes of one pixel.
    private let pixel: Int
    /// Each byte of padding: int16 has the zero point 0.
    private let padding: UInt8

    init(_ window: Window, kernelHeight: Int, kernelWidth: Int, input: Tensor, output: Tensor) {
        self.window = window
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        height = input.shape[0]
        width = input.shape[1]
        outputWidth = output.shape[1]
        pixel = input.shape[2] * input.type.size
        padding = UInt8(truncatingIfNeeded: input.zeroPoint)
        byteCount = kernelHeight * kernelWidth * pixel
    }

    /// Windows gathered at a time: about what a small core's first-level cache holds beside the weights, in whole tiles of
    /// the product's rows.
    func rowsPerBlock(tile: Int) -> Int { max(1, 16_384 / byteCount / tile) * tile }

    /// Writes the windows of the given output positions, counted row by row.
    func gather(_ positions: Range<Int>, of x: UnsafeMutableRawPointer, into rows: UnsafeMutableRawPointer) {
        var first = positions.lowerBound
        while first < positions.upperBound {
            let line = first / outputWidth, end = min((line + 1) * outputWidth, positions.upperBound)
            let columns = first - line * outputWidth..<end - line * outputWidth
            for tap in 0..<kernelHeight {
                let y = line * Int(window.strideY) - Int(window.padTop) + tap * Int(window.dilationY)
                gather(
                    columns, of: y < 0 || y >= height ? nil : x + y * width * pixel,
                    into: rows + (first - positions.lowerBound) * byteCount + tap * kernelWidth * pixel)
            }
            first = end
        }
    }

    /// The same tap row of windows in one output row; no input row: padding.
    private func gather(_ columns: Range<Int>, of source: UnsafeMutableRawPointer?, into rows: UnsafeMutableRawPointer) {
        var row = rows, left = columns.lowerBound * Int(window.strideX) - Int(window.padLeft)
        let count = kernelWidth * pixel
        for _ in 0..<columns.count {
            if let source {
                if window.dilationX != 1 {
                    spread(from: source, left: left, to: row)
                } else if left < 0 || left + kernelWidth > width {
                    copy(from: source, left: left, to: row)
                } else if 8 <= count && count <= 16 {
                    copyShort(from: source + left * pixel, to: row, count: count)
                } else {
                    row.copyMemory(from: source + left * pixel, byteCount: count)
                }
            } else {
                pad(row, count: kernelWidth)
            }
            row += byteCount
            left += Int(window.strideX)
        }
    }

    /// 8 to 16 bytes, as two words that may overlap: a call costs more than so few bytes.
    @inline(__always)
    private func copyShort(from source: UnsafeMutableRawPointer, to row: UnsafeMutableRawPointer, count: Int) {
        let front = source.loadUnaligned(as: UInt64.self), back = (source + count - 8).loadUnaligned(as: UInt64.self)
        row.storeBytes(of: front, as: UInt64.self)
        (row + count - 8).storeBytes(of: back, as: UInt64.self)
    }

    /// Neighbouring pixels of one input row.
    private func copy(from source: UnsafeMutableRawPointer, left: Int, to row: UnsafeMutableRawPointer) {
        // The part of the window's columns that lies within the input.
        let first = max(0, -left), last = min(kernelWidth, width - left)
        pad(row, count: first)
        (row + first * pixel).copyMemory(from: source + (left + first) * pixel, byteCount: (last - first) * pixel)
        pad(row + last * pixel, count: kernelWidth - last)
    }

    /// Pixels of one input row that lie apart.
    private func spread(from source: UnsafeMutableRawPointer, left: Int, to row: UnsafeMutableRawPointer) {
        for tap in 0..<kernelWidth {
            let column = left + tap * Int(window.dilationX)
            if column < 0 || column >= width {
                pad(row + tap * pixel, count: 1)
            } else {
                (row + tap * pixel).copyMemory(from: source + column * pixel, byteCount: pixel)
            }
        }
    }

    private func pad(_ address: UnsafeMutableRawPointer, count: Int) {
        address.initializeMemory(as: UInt8.self, repeating: padding, count: count * pixel)
    }
}
