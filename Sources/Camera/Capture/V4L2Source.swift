import CPlatform

/// A V4L2 camera: mapped buffers, the newest filled one handed out, all others given back to the driver and counted.
public final class V4L2Source: FrameSource {
    /// No frame for so long is a stall: the slowest cameras send one a second.
    static let stallMilliseconds = 3000

    private let path: String
    private let camera: OpaquePointer
    private let format: PixelFormat
    private let width: Int
    private let height: Int
    private let stride: Int
    private let rate: Int
    private let converted: Bool
    /// The buffer that the caller is looking at.
    private var lent: Int32?
    private var lastSequence: UInt32?
    public private(set) var counters = CaptureCounters()

    /// Opens and starts a camera. The cheapest format that it offers is asked for; one that nothing here reads goes through
    /// libv4l2 where that is installed.
    public init(path: String, width: Int = 640, height: Int = 480, framesPerSecond: Int = 30) throws(CameraError) {
        self.path = path
        var (camera, offered) = try Self.open(path, convert: false)
        var choice = PixelFormat.byCost.first { offered.contains($0.fourcc) }
        var converted = false
        if choice == nil {
            let names = offered.map(PixelFormat.name(ofFourcc:))
            tp_camera_close(camera)
            guard let (wrapped, emulated) = try? Self.open(path, convert: true) else { throw .noFormat(path, names) }
            camera = wrapped
            converted = true
            choice = PixelFormat.byCost.first { emulated.contains($0.fourcc) }
            guard choice != nil else {
                tp_camera_close(camera)
                throw .noFormat(path, names)
            }
        }
        var wish = tp_camera_format(
            fourcc: choice!.fourcc, width: Int32(width), height: Int32(height), stride: 0, byte_count: 0)
        do throws(CameraError) {
            try Self.check(tp_camera_set_format(camera, &wish), path, "setting the picture format")
            guard let granted = PixelFormat(fourcc: wish.fourcc) else {
                throw .noFormat(path, [PixelFormat.name(ofFourcc: wish.fourcc)])
            }
            format = granted
            self.width = Int(wish.width)
            self.height = Int(wish.height)
            stride = max(Int(wish.stride), granted.minimumStride(width: Int(wish.width)))
            rate = Int(max(0, tp_camera_set_rate(camera, Int32(framesPerSecond))))
            let buffers = tp_camera_map_buffers(camera, 5)
            try Self.check(buffers, path, "mapping buffers")
            for index in 0..<buffers { try Self.check(tp_camera_queue(camera, index), path, "queueing a buffer") }
            try Self.check(tp_camera_stream(camera, 1), path, "starting the stream")
        } catch {
            tp_camera_close(camera)
            throw error
        }
        self.camera = camera
        self.converted = converted
    }

    deinit {
        _ = tp_camera_stream(camera, 0)
        tp_camera_close(camera)
    }

    public var summary: String {
        "\(path): \(format.label) \(width)×\(height)" + (rate > 0 ? ", \(rate / 1000) frames a second" : "")
            + (converted ? ", converted by libv4l2" : "")
    }

    public func next() throws(CameraError) -> Arrival {
        if let index = lent {
            lent = nil
            try giveBack(index)
        }
        var waited = 0
        while true {
            if tp_stop_requested() == 1 { return .end }
            switch tp_camera_wait(camera, 200) {
            case 1:
                if let frame = try drainToNewest() { return .frame(frame) }
            case 0:
                waited += 200
                if waited >= Self.stallMilliseconds { throw .gone(path) }
            case let error where CameraError.isInterruption(error): continue
            default: throw whatHappened("waiting for a frame", -5)
            }
        }
    }

    /// Takes every filled buffer and keeps the newest sound one.
    private func drainToNewest() throws(CameraError) -> Frame? {
        var newest: tp_camera_buffer?
        while true {
            var buffer = tp_camera_buffer()
            let error = tp_camera_dequeue(camera, &buffer)
            if CameraError.isNothingReady(error) { break }
            guard error == 0 else { throw whatHappened("taking a frame", error) }
            count(buffer)
            if isDamaged(buffer) {
                counters.damaged += 1
                try giveBack(buffer.index)
            } else {
                if let older = newest {
                    counters.stale += 1
                    try giveBack(older.index)
                }
                newest = buffer
            }
        }
        guard let buffer = newest else { return nil }
        lent = buffer.index
        let isMonotonic = buffer.flags & UInt32(TP_BUFFER_MONOTONIC) != 0
        let now = tp_monotonic_nanoseconds()
        return Frame(
            width: width, height: height, format: format, stride: format == .mjpeg ? 0 : stride,
            bytes: UnsafeRawBufferPointer(start: tp_camera_buffer_bytes(camera, buffer.index), count: size(buffer)),
            sequence: Int(buffer.sequence),
            // Some drivers date a frame by when its period ends, a moment ahead of now.
            capturedNanoseconds: isMonotonic ? min(buffer.nanoseconds, now) : now)
    }

    private func count(_ buffer: tp_camera_buffer) {
        counters.captured += 1
        if let last = lastSequence {
            let step = buffer.sequence &- last
            // A step of more than half the range is the counter starting anew.
            if step > 1, step < 1 << 31 { counters.lost += Int(step) - 1 }
        }
        lastSequence = buffer.sequence
    }

    private func isDamaged(_ buffer: tp_camera_buffer) -> Bool {
        if buffer.flags & UInt32(TP_BUFFER_ERROR) != 0 { return true }
        return format == .mjpeg
            ? buffer.byte_count < 4 : size(buffer) < format.byteCount(height: height, stride: stride)
    }

    /// Bytes that are filled, and surely mapped.
    private func size(_ buffer: tp_camera_buffer) -> Int {
        min(Int(buffer.byte_count), tp_camera_buffer_size(camera, buffer.index))
    }

    private func giveBack(_ index: Int32) throws(CameraError) {
        let error = tp_camera_queue(camera, index)
        if error < 0 { throw whatHappened("giving a buffer back", error) }
    }

    /// The errno of one call does not tell a pulled plug from a fault: ask the device whether it is still there.
    private func whatHappened(_ operation: String, _ error: Int32) -> CameraError {
        var identity = tp_camera_identity()
        return tp_camera_identify(camera, &identity) < 0
            ? .gone(path) : .device(path, operation, CameraError.words(error))
    }

    private static func check(_ result: Int32, _ path: String, _ operation: String) throws(CameraError) {
        if result < 0 { throw .device(path, operation, CameraError.words(result)) }
    }

    private static func open(_ path: String, convert: Bool) throws(CameraError) -> (OpaquePointer, [UInt32]) {
        var opened: OpaquePointer?
        var error = tp_camera_open(path, convert ? 1 : 0, &opened)
        if error == 0, let camera = opened {
            var identity = tp_camera_identity()
            error = tp_camera_identify(camera, &identity)
            if error == 0 { return (camera, fourccs(camera)) }
            tp_camera_close(camera)
        }
        throw .noCamera(path, CameraError.words(error), listCameras().map { "\($0.path) (\($0.card))" })
    }
}

extension CameraError {
    static func isInterruption(_ error: Int32) -> Bool { error == -4 }
    static func isNothingReady(_ error: Int32) -> Bool { error == -11 }
}
