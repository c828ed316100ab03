import Budget
import Camera
import ModelFile
import PoolScene
import Runtime

extension ModelDescription {
    /// What the tracks of this model are called in the output: "swimmers" or "faces".
    public var subject: String {
        provenance.first { $0.key == "subject" }?.value ?? (clip == nil ? "faces" : "swimmers")
    }
}

extension FrameDecision {
    /// One line: `{"frame":…,"captured_ns":…,"age_ms":…,"swimmers":[…],"dropped":{…}}`; boxes in 0…1, `scores` the raw
    /// integers.
    public func json(subject: String, dropped: [(cause: String, count: Int)]) -> String {
        var line = JSONText()
        line.object { line in
            line.key("frame")
            line.number(frame)
            line.key("captured_ns")
            line.number(Int(capturedNanoseconds))
            line.key("age_ms")
            line.number(Double(ageNanoseconds) / 1e6, places: 1)
            line.key(subject)
            line.array { line in for track in tracks { track.write(to: &line) } }
            line.key("dropped")
            line.object { line in
                for (cause, count) in dropped {
                    line.key(cause)
                    line.number(count)
                }
            }
        }
        return line.text
    }
}

extension TrackDecision {
    func write(to line: inout JSONText) {
        line.object { line in
            line.key("track")
            line.number(track)
            line.key("box")
            line.array { line in
                for edge in [box.x0, box.y0, box.x1, box.y1] { line.number(Double(edge), places: 4) }
            }
            for result in results {
                line.key(result.name)
                switch result.answer {
                case .label(let label, let probability):
                    line.object { line in
                        line.key("label")
                        line.string(label)
                        line.key("p")
                        line.number(probability, places: 4)
                    }
                case .number(let value): line.number(value, places: 1)
                }
            }
            if let match {
                line.key("swimmer")
                match.write(to: &line)
            }
            line.key("scores")
            line.object { line in
                for result in results {
                    line.key(result.name)
                    line.array { line in for score in result.scores { line.number(Int(score)) } }
                }
            }
            if let truth { truth.write(to: &line) }
        }
    }
}

extension SwimmerTruth {
    func write(to line: inout JSONText) {
        line.key("truth")
        line.object { line in
            line.key("action")
            line.string(action.label)
            line.key("identity")
            line.string(identityLabel)
        }
    }
}

extension Session {
    /// The last line of a run: what was opened, every account, and percentiles in milliseconds.
    public func summaryJSON() -> String {
        let model = recogniser.network.model.description
        var line = JSONText()
        line.object { line in
            line.key("summary")
            line.object { line in
                line.key("model")
                line.string(model.name)
                line.key("source")
                line.string(source.summary)
                line.key("regions")
                if case .truth = recogniser.regions { line.string("truth") } else { line.string("given") }
                line.key("isa")
                line.string(recogniser.network.isaName)
                line.key("captured")
                line.number(source.counters.captured)
                line.key("taken")
                line.number(framesTaken)
                line.key("decided")
                line.number(decided)
                line.key("filling")
                line.number(filling)
                line.key("dropped")
                line.object { line in
                    for (cause, count) in dropped {
                        line.key(cause)
                        line.number(count)
                    }
                }
                if let budget {
                    line.key("budget_ms")
                    line.number(Double(budget.limit) / 1e6, places: 1)
                    line.key("missed")
                    line.number(budget.missed)
                }
                line.key("latency_ms")
                line.object { line in for stage in Stage.allCases { write(stage, to: &line) } }
            }
        }
        return line.text
    }

    private func write(_ stage: Stage, to line: inout JSONText) {
        let histogram = stages[stage]
        guard histogram.count > 0 else { return }
        line.key(stage.label)
        line.object { line in
            for (name, value) in [
                ("p50", histogram.percentile(0.5)), ("p95", histogram.percentile(0.95)),
                ("p99", histogram.percentile(0.99)), ("max", histogram.maximum),
            ] {
                line.key(name)
                line.number(Double(value) / 1e6, places: 3)
            }
        }
    }
}
