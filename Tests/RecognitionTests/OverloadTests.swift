import Budget
import Camera
import Foundation
import Runtime
import Testing

@testable import Recognition

/// The controller in a session whose clock is scripted: as if every look took many times the time that there is.
@Suite struct OverloadTests {
    private static let millisecond: Int64 = 1_000_000

    /// A source of 30 frames a second whose newest frame is the one that the clock has come to.
    private final class Camera: FrameSource {
        let clock: ScriptedClock
        let picture = jpeg(1)
        let end: Int64
        private let begin: Int64
        private let storage: UnsafeMutableRawBufferPointer
        private(set) var counters = CaptureCounters()
        private var last = -1

        init(_ clock: ScriptedClock, seconds: Int64) {
            self.clock = clock
            begin = clock.now
            end = clock.now + seconds * 1_000_000_000
            storage = .allocate(byteCount: picture.count, alignment: 1)
            storage.copyBytes(from: picture)
        }

        deinit { storage.deallocate() }

        var summary: String { "scripted camera" }

        func next() throws(CameraError) -> Arrival {
            let interval = OverloadTests.millisecond * 33
            clock.now = max(clock.now, begin + Int64(last + 1) * interval)
            guard clock.now < end else { return .end }
            let newest = Int((clock.now - begin) / interval)
            counters.captured += newest - last
            counters.stale += newest - last - 1
            last = newest
            return .frame(
                Frame(
                    width: 0, height: 0, format: .mjpeg, stride: 0, bytes: UnsafeRawBufferPointer(storage),
                    sequence: newest, capturedNanoseconds: begin + Int64(newest) * interval))
        }
    }

    /// - Parameter step: What each of the three stages of a look takes; there are two regions.
    private func session(step: Int64, seconds: Int64) throws -> (Session, Recorder) {
        let clock = ScriptedClock(step: step)
        let network = try Network(SmallNetwork.clip(stride: 1))
        let halves = RegionSource.fixed([.init(x0: 0, y0: 0, x1: 0.5, y1: 1), .init(x0: 0.5, y0: 0, x1: 1, y1: 1)])
        let recogniser = try Recogniser(name: "swimmers", network: network, regions: halves, clock: clock.work)
        let promises = [Promise(name: "swimmers", p99: 120 * Self.millisecond, clipStride: 1)]
        let controller = Controller(promises: promises, costs: CostModel(tasks: 1), framesPerSecond: 30)
        let session = try Session(
            recognisers: [recogniser], source: Camera(clock, seconds: seconds), promises: promises, policy: controller,
            clock: clock.rest)
        let recorder = Recorder()
        try session.run(observer: recorder)
        #expect(session.accounted == session.source.counters.captured)
        return (session, recorder)
    }

    @Test func aBoardWithTimeStaysAtTheTop() throws {
        let (session, recorder) = try session(step: Self.millisecond / 2, seconds: 10)
        #expect(recorder.ladder.isEmpty)
        #expect(session.tasks[0].missed == 0 && session.frames.decided > 250)
    }

    @Test func anOverloadedBoardSaysWhatItGivesUpAndKeepsItsPromise() throws {
        let (session, recorder) = try session(step: 8 * Self.millisecond, seconds: 30)
        let first = try #require(recorder.ladder.first)
        #expect(first.isDescent && first.previousLevel == 0 && !first.because.isEmpty)
        // Once it has come down, decisions are in time.
        let settled = recorder.samples.filter { $0.at > recorder.samples[0].at + 4_000 * Self.millisecond }
        #expect(settled.count > 50)
        let late = settled.filter { $0.timeliness != .inTime }.count
        #expect(late * 100 <= settled.count, "\(late) of \(settled.count) were late")
        #expect(session.dropped.contains { $0.cause == "skipped" || $0.cause == "late" || $0.cause == "stale" })
        for change in recorder.ladder {
            let text = SessionEvent.ladder(change).json()
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            #expect(object?["event"] as? String == "ladder" && object?["level"] as? Int == change.level)
            #expect(object?["rung"] as? String == change.rung.label && object?["because"] as? String == change.because)
        }
    }
}
