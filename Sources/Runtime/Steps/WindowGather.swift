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

    /// Writes the windows of the given output positions, counted row by row.
    func gather(_ positions: Range<Int>, of x: UnsafeMutableRawPointer, into rows: UnsafeMutableRawPointer) {
        var row = rows
        for position in positions {
            let top = position / outputWidth * Int(window.strideY) - Int(window.padTop)
            let left = position % outputWidth * Int(window.strideX) - Int(window.padLeft)
            // The part of the window's columns that lies within the input.
            let first = max(0, -left), last = min(kernelWidth, width - left)
            for y in top..<top + kernelHeight {
                if y < 0 || y >= height {
                    pad(row, count: kernelWidth)
                } else {
                    pad(row, count: first)
                    (row + first * pixel).copyMemory(
                        from: x + (y * width + left + first) * pixel, byteCount: (last - first) * pixel)
                    pad(row + last * pixel, count: kernelWidth - last)
                }
                row += kernelWidth * pixel
            }
        }
    }

    private func pad(_ address: UnsafeMutableRawPointer, count: Int) {
        address.initializeMemory(as: UInt8.self, repeating: padding, count: count * pixel)
    }
}
