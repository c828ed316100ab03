import CPlatform

/// A stream's timestamps and sequence numbers, believed as far as they can be true.
struct FrameClock {
    private let period: Int64
    /// No frame of this stream is older.
    private let start: Int64
    private var lastTime = Int64.min
    private var lastSequence: UInt32?
    private var lastArrival: Int64

    init(period: Int64, start: Int64) {
        self.period = period
        self.start = start
        lastArrival = start
    }

    /// When a frame was taken. Drivers that date a frame by the end of its period are up to one period ahead of now.
    /// A time beyond that, before the last one or before the stream, or of another clock cannot be true: then the frame
    /// counts from its arrival, and so do all that follow until the driver's clock has caught up.
    mutating func time(of buffer: tp_camera_buffer, now: Int64) -> (nanoseconds: Int64, isFault: Bool) {
        let time = buffer.nanoseconds
        let isTrue =
            buffer.flags & UInt32(TP_BUFFER_MONOTONIC) != 0 && time > lastTime && time >= start - period
            && time <= now + period
        guard isTrue else { return (now, true) }
        lastTime = time
        return (min(time, now), false)
    }

    /// How many frames the driver's count went on: 1, and 1 more for every one that was lost before this. A count that
    /// starts anew or goes on by more than the time allows tells nothing.
    mutating func step(to sequence: UInt32, now: Int64) -> Int {
        defer {
            lastSequence = sequence
            lastArrival = now
        }
        guard let last = lastSequence else { return 1 }
        let step = Int64(sequence &- last)
        let greatest = (now - lastArrival) / period * 4 + 64
        return step > 0 && step <= greatest ? Int(step) : 1
    }
}
