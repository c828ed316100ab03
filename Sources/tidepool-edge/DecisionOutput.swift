import Budget
import Camera
import ModelFile
import PoolScene
import Recognition
import Runtime

/// Decisions as lines, for people or as JSON, and the summary at the end.
final class DecisionOutput: SessionObserver {
    private let session: Session
    private let asJSON: Bool
    private let annotator: Annotator?
    private var lastDropped: [(cause: String, count: Int)] = []

    init(_ session: Session, asJSON: Bool, picture: String?) {
        self.session = session
        self.asJSON = asJSON
        annotator = picture.map { Annotator(path: $0) }
    }

    func decided(_ frame: Frame, _ decision: FrameDecision) {
        annotator?.remember(frame, decision)
        if asJSON {
            Console.write(decision.json(dropped: droppedSince(), withAges: session.recognisers.count > 1))
            return
        }
        for task in decision.tasks {
            for track in task.tracks { write(track, of: task, frame: decision.frame) }
        }
    }

    func happened(_ event: SessionEvent) {
        if asJSON { Console.write(event.json()) }
        // People see in the same place what belongs together; programs have their own channel for troubles.
        if case .damaged = event { return Console.error(event.words) }
        if !asJSON { Console.write(event.words) }
    }

    private func write(_ track: TrackDecision, of task: TaskDecision, frame: Int) {
        var line = "frame \(frame)  age \(milliseconds(track.ageNanoseconds))  "
        if session.recognisers.count > 1 { line += task.name + " " }
        line += "#\(track.track) "
        for result in track.results { line += "  \(result.name) \(words(result))" }
        if let match = track.match { line += "  swimmer \(match.words)" }
        if track.isInTrouble == true { line += "  IN TROUBLE" }
        if let truth = track.truth { line += "  (truth: \(truth.action.label), \(truth.identityLabel))" }
        Console.write(line)
    }

    func finish() throws(ProgramError) {
        try annotator?.write()
        Console.write(asJSON ? session.summaryJSON() : summary())
    }

    /// What was dropped since the last decision.
    private func droppedSince() -> [(cause: String, count: Int)] {
        let now = session.dropped
        let since = now.map { entry in
            (cause: entry.cause, count: entry.count - (lastDropped.first { $0.cause == entry.cause }?.count ?? 0))
        }
        lastDropped = now
        return since.filter { $0.count > 0 }
    }

    private func summary() -> String {
        var rows = [["stage", "p50 ms", "p95 ms", "p99 ms", "max ms"]]
        for stage in Stage.allCases where session.stages[stage].count > 0 {
            let histogram = session.stages[stage]
            rows.append(
                [stage.label]
                    + [
                        histogram.percentile(0.5), histogram.percentile(0.95), histogram.percentile(0.99),
                        histogram.maximum,
                    ].map { decimal(Double($0) / 1e6, places: 2) ?? "-" })
        }
        let drops = session.dropped.map { "\($0.cause) \($0.count)" }.joined(separator: ", ")
        var text = "\n" + table(rows) + "\n\n"
        text += "\(session.counters.captured) frames captured, \(session.frames.decided) decided, "
        text += "\(session.frames.filling) filling clips, dropped: \(drops.isEmpty ? "none" : drops)"
        for (promise, account) in zip(session.promises ?? [], session.tasks) {
            text += "\n\(promise.name), budget \(milliseconds(promise.p99)): "
            text += "\(account.missed) of \(account.decided) decisions came late"
        }
        return text
    }

    private func milliseconds(_ nanoseconds: Int64) -> String {
        (decimal(Double(nanoseconds) / 1e6, places: 1) ?? "-") + " ms"
    }
}

/// A result in a few words: "freestyle 97 %", "31.4".
func words(_ result: TaskResult) -> String {
    switch result.answer {
    case .label(let label, let probability): label + " " + (decimal(probability * 100, places: 0) ?? "-") + " %"
    case .number(let value): decimal(value, places: 1) ?? "-"
    }
}
