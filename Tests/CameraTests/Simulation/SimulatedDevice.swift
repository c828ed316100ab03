import CPlatform

@testable import Camera

/// An opened handle of a simulated camera: buffers that are watched, and frames at the pace of the virtual clock.
final class SimulatedDevice: CaptureDevice {
    private enum Owner { case program, driver, filled }

    private let camera: SimulatedCamera
    private unowned let machine: SimulatedMachine
    private var buffers: [UnsafeMutableRawBufferPointer] = []
    private var owners: [Owner] = []
    private var filled: [tp_camera_buffer] = []
    private var contents: [SimulatedCamera.Content] = []
    private var mode: (format: PixelFormat, width: Int32, height: Int32)?
    private var nextFrame: Int64 = 0
    private var isOpen = true
    /// The camera left while this was open: it stays useless even if the camera comes back.
    private var left: SimulatedCamera.Absence?

    init(_ camera: SimulatedCamera, _ machine: SimulatedMachine) {
        self.camera = camera
        self.machine = machine
    }

    deinit {
        if isOpen { machine.violation("a device was dropped without being closed") }
    }

    func close() {
        if !isOpen { machine.violation("closed twice") }
        isOpen = false
        if camera.stream === self {
            camera.stream = nil
            camera.isFatal = false
        }
        for buffer in buffers {
            buffer.initializeMemory(as: UInt8.self, repeating: 0xDD)
            buffer.deallocate()
        }
        buffers = []
        machine.closed(self)
    }

    func isOf(_ camera: SimulatedCamera) -> Bool { self.camera === camera }
    func cameraLeft(_ absence: SimulatedCamera.Absence) { left = absence }

    /// Common to all calls: not after `close`, ENODEV once the camera left, and what a test has planned.
    private func enter(_ call: SimulatedCamera.Call?) throws(SystemError) {
        if !isOpen { machine.violation("used after being closed") }
        if left != nil { throw .noDevice }
        if let call, let failure = camera.failure(of: call) { throw failure }
    }

    func identify() throws(SystemError) -> CameraIdentity {
        try enter(nil)
        return camera.identity
    }

    var hasSignal: Bool { camera.hasSignal }
    var formats: [UInt32] { camera.offers.map { $0.format.fourcc } }

    func sizes(of fourcc: UInt32) -> [tp_camera_sizes] {
        (offer(fourcc)?.sizes ?? []).map {
            tp_camera_sizes(
                least_width: $0.width, greatest_width: $0.width, step_width: 1, least_height: $0.height,
                greatest_height: $0.height, step_height: 1)
        }
    }

    func fastestRate(_ fourcc: UInt32, width: Int32, height: Int32) -> Int32 { offer(fourcc)?.rate ?? 0 }

    private func offer(_ fourcc: UInt32) -> SimulatedCamera.Offer? {
        camera.offers.first { $0.format.fourcc == fourcc }
    }

    func setFormat(_ wish: tp_camera_format) throws(SystemError) -> tp_camera_format {
        try enter(.setFormat)
        if camera.isBusy || (camera.stream != nil && camera.stream !== self) { throw .busy }
        guard let format = PixelFormat(fourcc: wish.fourcc) else { throw .invalid }
        mode = (format, wish.width, wish.height)
        var granted = wish
        granted.stride = Int32(format.minimumStride(width: Int(wish.width)))
        return granted
    }

    func setRate(_ framesPerSecond: Int32) throws(SystemError) -> Int32 {
        try enter(nil)
        return camera.framesPerSecond * 1000
    }

    func setControl(_ identifier: UInt32, to value: Int32) throws(SystemError) {
        try enter(nil)
        guard camera.knownControls.contains(identifier) else { throw .invalid }
        camera.controls[identifier] = value
    }

    func map(_ count: Int32) throws(SystemError) -> Int32 {
        try enter(.map)
        guard let mode else { throw .invalid }
        let size = max(2048, Int(mode.width * mode.height) * 4)
        buffers = (0..<count).map { _ in .allocate(byteCount: size, alignment: 16) }
        owners = buffers.map { _ in .program }
        return count
    }

