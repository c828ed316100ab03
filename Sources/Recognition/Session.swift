import Budget
import CPlatform
import Camera
import PoolScene

/// A run from a camera to decisions: one picture decoded for all tasks, what to look at chosen by a policy.
///
/// Every frame captured ends in exactly one account: decided, filling, or dropped by a cause of the source or of the
/// session.
public final class Session {
    public let recognisers: [Recogniser]
    public let source: any FrameSource
    public let policy: any Policy
    /// One for each recogniser; `nil` when nothing is promised.
    public let promises: [Promise]?
    /// By frame: the stages of all its regions together.
    public private(set) var stages = StageHistograms()
    public private(set) var frames = FrameAccount()
    /// One for each recogniser.
    public private(set) var tasks: [TaskAccount]
    /// How often the camera's state changed.
    public private(set) var cameraEvents = 0

    /// What the source did with its frames, up to the end of the run; a camera's thread may still count on.
    public var counters: CaptureCounters { countersAtEnd ?? source.counters }

    private var countersAtEnd: CaptureCounters?
    private let decoder: PictureDecoder
    private let now: Clock
    private let health: HealthReader?
    private var lastHealth: Int64?
    /// Past the age limit nothing is said; the policies for comparison say it all the same.
    private let hidesExpired: Bool

    static let healthInterval: Int64 = 10_000_000_000

    /// - Parameters:
    ///   - promises: What the policy was made with; `nil` works on everything, and `policy` is not asked.
    ///   - health: Where to read speed and warmth; `nil` leaves them out.
    public init(
        recognisers: [Recogniser], source: any FrameSource, promises: [Promise]? = nil, policy: (any Policy)? = nil,
        hidesExpired: Bool = true, health: HealthReader? = nil, clock: @escaping Clock = tp_monotonic_nanoseconds
    ) throws(RecognitionError) {
        self.recognisers = recognisers
        self.source = source
        self.promises = promises
        self.policy = policy ?? NaivePolicy.newestOnly(
            recognisers.map { Promise(name: $0.name, p99: .max / 4, ageLimit: .max / 4) })
        self.hidesExpired = hidesExpired
        self.health = health
        now = clock
        tasks = recognisers.map { _ in TaskAccount() }
        do throws(CameraError) { decoder = try PictureDecoder() } catch { throw .camera(error) }
    }

    /// Works until the source ends, a stop is requested, `frames` frames were taken or `nanoseconds` have passed.
    ///
    /// - Throws: What ended the source, or `nothingReadable` when every picture was damaged.
    public func run(
        frames limit: Int? = nil, nanoseconds: Int64? = nil, observer: any SessionObserver
    ) throws(RecognitionError) {
        defer {
            source.stop()
            countersAtEnd = source.counters
        }
        let begin = now()
        if let nanoseconds { source.stop(at: begin + nanoseconds) }
        while frames.taken < limit ?? Int.max, tp_stop_requested() == 0 {
            if let nanoseconds, now() - begin >= nanoseconds { break }
            let arrival: Arrival
            do throws(CameraError) { arrival = try source.next() } catch {
                guard case .damaged = error else { throw .camera(error) }
                frames.taken += 1
                damaged(error, observer)
                continue
            }
            switch arrival {
            case .frame(let frame): try work(on: frame, observer)
            case .event(let event): changed(event, observer)
            case .end: return try finish()
            }
            for change in policy.takeChanges() { observer.happened(.ladder(change)) }
            readHealth(observer)
        }
        try finish()
    }

    private func finish() throws(RecognitionError) {
        let unreadable = frames.dropped(.damaged)
        if unreadable > 0, unreadable == frames.taken { throw .nothingReadable(source.summary, unreadable) }
    }

    // MARK: A frame

    private func work(on frame: Frame, _ observer: any SessionObserver) throws(RecognitionError) {
        let start = now()
        frames.taken += 1
        var due: [RegionID] = []
        for task in recognisers.indices {
            due += recognisers[task].due(on: frame).map { RegionID(task: task, region: $0) }
        }
        guard !due.isEmpty else {
            frames.filling += 1
            return
        }
        let plan = policy.plan(now: start, captured: frame.capturedNanoseconds, regions: due)
        for drop in plan.dropped { tasks[drop.region.task].drop(FrameDrop(drop.cause)) }
        guard !plan.items.isEmpty else {
            if let cause = plan.cause { frames.drop(FrameDrop(cause)) } else { frames.filling += 1 }
            return
        }
        var work = FrameWork(frame: frame, start: start)
        do throws(RecognitionError) {
            try look(plan, &work, observer)
        } catch {
            guard case .camera(let why) = error, case .damaged = why else { throw error }
            policy.abandoned(Array(plan.items.dropFirst(work.looked)))
            for item in plan.items.dropFirst(work.looked) { tasks[item.region.task].drop(.damaged) }
            damaged(why, observer)
            return
        }
        account(for: work, observer)
    }

