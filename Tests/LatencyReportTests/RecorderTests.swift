import Budget
import Camera
import ModelFile
import ModelSamples
import Recognition
import Runtime
import Testing

@testable import LatencyReport

/// Hands everything on, and keeps the ages itself.
private final class Listener: SessionObserver {
    let recorder: LatencyRecorder
    var ages: [Int64] = []

    init(_ recorder: LatencyRecorder) { self.recorder = recorder }

    func decided(_ frame: Frame, _ decision: FrameDecision) { recorder.decided(frame, decision) }
    func measured(_ sample: DecisionSample) {
        ages.append(sample[.age])
        recorder.measured(sample)
    }
    func happened(_ event: SessionEvent) { recorder.happened(event) }
}

@Suite struct RecorderTests {
    /// A run over frames of the pool scene on a clock that only looks at it move, each by another step.
    private func run(
        _ promise: Promise?, frames: Int, hidesExpired: Bool = false
    ) throws -> (result: LatencyResult, ages: [Int64]) {
        var now: Int64 = 0, looks: Int64 = 0
        let clock: Clock = {
            looks += 1
            now += 1_000_000 + looks * 7_919 % 5_000_000
            return now
        }
        let model = try Model(bytes: taskModel(SampleTask.face), name: "face")
        let recogniser = try Recogniser(name: "faces", network: Network(model), regions: .wholeFrame, clock: clock)
        let pool = try openSource("pool:seed=1,width=64,height=64", live: false)
        let session = try Session(
            recognisers: [recogniser], source: Dated(pool, clock), promises: promise.map { [$0] },
            policy: promise.map { NaivePolicy.newestOnly([$0]) }, hidesExpired: hidesExpired, clock: clock)
        let recorder = LatencyRecorder(session, begin: 0, hidesExpired: hidesExpired)
        let listener = Listener(recorder)
        try session.run(frames: frames, observer: listener)
        return (recorder.result(end: now), listener.ages)
    }

    /// Frames with dates of the scripted clock.
    private final class Dated: FrameSource {
        let source: any FrameSource
        let clock: Clock

        init(_ source: any FrameSource, _ clock: @escaping Clock) {
            self.source = source
            self.clock = clock
        }

        var summary: String { "dated" }
        var counters: CaptureCounters { source.counters }

        func next() throws(CameraError) -> Arrival {
            guard case .frame(var frame) = try source.next() else { return .end }
            frame.capturedNanoseconds = clock()
            return .frame(frame)
        }
    }

    @Test func percentilesAreThoseOfTheSortedAges() throws {
        let (result, ages) = try run(nil, frames: 500)
        let sorted = ages.sorted()
        let age = try #require(result.tasks[0].age)
        #expect(age.count == 500 && age.values.last == Double(sorted[499]) / 1e6)
        for (value, rank) in zip(age.values, [250, 450, 475, 495, 500]) {
            let exact = Double(sorted[rank - 1]) / 1e6
            #expect(value >= exact && value - exact <= exact / 64 + 1e-6)
        }
        let drift = try #require(result.tasks[0].drift)
        #expect(drift.firstP50 > 0 && drift.firstP50 <= drift.firstP99 && drift.lastP50 <= drift.lastP99)
        #expect(result.tasks[0].histogram.counts.reduce(0, +) == 500)
        #expect(result.tasks[0].timeline.reduce(0) { $0 + $1.decided } == 500)
        #expect(result.captured == 500 && result.decided == 500 && result.isKept)
        #expect(result.checks.map(\.subject) == ["faces", "session"])
    }

    @Test func promisesAreJudged() throws {
        let (_, ages) = try run(nil, frames: 200)
        let p99 = ages.sorted()[197], oldest = ages.max()!
        func checks(_ promise: Promise) throws -> [Bool] { try run(promise, frames: 200).result.checks.map(\.isKept) }
        // decides, p99, age limit, accounts
        let kept = Promise(name: "faces", p99: p99 + p99 / 50, ageLimit: 2 * oldest)
        #expect(try checks(kept) == [true, true, true, true])
        #expect(try checks(Promise(name: "faces", p99: p99 / 2, ageLimit: 2 * oldest)) == [true, false, true, true])
        #expect(try checks(Promise(name: "faces", p99: p99 / 2, ageLimit: oldest - 1)) == [true, false, false, true])
        #expect(try checks(Promise(name: "faces", p99: 2 * oldest, rate: 1)) == [true, true, true, true, true])
        #expect(try checks(Promise(name: "faces", p99: 2 * oldest, rate: 900)) == [true, true, true, false, true])
        // What is hidden is not shown too late.
        let short = Promise(name: "faces", p99: p99 / 2, ageLimit: oldest - 1)
        let hidden = try run(short, frames: 200, hidesExpired: true)
        #expect(hidden.result.checks.map(\.isKept) == [true, false, true, true])
        #expect(hidden.result.dropped.map(\.cause) == ["expired"])
    }

    @Test func withoutADecisionNothingIsKept() throws {
        let (result, _) = try run(Promise(name: "faces", p99: 1), frames: 0)
        #expect(result.checks.prefix(2).map(\.isKept) == [false, false] && !result.isKept)
        #expect(result.html().contains("not kept") && !result.json().isEmpty)
    }
}
