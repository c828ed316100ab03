import Budget
import CJPEG
import Camera
import PoolScene

@testable import Recognition

/// Arrivals from memory, one after the other.
final class ScriptedSource: FrameSource {
    enum Step {
        /// A JPEG with the time that it was taken at; `nil`: as it is asked for.
        case jpeg([UInt8], at: Int64? = nil)
        case event(SourceState, LossCause? = nil)
        case fail(CameraError)
    }

    let steps: [Step]
    let clock: Clock
    var counters = CaptureCounters()
    private(set) var wasStopped = false
    private var index = 0
    private var storage: UnsafeMutableRawBufferPointer?

    init(_ steps: [Step], clock: @escaping Clock = { 0 }) {
        self.steps = steps
        self.clock = clock
    }

    convenience init(_ pictures: [[UInt8]]) { self.init(pictures.map { .jpeg($0) }) }

    deinit { storage?.deallocate() }

    var summary: String { "script" }
    func stop() { wasStopped = true }

    func next() throws(CameraError) -> Arrival {
        guard index < steps.count else { return .end }
        defer { index += 1 }
        switch steps[index] {
        case .event(let state, let cause):
            return .event(SourceEvent(state: state, cause: cause, detail: "as scripted", atNanoseconds: clock()))
        case .fail(let error):
            if case .damaged = error { counters.captured += 1 }
            throw error
        case .jpeg(let picture, let at):
            storage?.deallocate()
            let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: picture.count, alignment: 1)
            bytes.copyBytes(from: picture)
            storage = bytes
            counters.captured += 1
            return .frame(
                Frame(
                    width: 0, height: 0, format: .mjpeg, stride: 0, bytes: UnsafeRawBufferPointer(bytes),
                    sequence: counters.captured - 1, capturedNanoseconds: at ?? clock(),
                    name: "\(counters.captured - 1).jpg"))
        }
    }
}

/// A clock that only its script moves: by `step` with every look at it.
final class ScriptedClock {
    var now: Int64 = 1_000_000_000
    var step: Int64
    private var isWorking = false

    init(step: Int64 = 0) { self.step = step }

    func read() -> Int64 {
        now += step
        return now
    }

    /// For a session whose recognisers read `work`: no time passes but in their stages.
    func rest() -> Int64 {
        isWorking = false
        return now
    }

    /// Each stage of a look takes a step.
    func work() -> Int64 {
        if isWorking { now += step }
        isWorking = true
        return now
    }
}

/// Keeps all that it is told.
final class Recorder: SessionObserver {
    var decisions: [FrameDecision] = []
    var samples: [DecisionSample] = []
    var events: [SessionEvent] = []

    func decided(_ frame: Frame, _ decision: FrameDecision) { decisions.append(decision) }
    func measured(_ sample: DecisionSample) { samples.append(sample) }
    func happened(_ event: SessionEvent) { events.append(event) }

    var damaged: [String] {
        events.compactMap { if case .damaged(let error) = $0 { error.description } else { nil } }
    }
    var ladder: [LadderChange] { events.compactMap { if case .ladder(let change) = $0 { change } else { nil } } }
}

/// Follows a plan, and notes what it was told.
final class SpyPolicy: Policy {
    var queuesFrames: Bool { false }
    var chooses: ([RegionID]) -> FramePlan = { FramePlan(items: $0.map { WorkItem(region: $0) }) }
    var admitted: (WorkItem) -> Bool = { _ in true }
    var timeliness = Timeliness.inTime
    private(set) var offered: [[RegionID]] = []
    private(set) var decodes: [(scale: Int, time: Int64)] = []
    private(set) var finishedItems: [(item: WorkItem, frame: Int64, clip: Int64)] = []
    private(set) var troubles: [(region: RegionID, isInTrouble: Bool)] = []
    private(set) var abandonedItems = 0

    func plan(now: Int64, captured: Int64, regions: [RegionID]) -> FramePlan {
        offered.append(regions)
        return chooses(regions)
    }
    func preparedPicture(scale: Int, decode: Int64) { decodes.append((scale, decode)) }
    func abandoned(_ items: [WorkItem]) { abandonedItems += items.count }
    func admits(_ item: WorkItem, now: Int64, captured: Int64) -> Bool { admitted(item) }
    func finished(_ item: WorkItem, frame: Int64, clip: Int64) { finishedItems.append((item, frame, clip)) }
    func decided(_ region: RegionID, now: Int64, captured: Int64, inTrouble: Bool) -> Timeliness {
        troubles.append((region, inTrouble))
        return timeliness
    }
    func takeChanges() -> [LadderChange] { [] }
}

func jpeg(_ seed: Int, size: Int = 24) -> [UInt8] {
    let pixels = SmallNetwork.noise(seed: seed, count: size * size * 3).map { UInt8(bitPattern: $0) }
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    precondition(tp_jpeg_encode(pixels, Int32(size), Int32(size), size * 3, 90, &bytes, &count) == 0)
    defer { tp_jpeg_free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
}

func cut(_ picture: [UInt8]) -> [UInt8] { Array(picture.dropLast(picture.count / 3)) }

extension Session {
    /// Where every captured frame went, by the summary's own entries.
    var accounted: Int {
        frames.decided + frames.filling + dropped.filter { $0.cause != "lost" }.reduce(0) { $0 + $1.count }
    }
}
