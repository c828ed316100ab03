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
        var row = rows
        for position in positions {
            let top = position / outputWidth * Int(window.strideY) - Int(window.padTop)
            let left = position % outputWidth * Int(window.strideX) - Int(window.padLeft)
            for tap in 0..<kernelHeight {
                let y = top + tap * Int(window.dilationY)
                if y < 0 || y >= height {
                    pad(row, count: kernelWidth)
                } else if window.dilationX == 1 {
                    copy(from: x + y * width * pixel, left: left, to: row)
                } else {
                    spread(from: x + y * width * pixel, left: left, to: row)
                }
                row += kernelWidth * pixel
            }
        }
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
