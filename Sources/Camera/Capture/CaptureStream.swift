import CPlatform

/// What goes on from one stream of a camera to the next.
struct CaptureAccounts {
    var counters = CaptureCounters()
    /// The number of the last frame captured.
    var frame = -1
    /// What was last wrong with a frame, until one is sound.
    var lastFault: FrameFault?
}

/// A running stream: mapped buffers, the newest sound one lent to the reader, all others with the driver.
final class CaptureStream {
    let device: any CaptureDevice
    let mode: CaptureMode
    private let host: any CaptureHost
    private let check: FrameCheck
    private var clock: FrameClock
    private let bufferCount: Int32
    /// The buffer that the reader is looking at.
    private var lent: Int32?
    /// Buffers that the driver did not take back: offered again once.
    private var refused: [Int32] = []

    /// Maps the buffers and starts.
    init(_ device: any CaptureDevice, _ mode: CaptureMode, _ host: any CaptureHost) throws(DeviceFault) {
        self.device = device
        self.mode = mode
        self.host = host
        check = FrameCheck(mode: mode)
        clock = FrameClock(period: mode.period, start: host.now)
        bufferCount = try during("mapping buffers") { () throws(SystemError) in try device.map(5) }
        try start()
    }

    /// Takes all buffers back and starts again, which heals what a driver calls fatal.
    func restart() throws(DeviceFault) {
        try during("stopping the stream") { () throws(SystemError) in try device.halt() }
        lent = nil
        refused = []
        clock = FrameClock(period: mode.period, start: host.now)
        try start()
    }

    private func start() throws(DeviceFault) {
        for index in 0..<bufferCount { try giveBack(index) }
        try during("starting the stream") { () throws(SystemError) in try device.start() }
    }

    private func giveBack(_ index: Int32) throws(DeviceFault) {
        try during("queueing a buffer") { () throws(SystemError) in try device.queue(index) }
    }

    /// Takes back what was lent and waits; `nil` when nothing sound came in that time.
    func next(milliseconds: Int32, _ accounts: inout CaptureAccounts) throws(DeviceFault) -> Frame? {
        if let index = lent {
            lent = nil
            release(index)
        }
        // A driver that refuses a buffer once may take it now; one that refuses again is in trouble.
        while let index = refused.last {
            try giveBack(index)
            refused.removeLast()
        }
        let isReady = try during("waiting for a frame") { () throws(SystemError) in
            try device.wait(milliseconds: milliseconds)
        }
        return isReady ? try newest(&accounts) : nil
    }

    private func release(_ index: Int32) {
        do throws(SystemError) { try device.queue(index) } catch { refused.append(index) }
    }

    /// Takes every filled buffer, keeps the newest sound one and returns the others.
    private func newest(_ accounts: inout CaptureAccounts) throws(DeviceFault) -> Frame? {
        var newest: Frame?
        for _ in 0..<bufferCount {
            let filled: tp_camera_buffer?
            do throws(DeviceFault) {
                filled = try during("taking a frame") { () throws(SystemError) in try device.dequeue() }
            } catch {
                // What is sound goes out first; the next call meets the error again.
                if newest != nil { break }
                throw error
            }
            guard let buffer = filled else { break }
            guard let frame = examine(buffer, &accounts) else {
                release(buffer.index)
                continue
            }
            if let older = lent {
                accounts.counters.stale += 1
                release(older)
            }
            lent = buffer.index
            newest = frame
        }
        return newest
    }

    /// Counts a buffer; a frame of it when it is sound.
    private func examine(_ buffer: tp_camera_buffer, _ accounts: inout CaptureAccounts) -> Frame? {
        let now = host.now
        let step = clock.step(to: buffer.sequence, now: now)
        accounts.frame += step
        accounts.counters.captured += 1
        accounts.counters.lost += step - 1
        let mapped = device.bytes(of: buffer.index)
        let bytes = UnsafeRawBufferPointer(rebasing: mapped[..<min(Int(buffer.byte_count), mapped.count)])
        accounts.lastFault = check.fault(in: bytes, isMarked: buffer.flags & UInt32(TP_BUFFER_ERROR) != 0)
        if let fault = accounts.lastFault {
            accounts.counters.count(fault)
            return nil
        }
        let time = clock.time(of: buffer, now: now)
        if time.isFault { accounts.counters.clockFaults += 1 }
        return Frame(
            width: mode.width, height: mode.height, format: mode.format, stride: mode.stride, bytes: bytes,
            sequence: accounts.frame, capturedNanoseconds: time.nanoseconds)
    }
}
