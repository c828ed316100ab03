import CKernels
import PoolScene

/// Crop, colour, resize and the step to int8 in one pass over the source's rows, in fixed point: what the quantizer
/// calibrated with and what the board runs with are the same bytes.
///
/// A source row is converted to RGB and resized horizontally once, kept while the vertical filter needs it, and forgotten.
/// Nothing is allocated once the largest crop has been seen.
public final class Preprocessor {
    public let width: Int
    public let height: Int
    private let swapRedBlue: Bool
    private let kernels: UnsafePointer<tk_kernels>
    private let horizontal = ResizePlan()
    private let vertical = ResizePlan()
    /// One source row as RGB.
    private let source = ByteStore()
    /// The last `vertical.taps` rows after the horizontal pass, row y at slot y % taps.
    private let rows = ByteStore()
    private let pointers = ByteStore()

    /// - Parameters:
    ///   - width: Of the network's input, in pixels.
    ///   - swapRedBlue: The network wants BGR.
    ///   - isa: The instruction set to use, `nil` for the best.
    public init(width: Int, height: Int, swapRedBlue: Bool = false, isa: String? = nil) {
        self.width = width
        self.height = height
        self.swapRedBlue = swapRedBlue
        var forced: UnsafePointer<tk_kernels>?
        if let isa {
            let number = tk_isa_named(isa)
            if number >= 0 { forced = tk_kernels_for(tk_isa(UInt32(number))) }
        }
        kernels = forced ?? tk_kernels_best()
    }

    /// Fills `out` `[height][width][3]` with pixel − 128 from the part of the frame under `crop`.
    ///
    /// - Parameter frame: With pixels, not JPEG: see `PictureDecoder`.
    /// - Throws: `damaged` when the frame's bytes do not suffice for its size.
    public func prepare(_ frame: Frame, crop: Box, into out: UnsafeMutableBufferPointer<Int8>) throws(CameraError) {
        guard frame.width > 0, frame.height > 0, frame.format != .mjpeg,
            frame.stride >= frame.format.minimumStride(width: frame.width),
            frame.bytes.count >= frame.format.byteCount(height: frame.height, stride: frame.stride)
        else {
            throw .damaged(frame.name.isEmpty ? "frame \(frame.sequence)" : frame.name, "too few bytes for its size")
        }
        precondition(out.count == width * height * 3, "the destination has the network's input size")

        let rect = PixelRect(crop, frameWidth: frame.width, frameHeight: frame.height)
        horizontal.plan(from: rect.width, to: width)
        vertical.plan(from: rect.height, to: height)
        source.reserve(rect.width * 3)
        rows.reserve(vertical.taps * width * 3 * 2)
        pointers.reserve(vertical.taps * MemoryLayout<UnsafePointer<UInt16>?>.stride)

        var nextRow = 0
        for y in 0..<height {
            let first = Int(vertical.first[y])
            nextRow = max(nextRow, first)
            while nextRow < first + vertical.taps {
                horizontalPass(frame, rect, row: nextRow)
                nextRow += 1
            }
            verticalPass(y, first: first, into: out.baseAddress! + y * width * 3)
        }
    }

    private func slot(_ row: Int) -> UnsafeMutablePointer<UInt16> {
        rows.bytes.baseAddress!.assumingMemoryBound(to: UInt16.self) + row % vertical.taps * width * 3
    }

    private func horizontalPass(_ frame: Frame, _ rect: PixelRect, row: Int) {
        let y = min(max(rect.y + row, 0), frame.height - 1)
        let isInside = rect.x >= 0 && rect.x + rect.width <= frame.width
        let pixels: UnsafePointer<UInt8>
        if frame.format == .rgb24, isInside, !swapRedBlue {
            pixels = frame.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self) + y * frame.stride + rect.x * 3
        } else {
            let line = source.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
            ColourConversion.row(
                frame, y: y, columns: rect.x..<rect.x + rect.width, swapRedBlue: swapRedBlue, into: line)
            pixels = UnsafePointer(line)
        }
        horizontal.first.withUnsafeBufferPointer { first in
            horizontal.weights.withUnsafeBufferPointer { weights in
                var pass = tk_resize_row(
                    width: Int32(width), taps: Int32(horizontal.taps), first: first.baseAddress,
                    weights: weights.baseAddress, source: pixels, out: slot(row))
                kernels.pointee.resize_row(&pass)
            }
        }
    }

    private func verticalPass(_ y: Int, first: Int, into out: UnsafeMutablePointer<Int8>) {
        let taps = vertical.taps
        let list = pointers.bytes.baseAddress!.assumingMemoryBound(to: UnsafePointer<UInt16>?.self)
        for tap in 0..<taps { list[tap] = UnsafePointer(slot(first + tap)) }
        vertical.weights.withUnsafeBufferPointer { weights in
            var pass = tk_resize_column(
                count: Int32(width * 3), taps: Int32(taps), rows: list, weights: weights.baseAddress! + y * taps,
                out: out)
            kernels.pointee.resize_column(&pass)
        }
    }
}
