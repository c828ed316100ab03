import Budget
import Camera
import ModelFile
import PoolScene
import Recognition
import Runtime

/// Listens to a session and makes a `LatencyResult` of what it hears.
public final class LatencyRecorder: SessionObserver {
    private struct Sample {
        var at: Int64
        var age: Int64
        var region: RegionID
        var wasShown: Bool
    }

    private let session: Session
    private let begin: Int64
    private let hidesExpired: Bool
    private var samples: [Sample] = []
    private var events: [LatencyResult.Event] = []
    private var health: [LatencyResult.Health] = []

    private static let columns = 240
    private static let bins = 60
    private static let mostEvents = 2_000

    /// - Parameter begin: When the run begins, on the session's clock.
    public init(_ session: Session, begin: Int64, hidesExpired: Bool) {
        self.session = session
        self.begin = begin
        self.hidesExpired = hidesExpired
        samples.reserveCapacity(1 << 16)
    }

    public func decided(_ frame: Frame, _ decision: FrameDecision) {}

    public func measured(_ sample: DecisionSample) {
        samples.append(
            Sample(
                at: sample.at, age: sample[.age], region: sample.region,
                wasShown: sample.timeliness != .expired || !hidesExpired))
    }

    public func happened(_ event: SessionEvent) {
        switch event {
        case .health(let reading, let at):
            health.append(
                LatencyResult.Health(
                    at: seconds(at), frequencyMHz: reading.frequencyMHz, temperature: reading.temperature,
                    throttled: reading.throttled))
        case .camera(let change): note("camera", change.atNanoseconds, level: 0, event.words)
        case .ladder(let change): note("ladder", change.at, level: change.level, event.words)
        case .damaged: note("damaged", samples.last?.at ?? begin, level: 0, event.words)
        }
    }

    private func note(_ kind: String, _ at: Int64, level: Int, _ text: String) {
        guard events.count < Self.mostEvents else { return }
        events.append(LatencyResult.Event(at: seconds(at), kind: kind, level: level, text: text))
    }

    private func seconds(_ at: Int64) -> Double { max(0, Double(at - begin) / 1e9) }

    // MARK: The result

    /// - Parameter end: When the run ended.
    public func result(end: Int64) -> LatencyResult {
        var result = LatencyResult()
        result.source = session.source.summary
        result.seconds = seconds(end)
        result.captured = session.counters.captured
        result.decided = session.frames.decided
        result.filling = session.frames.filling
        result.dropped = session.dropped.map { LatencyResult.Count(cause: $0.cause, count: $0.count) }
        result.events = events
        result.health = health
        result.tasks = session.recognisers.indices.map { task(at: $0, end: end) }
        result.checks = checks(result)
        return result
    }

    private func task(at index: Int, end: Int64) -> TaskLatency {
        let recogniser = session.recognisers[index], account = session.tasks[index]
        var task = TaskLatency()
        task.name = recogniser.name
        task.model = recogniser.network.model.description.name
        task.instructionSet = recogniser.network.isaName
        if let promise = session.promises?[index] {
            task.budget = Double(promise.p99) / 1e6
            task.ageLimit = Double(promise.ageLimit) / 1e6
            task.rate = promise.rate
        }
        (task.decided, task.missed, task.expired) = (account.decided, account.missed, account.expired)
        task.dropped = account.dropped.map { LatencyResult.Count(cause: $0.cause, count: $0.count) }
        task.stages = Stage.allCases.compactMap { TaskLatency.Percentiles($0, account.stages[$0]) }
        let own = samples.filter { $0.region.task == index }
        (task.regions, task.leastRate) = rates(own)
        task.drift = drift(own, end: end)
        task.histogram = histogram(own, budget: session.promises?[index].p99 ?? 0)
        task.timeline = timeline(own, end: end)
        return task
    }

    /// How many regions there were, and the decisions a second, from the first to the last, of the one that had fewest.
    private func rates(_ samples: [Sample]) -> (regions: Int, least: Double) {
        var spans: [(region: Int, first: Int64, last: Int64, count: Int)] = []
        for sample in samples {
            if let index = spans.firstIndex(where: { $0.region == sample.region.region }) {
                spans[index].last = sample.at
                spans[index].count += 1
            } else {
                spans.append((sample.region.region, sample.at, sample.at, 1))
            }
        }
        let rates = spans.map { $0.last > $0.first ? Double($0.count - 1) / (Double($0.last - $0.first) / 1e9) : 0 }
        return (spans.count, rates.min() ?? 0)
    }

