import Budget
import Camera

extension SessionEvent {
    /// One line of JSON, `{"event":"camera",…}`.
    public func json() -> String {
        var line = JSONText()
        line.object { line in
            line.key("event")
            switch self {
            case .camera(let event):
                line.string("camera")
                line.key("state")
                line.string(event.state.label)
                if let cause = event.cause {
                    line.key("cause")
                    line.string(cause.label)
                }
                line.key("detail")
                line.string(event.detail)
                line.key("at_ns")
                line.number(Int(event.atNanoseconds))
                line.key("attempt")
                line.number(event.attempt)
            case .ladder(let change):
                line.string("ladder")
                line.key("level")
                line.number(change.level)
                line.key("rung")
                line.string(change.rung.label)
                line.key("because")
                line.string(change.because)
                line.key("at_ns")
                line.number(Int(change.at))
            case .health(let health, let at):
                line.string("health")
                health.write(to: &line)
                line.key("at_ns")
                line.number(Int(at))
            case .damaged(let error):
                line.string("damaged")
                line.key("detail")
                line.string(error.description)
            }
        }
        return line.text
    }

    /// A line for people.
    public var words: String {
        switch self {
        case .camera(let event):
            let cause = event.cause.map { " (\($0.label))" } ?? ""
            return "camera \(event.state.label)\(cause): \(event.detail)"
        case .ladder(let change):
            let direction = change.isDescent ? "less" : "more"
            return "\(direction), level \(change.level): \(change.rung.label); \(change.because)"
        case .health(let health, _):
            var parts: [String] = []
            if let frequency = health.frequencyMHz { parts.append("\(frequency) MHz") }
            if let temperature = health.temperature { parts.append((decimal(temperature, places: 1) ?? "?") + " °C") }
            return "board " + (parts + health.throttled).joined(separator: ", ")
        case .damaged(let error): return error.description
        }
    }
}
