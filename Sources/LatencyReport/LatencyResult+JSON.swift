import Recognition

extension LatencyResult {
    /// One object, as `latency --json` prints it and `latency-report` reads it.
    public func json() -> String {
        var line = JSONText()
        line.object { line in
            line.key("tidepool_latency")
            line.number(Self.format)
            line.pairs([("board", board), ("source", source), ("policy", policy)])
            line.pairs([("threads", threads), ("captured", captured), ("decided", decided), ("filling", filling)])
            line.pairs([("seconds", seconds)])
            line.key("kept")
            line.bool(isKept)
            line.key("dropped")
            line.counts(dropped.map { (cause: $0.cause, count: $0.count) })
            line.list("tasks", tasks) { $0.write(&$1) }
            line.list("events", events) { event, line in
                line.pairs([("at", event.at)])
                line.pairs([("kind", event.kind), ("text", event.text)])
                line.pairs([("level", event.level)])
            }
            line.list("health", health) { reading, line in
                line.pairs([
                    ("at", reading.at), ("frequency_mhz", reading.frequencyMHz.map { Double($0) } ?? .nan),
                    ("temperature_c", reading.temperature ?? .nan),
                ])
                line.key("throttled")
                line.array { line in for reason in reading.throttled { line.string(reason) } }
            }
            line.list("checks", checks) { check, line in
                line.pairs([("subject", check.subject), ("promise", check.promise), ("found", check.found)])
                line.key("kept")
                line.bool(check.isKept)
            }
        }
        return line.text
    }

    static let format = 1
}

extension TaskLatency {
    fileprivate func write(_ line: inout JSONText) {
        line.pairs([("name", name), ("model", model), ("isa", instructionSet)])
        line.pairs([
            ("budget_ms", budget), ("age_limit_ms", ageLimit), ("rate", rate), ("least_rate", leastRate),
        ])
        line.pairs([("decided", decided), ("missed", missed), ("expired", expired), ("regions", regions)])
        line.key("dropped")
        line.counts(dropped.map { (cause: $0.cause, count: $0.count) })
        line.list("latency_ms", stages) { stage, line in
            line.pairs([("stage", stage.stage)])
            line.pairs([("count", stage.count)])
            for (label, value) in zip(Percentiles.labels, stage.values) { line.pairs([(label, value)]) }
        }
        if let drift {
            line.key("drift")
            line.object { line in
                line.pairs([
                    ("window_s", drift.window), ("first_p50", drift.firstP50), ("first_p99", drift.firstP99),
                    ("last_p50", drift.lastP50), ("last_p99", drift.lastP99),
                ])
            }
        }
        line.key("age_histogram")
        line.object { line in
            line.pairs([("width_ms", histogram.width)])
            line.key("counts")
            line.array { line in for count in histogram.counts { line.number(count) } }
        }
        line.list("timeline", timeline) { column, line in
            line.pairs([("at", column.at), ("p50", column.p50), ("max", column.maximum)])
            line.pairs([("decided", column.decided)])
        }
    }
}

extension JSONText {
    mutating func pairs(_ pairs: [(String, String)]) {
        for (name, value) in pairs {
            key(name)
            string(value)
        }
    }

    mutating func pairs(_ pairs: [(String, Int)]) {
        for (name, value) in pairs {
            key(name)
            number(value)
        }
    }

    mutating func pairs(_ pairs: [(String, Double)]) {
        for (name, value) in pairs {
            key(name)
            number(value, places: 3)
        }
    }

    /// A list of objects.
    mutating func list<Element>(_ name: String, _ elements: [Element], _ write: (Element, inout JSONText) -> Void) {
        key(name)
        array { line in
            for element in elements { line.object { line in write(element, &line) } }
        }
    }
}
