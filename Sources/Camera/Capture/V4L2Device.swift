import CPlatform

/// A device of the kernel's Video4Linux.
final class V4L2Device: CaptureDevice {
    private var camera: OpaquePointer?

    init(path: String, convert: Bool) throws(SystemError) {
        try SystemError.check(tp_camera_open(path, convert ? 1 : 0, &camera))
    }

    deinit { close() }

    func close() {
        tp_camera_close(camera)
        camera = nil
    }

    /// Nothing is called after `close`: see the protocol.
    private var opened: OpaquePointer { camera! }

    func identify() throws(SystemError) -> CameraIdentity {
        var identity = tp_camera_identity()
        try SystemError.check(tp_camera_identify(opened, &identity))
        return CameraIdentity(driver: text(&identity.driver), card: text(&identity.card), bus: text(&identity.bus))
    }

    var hasSignal: Bool { tp_camera_has_signal(opened) != 0 }

    var formats: [UInt32] {
        var codes: [UInt32] = []
        var code: UInt32 = 0
        while codes.count < 256, tp_camera_format_at(opened, Int32(codes.count), &code) == 0 { codes.append(code) }
        return codes
    }

    func sizes(of fourcc: UInt32) -> [tp_camera_sizes] {
        var found: [tp_camera_sizes] = []
        var sizes = tp_camera_sizes()
        while found.count < 256, tp_camera_sizes_at(opened, fourcc, Int32(found.count), &sizes) == 0 {
            found.append(sizes)
        }
        return found
    }

    func fastestRate(_ fourcc: UInt32, width: Int32, height: Int32) -> Int32 {
        tp_camera_fastest_rate(opened, fourcc, width, height)
    }

    func setFormat(_ wish: tp_camera_format) throws(SystemError) -> tp_camera_format {
        var format = wish
        try SystemError.check(tp_camera_set_format(opened, &format))
        return format
    }

    func setRate(_ framesPerSecond: Int32) throws(SystemError) -> Int32 {
        try SystemError.check(tp_camera_set_rate(opened, framesPerSecond))
    }

    func setControl(_ identifier: UInt32, to value: Int32) throws(SystemError) {
        try SystemError.check(tp_camera_set_control(opened, identifier, value))
    }

    func map(_ count: Int32) throws(SystemError) -> Int32 {
        try SystemError.check(tp_camera_map_buffers(opened, count))
    }

    func bytes(of index: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: tp_camera_buffer_bytes(opened, index), count: tp_camera_buffer_size(opened, index))
    }

    func queue(_ index: Int32) throws(SystemError) { try SystemError.check(tp_camera_queue(opened, index)) }

    func dequeue() throws(SystemError) -> tp_camera_buffer? {
        var buffer = tp_camera_buffer()
        let error = tp_camera_dequeue(opened, &buffer)
        if SystemError(error) == .again { return nil }
        try SystemError.check(error)
        return buffer
    }

    func start() throws(SystemError) { try SystemError.check(tp_camera_stream(opened, 1)) }
    func halt() throws(SystemError) { try SystemError.check(tp_camera_stream(opened, 0)) }

    func wait(milliseconds: Int32) throws(SystemError) -> Bool {
        let ready = tp_camera_wait(opened, milliseconds)
        if SystemError(ready) == .interrupted { return false }
        return try SystemError.check(ready) > 0
    }

    /// A C array of characters, which Swift sees as a tuple, up to its zero.
    private func text<Characters>(_ characters: inout Characters) -> String {
        withUnsafeBytes(of: &characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
