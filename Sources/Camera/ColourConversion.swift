/// Rows of a frame as interleaved RGB.
///
/// BT.601 with 16…235, in units of 2^-16, rounded: R = 1.164383·(Y−16) + 1.596027·(V−128),
/// G = 1.164383·(Y−16) − 0.391762·(U−128) − 0.812968·(V−128), B = 1.164383·(Y−16) + 2.017232·(U−128).
enum ColourConversion {
    /// Writes pixels `columns` of row `y` to `out`, 3 bytes a pixel. Columns outside the frame repeat its border.
    static func row(
        _ frame: Frame, y: Int, columns: Range<Int>, swapRedBlue: Bool, into out: UnsafeMutablePointer<UInt8>
    ) {
        let line = frame.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self) + y * frame.stride
        switch frame.format {
        case .rgb24, .mjpeg:
            for (i, column) in columns.enumerated() {
                let pixel = line + 3 * clamp(column, frame.width)
                out[3 * i] = pixel[0]
                out[3 * i + 1] = pixel[1]
                out[3 * i + 2] = pixel[2]
            }
        case .yuyv:
            for (i, column) in columns.enumerated() {
                let x = clamp(column, frame.width)
                let pair = line + (x / 2) * 4
                convert(Int32(line[2 * x]), Int32(pair[1]), Int32(pair[3]), out + 3 * i)
            }
        case .nv12:
            let base = frame.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
            let chroma = base + (frame.height + y / 2) * frame.stride
            for (i, column) in columns.enumerated() {
                let x = clamp(column, frame.width)
                convert(Int32(line[x]), Int32(chroma[x & ~1]), Int32(chroma[x | 1]), out + 3 * i)
            }
        }
        if swapRedBlue {
            for i in 0..<columns.count { (out[3 * i], out[3 * i + 2]) = (out[3 * i + 2], out[3 * i]) }
        }
    }

    private static func clamp(_ column: Int, _ width: Int) -> Int { min(max(column, 0), width - 1) }

    @inline(__always)
    private static func convert(_ y: Int32, _ u: Int32, _ v: Int32, _ out: UnsafeMutablePointer<UInt8>) {
        let luma = 76309 * (y - 16) + 32768
        let blue = u - 128
        let red = v - 128
        out[0] = byte(luma + 104597 * red)
        out[1] = byte(luma - 25675 * blue - 53279 * red)
        out[2] = byte(luma + 132201 * blue)
    }

    @inline(__always)
    private static func byte(_ value: Int32) -> UInt8 { UInt8(min(max(value >> 16, 0), 255)) }
}
