import CPlatform
import PoolScene
import Testing

@testable import Camera

/// Ten frames at once, then nothing: until it is stopped, or at once the end.
private final class TenFrames: FrameSource {
    private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 12, alignment: 1)
    private let ends: Bool
    private let stopped = Flag()
    private(set) var counters = CaptureCounters()

    init(ends: Bool) {
        self.ends = ends
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { bytes.deallocate() }

    var summary: String { "ten frames" }
    func stop() { stopped.raise() }

    func next() throws(CameraError) -> Arrival {
        guard counters.captured < 10 else {
            while !ends, !stopped.isRaised { tp_sleep_until(tp_monotonic_nanoseconds() + 1_000_000) }
            return .end
        }
        counters.captured += 1
        return .frame(
            Frame(
                width: 2, height: 2, format: .rgb24, stride: 6, bytes: UnsafeRawBufferPointer(bytes),
                sequence: counters.captured - 1, capturedNanoseconds: 0))
    }
}

/// What two threads see.
private final class Flag {
    private let mutex = tp_mutex_create()!
    private var value = false

    deinit { tp_mutex_destroy(mutex) }

    func raise() {
        tp_mutex_lock(mutex)
        value = true
        tp_mutex_unlock(mutex)
    }

    var isRaised: Bool {
        tp_mutex_lock(mutex)
        defer { tp_mutex_unlock(mutex) }
        return value
    }
}

@Suite struct WaitingFramesTests {
    private func frames(_ newest: NewestFrame) throws -> [Int] {
        var found: [Int] = []
        while case .frame(let frame) = try newest.next() { found.append(frame.sequence) }
        return found
    }

    @Test(arguments: [(1, [9]), (3, [7, 8, 9]), (20, Array(0..<10))])
    func asManyWaitAsThereIsRoomFor(capacity: Int, expected: [Int]) throws {
        let newest = try NewestFrame(TenFrames(ends: true), capacity: capacity)
        while newest.counters.captured < 10 { tp_sleep_until(tp_monotonic_nanoseconds() + 1_000_000) }
        #expect(try frames(newest) == expected)
        #expect(newest.counters.stale == 10 - expected.count && newest.counters.handedOut == expected.count)
    }

    /// A source that sends nothing more does not keep a run beyond its time.
    @Test func aRunEndsThoughNothingComes() throws {
        let newest = try NewestFrame(TenFrames(ends: false))
        newest.stop(at: tp_monotonic_nanoseconds() + 50_000_000)
        #expect(try frames(newest).count <= 10)
        #expect(newest.counters.captured == newest.counters.handedOut + newest.counters.stale)
    }
}
