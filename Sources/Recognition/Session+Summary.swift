import Budget
import Camera
import ModelFile
import Runtime

extension Session {
    /// The last line of a run: what was opened, every account, and percentiles in milliseconds.
    public func summaryJSON() -> String {
        let counters = counters
        var line = JSONText()
        line.object { line in
            line.key("summary")
            line.object { line in
                if recognisers.count == 1 { recognisers[0].write(to: &line) }
                line.key("source")
                line.string(source.summary)
                for (key, count) in [
                    ("captured", counters.captured), ("taken", frames.taken), ("decided", frames.decided),
                    ("filling", frames.filling),
                ] {
                    line.key(key)
                    line.number(count)
                }
                line.key("dropped")
                line.counts(dropped)
                for (key, count) in [
                    ("reopens", counters.reopens), ("stalls", counters.stalls), ("clock_faults", counters.clockFaults),
                    ("camera_events", cameraEvents),
                ] {
                    line.key(key)
                    line.number(count)
                }
                if let promises {
                    if promises.count == 1 {
                        line.key("budget_ms")
                        line.milliseconds(promises[0].p99, places: 1)
                    }
                    line.key("missed")
                    line.number(tasks.reduce(0) { $0 + $1.missed })
                }
                line.key("latency_ms")
                line.percentiles(of: stages)
                if recognisers.count > 1 {
                    line.key("tasks")
                    line.array { line in for task in tasks.indices { write(task, to: &line) } }
                }
            }
        }
        return line.text
    }

    private func write(_ task: Int, to line: inout JSONText) {
        let account = tasks[task]
        line.object { line in
            line.key("name")
            line.string(recognisers[task].name)
            recognisers[task].write(to: &line)
            if let promises {
                line.key("budget_ms")
                line.milliseconds(promises[task].p99, places: 1)
            }
            for (key, count) in [
                ("decided", account.decided), ("missed", account.missed), ("expired", account.expired),
            ] {
                line.key(key)
                line.number(count)
            }
            line.key("dropped")
            line.counts(account.dropped)
            line.key("latency_ms")
            line.percentiles(of: account.stages)
        }
    }
}

extension Recogniser {
    fileprivate func write(to line: inout JSONText) {
        line.key("model")
        line.string(network.model.description.name)
        line.key("regions")
        if case .truth = regions { line.string("truth") } else { line.string("given") }
        line.key("isa")
        line.string(network.isaName)
    }
}

extension JSONText {
    /// `{"stale":3,"late":1}`.
    public mutating func counts(_ entries: [(cause: String, count: Int)]) {
        object { line in
            for (cause, count) in entries {
                line.key(cause)
                line.number(count)
            }
        }
    }

    public mutating func milliseconds(_ nanoseconds: Int64, places: Int = 3) {
        number(Double(nanoseconds) / 1e6, places: places)
    }

    /// An object a stage that was reached.
    mutating func percentiles(of stages: StageHistograms) {
        object { line in
            for stage in Stage.allCases where stages[stage].count > 0 {
                let histogram = stages[stage]
                line.key(stage.label)
                line.object { line in
                    for (name, value) in [
                        ("p50", histogram.percentile(0.5)), ("p95", histogram.percentile(0.95)),
                        ("p99", histogram.percentile(0.99)), ("max", histogram.maximum),
                    ] {
                        line.key(name)
                        line.milliseconds(value)
                    }
                }
            }
        }
    }
}
