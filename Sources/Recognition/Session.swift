import Budget
import CPlatform
import Camera
import PoolScene

/// A run from a source to decisions: the loop, its accounts and its clock.
///
/// Every frame captured ends in exactly one account: decided, filling (of a clip, or between two frames of its stride),
/// damaged, or dropped as stale or late.
public final class Session {
    public let recogniser: Recogniser
    public let source: any FrameSource
    public private(set) var budget: LatencyBudget?
    public private(set) var stages = StageHistograms()
    public private(set) var framesTaken = 0
    public private(set) var decided = 0
    public private(set) var damaged = 0
    /// Frames that fed a clip, or fell between two of its stride, without a decision.
    public private(set) var filling = 0

    public init(recogniser: Recogniser, source: any FrameSource, budget: LatencyBudget? = nil) {
        self.recogniser = recogniser
        self.source = source
        self.budget = budget
    }

    /// Works until the source ends, a stop is requested, `frames` frames were taken or `nanoseconds` have passed.
    ///
    /// - Parameters:
    ///   - decision: Called with the frame, as it came from the source, and what was decided on it.
    ///   - problem: Called with pictures that could not be read.
    /// - Throws: What ended the source, or `nothingReadable` when every picture was damaged.
    public func run(
        frames: Int? = nil, nanoseconds: Int64? = nil, decision: (Frame, FrameDecision) -> Void,
        problem: (CameraError) -> Void
    ) throws(RecognitionError) {
        let begin = tp_monotonic_nanoseconds()
        while framesTaken < frames ?? Int.max, tp_stop_requested() == 0 {
            if let nanoseconds, tp_monotonic_nanoseconds() - begin >= nanoseconds { break }
            do throws(RecognitionError) {
                guard try step(decision) else { break }
            } catch {
                guard case .camera(.damaged(let name, let why)) = error else { throw error }
                damaged += 1
                problem(.damaged(name, why))
            }
            framesTaken += 1
        }
        if damaged > 0, damaged == framesTaken { throw .nothingReadable(source.summary, damaged) }
    }

    /// Takes one frame and works on it; false at the end of the source.
    private func step(_ decision: (Frame, FrameDecision) -> Void) throws(RecognitionError) -> Bool {
        let next: Frame?
        do throws(CameraError) { next = try source.nextFrame() } catch { throw .camera(error) }
        guard let frame = next else { return false }
        let start = tp_monotonic_nanoseconds()
        if budget?.consider(age: start - frame.capturedNanoseconds) == .drop { return true }
        finish(frame, try recogniser.process(frame), start: start, decision)
        return true
    }

    private func finish(
        _ frame: Frame, _ tracks: [TrackDecision], start: Int64, _ decision: (Frame, FrameDecision) -> Void
    ) {
        let now = tp_monotonic_nanoseconds()
        let age = now - frame.capturedNanoseconds
        guard !tracks.isEmpty else {
            filling += 1
            return
        }
        decided += 1
        budget?.finished(work: now - start, age: age)
        stages.record(.wait, start - frame.capturedNanoseconds)
        stages.record(.age, age)
        for stage in [Stage.decode, .prepare, .frameNetwork, .clipNetwork] {
            let spent = recogniser.stageNanoseconds[stage.rawValue]
            if spent > 0 { stages.record(stage, spent) }
        }
        decision(
            frame,
            FrameDecision(
                frame: frame.sequence, capturedNanoseconds: frame.capturedNanoseconds, ageNanoseconds: age,
                tracks: tracks))
    }

    /// Frames that nobody looked at, by cause, so far.
    public var dropped: [(cause: String, count: Int)] {
        let counters = source.counters
        return [
            ("stale", counters.stale), ("late", budget?.dropped ?? 0), ("damaged", counters.damaged + damaged),
            ("lost", counters.lost),
        ].filter { $0.1 > 0 }.map { (cause: $0.0, count: $0.1) }
    }
}
