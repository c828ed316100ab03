import CJPEG

/// Turns a JPEG frame into an RGB one; other frames pass through. Its buffers are reused from frame to frame.
public final class PictureDecoder {
    private let decoder: OpaquePointer
    private let pixels = ByteStore()

    public init() throws(CameraError) {
        guard let decoder = tp_jpeg_decoder_create() else {
            throw .device("JPEG decoder", "starting", "out of memory")
        }
        self.decoder = decoder
    }

    deinit { tp_jpeg_decoder_destroy(decoder) }

    /// The frame with pixels. They are valid until the next call.
    ///
    /// - Parameter scale: 1, 2, 4 or 8: a JPEG comes so many times smaller, for a fraction of the time.
    /// - Throws: `damaged` with the frame's name when the JPEG is cut off or broken.
    public func decode(_ frame: Frame, scale: Int = 1) throws(CameraError) -> Frame {
        guard frame.format == .mjpeg else { return frame }
        let coded = frame.bytes.bindMemory(to: UInt8.self)
        var width: Int32 = 0
        var height: Int32 = 0
        var error = tp_jpeg_read_size(decoder, coded.baseAddress, coded.count, &width, &height)
        if error == 0 {
            width = tp_jpeg_scaled_length(width, Int32(scale))
            height = tp_jpeg_scaled_length(height, Int32(scale))
            pixels.reserve(Int(width) * Int(height) * 3)
            let rgb = pixels.bytes.bindMemory(to: UInt8.self).baseAddress!
            error = tp_jpeg_decode(decoder, coded.baseAddress, coded.count, Int32(scale), rgb, width, height, Int(width) * 3)
        }
        guard error == 0 else {
            let name = frame.name.isEmpty ? "frame \(frame.sequence)" : frame.name
            throw .damaged(name, String(cString: tp_jpeg_message(decoder)))
        }
        var picture = frame
        picture.format = .rgb24
        picture.width = Int(width)
        picture.height = Int(height)
        picture.stride = Int(width) * 3
        picture.bytes = UnsafeRawBufferPointer(
            rebasing: UnsafeRawBufferPointer(pixels.bytes)[..<(Int(width) * Int(height) * 3)])
        return picture
    }
}