    /// First against last minute, or tenth of a run shorter than ten minutes.
    private func drift(_ samples: [Sample], end: Int64) -> TaskLatency.Drift? {
        let window = min((end - begin) / 10, 60_000_000_000)
        let first = samples.filter { $0.at - begin <= window }.map { $0.age }.sorted()
        let last = samples.filter { end - $0.at <= window }.map { $0.age }.sorted()
        guard !first.isEmpty, !last.isEmpty else { return nil }
        return TaskLatency.Drift(
            window: Double(window) / 1e9, firstP50: rank(first, 50), firstP99: rank(first, 99), lastP50: rank(last, 50),
            lastP99: rank(last, 99))
    }

    /// The nearest rank of sorted nanoseconds, in milliseconds.
    private func rank(_ sorted: [Int64], _ percent: Int) -> Double {
        Double(sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]) / 1e6
    }

    private func histogram(_ samples: [Sample], budget: Int64) -> TaskLatency.AgeHistogram {
        var histogram = TaskLatency.AgeHistogram()
        guard !samples.isEmpty else { return histogram }
        let sorted = samples.map { $0.age }.sorted()
        let reach = max(Double(budget) / 1e6, rank(sorted, 99)) * 1.25
        histogram.width = max(reach / Double(Self.bins), 0.001)
        histogram.counts = [Int](repeating: 0, count: Self.bins + 1)
        for age in sorted {
            let bin = Double(max(0, age)) / 1e6 / histogram.width
            histogram.counts[bin < Double(Self.bins) ? Int(bin) : Self.bins] += 1
        }
        return histogram
    }

    /// A column a second, or fewer and longer ones.
    private func timeline(_ samples: [Sample], end: Int64) -> [TaskLatency.Column] {
        let width = max(1_000_000_000, (end - begin) / Int64(Self.columns) + 1)
        let count = Int((end - begin) / width) + 1
        var ages = [[Int64]](repeating: [], count: min(count, Self.columns + 1))
        for sample in samples {
            let column = Int(max(0, sample.at - begin) / width)
            if column < ages.count { ages[column].append(sample.age) }
        }
        return ages.enumerated().map { index, ages in
            let sorted = ages.sorted()
            return TaskLatency.Column(
                at: Double(Int64(index) * width) / 1e9, decided: sorted.count,
                p50: sorted.isEmpty ? 0 : rank(sorted, 50), maximum: Double(sorted.last ?? 0) / 1e6)
        }
    }

    // MARK: The promises

    private func checks(_ result: LatencyResult) -> [LatencyResult.Check] {
        var checks: [LatencyResult.Check] = []
        for (index, task) in result.tasks.enumerated() {
            func check(_ promise: String, _ found: String, _ isKept: Bool) {
                checks.append(.init(subject: task.name, promise: promise, found: found, isKept: isKept))
            }
            check("decides", "\(task.decided) decisions", task.decided > 0)
            guard task.budget > 0 else { continue }
            let p99 = task.age?.values[TaskLatency.Percentiles.p99] ?? .infinity
            check(
                "p99 of the age at most \(text(task.budget)) ms",
                task.decided == 0 ? "no decisions" : "\(text(p99)) ms", p99 <= task.budget)
            let old = samples.filter {
                $0.region.task == index && $0.wasShown && Double($0.age) / 1e6 > task.ageLimit
            }
            check("nothing shown that is older than \(text(task.ageLimit)) ms", "\(old.count) decisions", old.isEmpty)
            if task.rate > 0 {
                check(
                    "at least 95 % of \(text(task.rate)) decisions a second for each region",
                    "\(text(task.leastRate)) a second", task.leastRate >= 0.95 * task.rate)
            }
        }
        let accounted = result.decided + result.filling
            + result.dropped.filter { $0.cause != "lost" }.reduce(0) { $0 + $1.count }
        checks.append(
            .init(
                subject: "session", promise: "every captured frame is in one account",
                found: "\(result.captured) captured, \(accounted) accounted for", isKept: accounted == result.captured))
        return checks
    }

    private func text(_ value: Double) -> String { decimal(value, places: 1) ?? "?" }
}

extension TaskLatency.Percentiles {
    /// `nil` for a stage that was never reached.
    init?(_ stage: Stage, _ histogram: Histogram) {
        guard histogram.count > 0 else { return nil }
        self.init(
            stage: stage.label, count: histogram.count,
            values: [0.5, 0.9, 0.95, 0.99, 0.999].map { Double(histogram.percentile($0)) / 1e6 }
                + [Double(histogram.maximum) / 1e6])
    }
}