    /// Decodes the picture and serves the plan.
    private func look(
        _ plan: FramePlan, _ work: inout FrameWork, _ observer: any SessionObserver
    ) throws(RecognitionError) {
        let captured = work.frame.capturedNanoseconds
        let picture: Frame
        do throws(CameraError) { picture = try decoder.decode(work.frame, scale: plan.pictureScale) } catch {
            throw .camera(error)
        }
        let decoded = now()
        work.stages[Stage.decode.rawValue] = decoded - work.start
        policy.preparedPicture(scale: plan.pictureScale, decode: decoded - work.start)
        for item in plan.items {
            let begin = now()
            guard policy.admits(item, now: begin, captured: captured) else {
                tasks[item.region.task].drop(.late)
                work.turnedAway += 1
                continue
            }
            var look = try recognisers[item.region.task].look(
                at: picture, region: item.region.region, lighter: item.lighter, decides: item.decides)
            work.add(look)
            policy.finished(item, frame: look.prepare + look.frameNetwork, clip: look.clipNetwork)
            guard look.decision != nil else { continue }
            let at = now()
            look.decision?.ageNanoseconds = at - captured
            let timeliness = policy.decided(
                item.region, now: at, captured: captured, inTrouble: look.decision?.isInTrouble ?? false)
            decided(look, item.region, begin: begin, at: at, timeliness, &work, observer)
        }
    }

    private func decided(
        _ look: Look, _ region: RegionID, begin: Int64, at: Int64, _ timeliness: Timeliness, _ work: inout FrameWork,
        _ observer: any SessionObserver
    ) {
        let captured = work.frame.capturedNanoseconds, decode = work.stages[Stage.decode.rawValue]
        let sample = DecisionSample(
            region: region, at: at,
            stages: [
                begin - captured - decode, decode, look.prepare, look.frameNetwork, look.clipNetwork, at - captured,
            ],
            timeliness: timeliness)
        tasks[region.task].decided += 1
        if timeliness != .inTime { tasks[region.task].missed += 1 }
        if timeliness == .expired { tasks[region.task].expired += 1 }
        for stage in Stage.allCases where sample[stage] > 0 || stage == .age {
            tasks[region.task].stages.record(stage, sample[stage])
        }
        observer.measured(sample)
        guard timeliness != .expired || !hidesExpired, let decision = look.decision else {
            work.expired += 1
            return
        }
        work.decisions.append((region, decision))
    }

    private func account(for work: FrameWork, _ observer: any SessionObserver) {
        guard !work.decisions.isEmpty else {
            if work.expired > 0 {
                frames.drop(.expired)
            } else if work.looked == work.turnedAway {
                frames.drop(.late)
            } else {
                frames.filling += 1
            }
            return
        }
        frames.decided += 1
        let captured = work.frame.capturedNanoseconds
        let age = now() - captured
        stages.record(.wait, work.start - captured)
        stages.record(.age, age)
        for stage in [Stage.decode, .prepare, .frameNetwork, .clipNetwork] where work.stages[stage.rawValue] > 0 {
            stages.record(stage, work.stages[stage.rawValue])
        }
        let parts = recognisers.indices.map { task in
            let own = work.decisions.filter { $0.region.task == task }.map { $0.decision }
            return TaskDecision(name: recognisers[task].name, tracks: own.sorted { $0.track < $1.track })
        }
        observer.decided(
            work.frame,
            FrameDecision(
                frame: work.frame.sequence, capturedNanoseconds: captured, ageNanoseconds: age,
                tasks: parts.filter { !$0.tracks.isEmpty }))
    }

    private func damaged(_ error: CameraError, _ observer: any SessionObserver) {
        frames.drop(.damaged)
        observer.happened(.damaged(error))
    }

    // MARK: Beside the frames

    private func changed(_ event: SourceEvent, _ observer: any SessionObserver) {
        cameraEvents += 1
        // What comes after a gap does not continue the clips before it.
        if event.state == .lost { for recogniser in recognisers { recogniser.forget() } }
        observer.happened(.camera(event))
    }

    private func readHealth(_ observer: any SessionObserver) {
        guard let health else { return }
        let time = now()
        if let last = lastHealth, time - last < Self.healthInterval { return }
        lastHealth = time
        let reading = health.read()
        if !reading.isEmpty { observer.happened(.health(reading, at: time)) }
    }

    /// Frames that brought nothing, by cause, so far, and those lost before they were captured.
    public var dropped: [(cause: String, count: Int)] {
        let counters = counters
        var causes = counters.dropped
        for cause in FrameDrop.allCases where frames.dropped(cause) > 0 {
            if let index = causes.firstIndex(where: { $0.cause == cause.label }) {
                causes[index].count += frames.dropped(cause)
            } else {
                causes.append((cause: cause.label, count: frames.dropped(cause)))
            }
        }
        if counters.lost > 0 { causes.append((cause: "lost", count: counters.lost)) }
        return causes
    }
}

/// What is known of the frame at hand.
private struct FrameWork {
    let frame: Frame
    let start: Int64
    var stages = [Int64](repeating: 0, count: Stage.allCases.count)
    /// Items of the plan that are done with, those turned away among them.
    var looked: Int { looks + turnedAway }
    var looks = 0
    var turnedAway = 0
    var expired = 0
    var decisions: [(region: RegionID, decision: TrackDecision)] = []

    mutating func add(_ look: Look) {
        looks += 1
        stages[Stage.prepare.rawValue] += look.prepare
        stages[Stage.frameNetwork.rawValue] += look.frameNetwork
        stages[Stage.clipNetwork.rawValue] += look.clipNetwork
    }
}
