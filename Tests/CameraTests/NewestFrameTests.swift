import Synchronization
import Testing

@testable import Camera

/// A source that counts, at a pace of its own.
private final class Counting: FrameSource {
    let total: Int
    var counters = CaptureCounters()
    private let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: 3, alignment: 1)

    init(total: Int) { self.total = total }
    deinit { storage.deallocate() }

    var summary: String { "counting to \(total)" }

    func next() throws(CameraError) -> Arrival {
        guard counters.captured < total else { throw .gone("counting") }
        counters.captured += 1
        storage.copyBytes(from: [UInt8(truncatingIfNeeded: counters.captured), 0, 0])
        return .frame(
            Frame(
                width: 1, height: 1, format: .rgb24, stride: 3, bytes: UnsafeRawBufferPointer(storage),
                sequence: counters.captured, capturedNanoseconds: 0))
    }
}

@Suite struct NewestFrameTests {
    @Test func everyFrameIsReadOrStaleAndOrderHolds() throws {
        let newest = try NewestFrame(Counting(total: 5_000))
        var read = 0
        var last = 0
        var ended = false
        while !ended {
            do {
                let frame = try #require(try newest.nextFrame())
                #expect(frame.sequence > last)
                #expect(frame.bytes[0] == UInt8(truncatingIfNeeded: frame.sequence))
                last = frame.sequence
                read += 1
            } catch {
                #expect(error as? CameraError == .gone("counting"))
                ended = true
            }
        }
        #expect(last == 5_000)
        #expect(newest.counters.captured == 5_000)
        #expect(read + newest.counters.stale == 5_000)
    }

    @Test func itCanBeLeftAtAnyTime() throws {
        for total in [0, 1, 100_000] {
            let newest = try NewestFrame(Counting(total: total))
            if total > 0 { _ = try newest.nextFrame() }
        }
    }

    @Test func eventsComeInOrderAndBeforeTheirFrames() throws {
        let newest = try NewestFrame(Eventful())
        var seen: [String] = []
        loop: while true {
            switch try newest.next() {
            case .frame(let frame): seen.append("\(frame.sequence)")
            case .event(let event): seen.append(event.detail)
            case .end: break loop
            }
        }
        let events = seen.filter { Int($0) == nil }
        #expect(events == (0..<50).map { "event \($0)" })
        for (index, entry) in seen.enumerated() {
            guard let frame = Int(entry) else { continue }
            #expect(seen[..<index].contains("event \(frame)"), "frame \(frame) came before its event")
        }
    }

    /// A camera that is lost waits long: its reader must still be able to leave.
    @Test func aWaitingSourceCanBeStopped() throws {
        let source = Waiting()
        do {
            let newest = try NewestFrame(source)
            guard case .event = try newest.next() else {
                Issue.record("no event")
                return
            }
            newest.stop()
            guard case .end = try newest.next() else {
                Issue.record("no end")
                return
            }
        }
        let hasEnded = source.hasEnded.load(ordering: .acquiring)
        #expect(hasEnded)
    }

    @Test func whatWasNotReadAtTheEndIsStale() throws {
        for count in 0..<20 {
            let newest = try NewestFrame(Counting(total: .max))
            for _ in 0..<count { _ = try newest.nextFrame() }
            newest.stop()
            let counters = newest.counters
            #expect(counters.captured == count + counters.stale)
        }
    }
}

/// Fifty events, each followed by a frame of its number.
private final class Eventful: FrameSource {
    private var position = 0
    var counters = CaptureCounters()
    private let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: 3, alignment: 1)
    deinit { storage.deallocate() }
    var summary: String { "eventful" }

    func next() throws(CameraError) -> Arrival {
        defer { position += 1 }
        let number = position / 2
        if number == 50 { return .end }
        if position % 2 == 0 {
            return .event(SourceEvent(state: .streaming, detail: "event \(number)", atNanoseconds: 0))
        }
        counters.captured += 1
        return .frame(
            Frame(
                width: 1, height: 1, format: .rgb24, stride: 3, bytes: UnsafeRawBufferPointer(storage),
                sequence: number, capturedNanoseconds: 0))
    }
}

/// An event, then nothing until it is stopped.
private final class Waiting: FrameSource {
    private let isStopped = Atomic(false)
    private var isFirst = true
    let hasEnded = Atomic(false)
    let counters = CaptureCounters()
    var summary: String { "waiting" }

    func stop() { isStopped.store(true, ordering: .releasing) }

    func next() throws(CameraError) -> Arrival {
        if isFirst {
            isFirst = false
            return .event(SourceEvent(state: .waiting, cause: .gone, detail: "gone", atNanoseconds: 0))
        }
        while !isStopped.load(ordering: .acquiring) {}
        hasEnded.store(true, ordering: .releasing)
        return .end
    }
}
