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
    ///
    /// - Parameter withAges: Each track says how old the frame was when it was decided.
    public func json(dropped: [(cause: String, count: Int)], withAges: Bool = false) -> String {
        var line = JSONText()
        line.object { line in
            line.key("frame")
            line.number(frame)
            line.key("captured_ns")
            line.number(Int(capturedNanoseconds))
            line.key("age_ms")
            line.milliseconds(ageNanoseconds, places: 1)
            for task in tasks {
                line.key(task.name)
                line.array { line in for track in task.tracks { track.write(to: &line, withAge: withAges) } }
            }
            line.key("dropped")
            line.counts(dropped)
        }
        return line.text
    }
}

extension TrackDecision {
    func write(to line: inout JSONText, withAge: Bool = false) {
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
            if let isInTrouble {
                line.key("trouble")
                line.bool(isInTrouble)
            }
            if withAge {
                line.key("age_ms")
                line.milliseconds(ageNanoseconds, places: 1)
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
