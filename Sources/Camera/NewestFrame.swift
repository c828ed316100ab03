import CPlatform
import PoolScene

/// Puts a thread between a live source and its reader: the thread always takes the next frame, the reader always gets
/// the newest one, and what was never read is counted as stale. So a result is never older than one frame plus its work.
/// Events keep their order and come before the frame that waits. For comparison more than one frame may wait; then the
/// reader gets the oldest of them.
public final class NewestFrame: FrameSource {
    /// Owned by the thread from start to join; everything both sides touch is under the mutex.
    private final class Exchange {
        let source: any FrameSource
        let mutex: OpaquePointer
        let arrived: OpaquePointer
        /// The thread fills one, up to `capacity` wait, the reader looks at one.
        var filling = FrameStore()
        var waiting: [FrameStore] = []
        var reading = FrameStore()
        var spare: [FrameStore] = []
        let capacity: Int
        var events: [SourceEvent] = []
        var isOver = false
        var shouldStop = false
        var stopTime = Int64.max
        var failure: CameraError?
        var counters = CaptureCounters()
        var summary: String
        var stale = 0

        init(_ source: any FrameSource, capacity: Int, mutex: OpaquePointer, condition: OpaquePointer) {
            self.source = source
            self.capacity = capacity
            summary = source.summary
            self.mutex = mutex
            arrived = condition
        }

        deinit {
            tp_condition_destroy(arrived)
            tp_mutex_destroy(mutex)
        }

        func capture() {
            while true {
                var failure: CameraError?
                var arrival = Arrival.end
                do throws(CameraError) { arrival = try source.next() } catch { failure = error }
                if case .frame(let frame) = arrival { filling.copy(frame) }
                tp_mutex_lock(mutex)
                counters = source.counters
                if case .event = arrival { summary = source.summary }
                switch arrival {
                case .frame:
                    if shouldStop { stale += 1 } else { queue() }
                case .event(let event): events.append(event)
                case .end:
                    self.failure = failure
                    isOver = true
                }
                var ends = isOver
                // A frame may still belong to an event.
                if case .frame = arrival, shouldStop { ends = true }
                tp_condition_signal(arrived)
                tp_mutex_unlock(mutex)
                if ends { return }
            }
        }

        private func queue() {
            if waiting.count == capacity {
                stale += 1
                spare.append(waiting.removeFirst())
            }
            waiting.append(filling)
            filling = spare.popLast() ?? FrameStore()
        }

        func read() -> Frame? {
            spare.append(reading)
            reading = waiting.removeFirst()
            return reading.frame
        }
    }

    private let exchange: Exchange
    private let thread: OpaquePointer

    /// Starts the thread.
    ///
    /// - Parameter capacity: How many frames wait at most.
    public init(_ source: any FrameSource, capacity: Int = 1) throws(CameraError) {
        guard let mutex = tp_mutex_create(), let condition = tp_condition_create() else {
            throw .device(source.summary, "starting the capture thread", "out of memory")
        }
        exchange = Exchange(source, capacity: max(1, capacity), mutex: mutex, condition: condition)
        var started: OpaquePointer?
        let error = tp_thread_start(
            &started,
            { context in
                tp_set_thread_name("capture")
                Unmanaged<Exchange>.fromOpaque(context!).takeUnretainedValue().capture()
            }, Unmanaged.passUnretained(exchange).toOpaque())
        guard error == 0, let started else {
            throw .device(source.summary, "starting the capture thread", CameraError.words(error))
        }
        thread = started
    }

    deinit {
        stop()
        tp_thread_join(thread)
    }

    public func stop() {
        tp_mutex_lock(exchange.mutex)
        end()
        tp_condition_signal(exchange.arrived)
        tp_mutex_unlock(exchange.mutex)
        exchange.source.stop()
    }

    public func stop(at nanoseconds: Int64) {
        tp_mutex_lock(exchange.mutex)
        exchange.stopTime = nanoseconds
        tp_mutex_unlock(exchange.mutex)
    }

    /// What still waits will not be read any more.
    private func end() {
        exchange.shouldStop = true
        exchange.stale += exchange.waiting.count
        exchange.waiting.removeAll()
    }

    public var summary: String {
        tp_mutex_lock(exchange.mutex)
        defer { tp_mutex_unlock(exchange.mutex) }
        return exchange.summary
    }

    public var counters: CaptureCounters {
        tp_mutex_lock(exchange.mutex)
        defer { tp_mutex_unlock(exchange.mutex) }
        var counters = exchange.counters
        counters.stale += exchange.stale
        return counters
    }

    private var shouldEnd: Bool {
        exchange.shouldStop || tp_stop_requested() == 1 || tp_monotonic_nanoseconds() >= exchange.stopTime
    }

    public func next() throws(CameraError) -> Arrival {
        tp_mutex_lock(exchange.mutex)
        defer { tp_mutex_unlock(exchange.mutex) }
        while exchange.events.isEmpty, exchange.waiting.isEmpty, !exchange.isOver, !shouldEnd {
            // The deadline lets a stop request be noticed.
            let deadline = min(tp_monotonic_nanoseconds() + 200_000_000, exchange.stopTime)
            _ = tp_condition_wait_until(exchange.arrived, exchange.mutex, deadline)
        }
        if shouldEnd {
            end()
            return .end
        }
        if !exchange.events.isEmpty { return .event(exchange.events.removeFirst()) }
        if !exchange.waiting.isEmpty, let frame = exchange.read() { return .frame(frame) }
        if let failure = exchange.failure { throw failure }
        return .end
    }
}

/// A frame with bytes of its own, reused from frame to frame.
struct FrameStore {
    private(set) var frame: Frame?
    private var storage = ByteStore()

    init() {}

    mutating func copy(_ lent: Frame) {
        storage.reserve(lent.bytes.count)
        storage.bytes.copyMemory(from: lent.bytes)
        var own = lent
        own.bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage.bytes)[..<lent.bytes.count])
        frame = own
    }
}