    func bytes(of index: Int32) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(buffers[Int(index)]) }

    func queue(_ index: Int32) throws(SystemError) {
        try enter(.queue)
        guard owners.indices.contains(Int(index)), owners[Int(index)] == .program else {
            machine.violation("queued buffer \(index), which is not the program's")
            throw .invalid
        }
        owners[Int(index)] = .driver
        // Who still reads it sees rubbish.
        buffers[Int(index)].initializeMemory(as: UInt8.self, repeating: 0xDD)
    }

    func start() throws(SystemError) {
        try enter(.start)
        if camera.isBusy || camera.stream != nil { throw .busy }
        if owners.contains(.program) { machine.violation("started with a buffer that is not queued") }
        camera.stream = self
        camera.isHung = false
        camera.sequence = 0
        nextFrame = machine.now + camera.period
    }

    func halt() throws(SystemError) {
        try enter(.halt)
        if camera.stream === self { camera.stream = nil }
        camera.isFatal = false
        owners = owners.map { _ in .program }
        filled = []
        contents = []
    }

    /// Fills the buffers whose time has come.
    func advance(to time: Int64) {
        guard camera.stream === self, left == nil, !camera.isFatal else { return }
        while nextFrame <= time {
            let due = nextFrame
            nextFrame += camera.period
            guard !camera.isHung, let (number, content) = camera.expose() else { continue }
            guard let index = owners.firstIndex(of: .driver) else { continue }
            owners[index] = .filled
            let stamp = camera.timestamp(due)
            let count = fill(buffers[index], number, content)
            filled.append(
                tp_camera_buffer(
                    index: Int32(index), sequence: camera.sequence,
                    flags: stamp.flags | (content == .marked ? UInt32(TP_BUFFER_ERROR) : 0), byte_count: UInt32(count),
                    nanoseconds: stamp.nanoseconds))
            contents.append(content)
        }
    }

    func wait(milliseconds: Int32) throws(SystemError) -> Bool {
        let deadline = machine.now + Int64(milliseconds) * 1_000_000
        while true {
            if let left {
                if left.dequeue != nil { return true }
                throw .inputOutput
            }
            if camera.isFatal { throw .inputOutput }
            try enter(.wait)
            if !filled.isEmpty { return true }
            if !owners.contains(.driver) { machine.violation("waits with all buffers in its own hands") }
            if machine.now >= deadline { return false }
            let next = camera.stream === self ? nextFrame : deadline
            machine.sleep(until: min(deadline, max(next, machine.now + 1)))
        }
    }

    func dequeue() throws(SystemError) -> tp_camera_buffer? {
        if let left { throw left.dequeue ?? .noDevice }
        if camera.isFatal { throw .inputOutput }
        try enter(.dequeue)
        guard !filled.isEmpty else { return nil }
        camera.dequeued.append(contents.removeFirst())
        let buffer = filled.removeFirst()
        owners[Int(buffer.index)] = .program
        return buffer
    }

    /// Writes a frame and returns its size; a sound one holds its number.
    private func fill(_ buffer: UnsafeMutableRawBufferPointer, _ number: Int, _ content: SimulatedCamera.Content) -> Int
    {
        guard let mode, content != .empty else { return 0 }
        var bytes: [UInt8]
        if mode.format == .mjpeg {
            let width = Int(mode.width) * (content == .wrongSize ? 2 : 1)
            bytes = SimulatedPicture.jpeg(width, Int(mode.height), number: number)
            if content == .headless { bytes.removeFirst(2) }
            if content == .truncated { bytes.removeLast(bytes.count / 3) }
            if content == .short { bytes = [0xFF] }
        } else {
            let stride = mode.format.minimumStride(width: Int(mode.width))
            bytes = SimulatedPicture.raw(
                mode.format.byteCount(height: Int(mode.height), stride: stride), number: number)
            if content == .short { bytes.removeLast() }
        }
        buffer.copyBytes(from: bytes)
        return bytes.count
    }
}
