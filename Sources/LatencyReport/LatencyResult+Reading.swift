import CPlatform

/// Why a latency report cannot be read; the text names the file.
public struct LatencyFileError: Error, Equatable, CustomStringConvertible {
    public var description: String
}

extension LatencyResult {
    /// Reads what `latency --json` wrote.
    public init(path: String) throws(LatencyFileError) {
        var mapping = tp_mapping()
        let error = tp_map_file(path, &mapping)
        guard error == 0 else {
            throw LatencyFileError(description: "\(path): cannot be read: " + String(cString: tp_error_text(error)))
        }
        defer { tp_unmap(&mapping) }
        try self.init(json: UnsafeRawBufferPointer(start: mapping.base, count: mapping.size), file: path)
    }

    /// - Parameter file: The text's name in messages.
    public init(json bytes: UnsafeRawBufferPointer, file: String) throws(LatencyFileError) {
        guard bytes.count <= 4 << 20 else {
            throw LatencyFileError(description: "\(file): larger than 4 MiB, which no latency report is")
        }
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
            throw LatencyFileError(description: "\(file):\(error.line): not JSON: \(error.text)")
        }
        do throws(MissingField) { try self.init(Fields(value)) } catch {
            throw LatencyFileError(
                description: "\(file): no latency report of this version: \(error.name) is missing or of another kind; "
                    + "make one with `tidepool-edge latency --json FILE`")
        }
    }
}

/// A field that is not as it should be.
private struct MissingField: Error {
    var name: String
}

/// The entries of an object, by name and kind.
private struct Fields {
    private let entries: [(name: String, value: JSONValue)]

    init(_ value: JSONValue, _ name: String = "the object") throws(MissingField) {
        guard case .object(let entries) = value else { throw MissingField(name: name) }
        self.entries = entries
    }

    func value(_ name: String) -> JSONValue? { entries.first { $0.name == name }?.value }

    func string(_ name: String) throws(MissingField) -> String {
        guard case .string(let text) = value(name) else { throw MissingField(name: name) }
        return text
    }

    func bool(_ name: String) throws(MissingField) -> Bool {
        guard case .bool(let value) = value(name) else { throw MissingField(name: name) }
        return value
    }

    func number(_ name: String) throws(MissingField) -> Double {
        guard case .number(let number) = value(name), number >= 0, number < 1e12 else { throw MissingField(name: name) }
        return number
    }

    /// A number, or nil for null.
    func optional(_ name: String) throws(MissingField) -> Double? {
        if case .null = value(name) { return nil }
        return try number(name)
    }

    func count(_ name: String) throws(MissingField) -> Int { Int(try number(name)) }

    func list(_ name: String) throws(MissingField) -> [JSONValue] {
        guard case .array(let elements) = value(name) else { throw MissingField(name: name) }
        return elements
    }

    func objects(_ name: String) throws(MissingField) -> [Fields] {
        var found: [Fields] = []
        for element in try list(name) { found.append(try Fields(element, name)) }
        return found
    }

    func counts(_ name: String) throws(MissingField) -> [LatencyResult.Count] {
        guard let value = value(name) else { throw MissingField(name: name) }
        let inner = try Fields(value, name)
        var counts: [LatencyResult.Count] = []
        for entry in inner.entries { counts.append(.init(cause: entry.name, count: try inner.count(entry.name))) }
        return counts
    }
}

extension LatencyResult {
    fileprivate init(_ fields: Fields) throws(MissingField) {
        guard try fields.count("tidepool_latency") == Self.format else { throw MissingField(name: "tidepool_latency") }
        board = try fields.string("board")
        source = try fields.string("source")
        policy = try fields.string("policy")
        threads = try fields.count("threads")
        seconds = try fields.number("seconds")
        captured = try fields.count("captured")
        decided = try fields.count("decided")
        filling = try fields.count("filling")
        dropped = try fields.counts("dropped")
        for task in try fields.objects("tasks") { tasks.append(try TaskLatency(task)) }
        for event in try fields.objects("events") {
            events.append(
                Event(
                    at: try event.number("at"), kind: try event.string("kind"), level: try event.count("level"),
                    text: try event.string("text")))
        }
        for reading in try fields.objects("health") {
            var throttled: [String] = []
            for reason in try reading.list("throttled") {
                guard case .string(let text) = reason else { throw MissingField(name: "throttled") }
                throttled.append(text)
            }
            health.append(
                Health(
                    at: try reading.number("at"), frequencyMHz: try reading.optional("frequency_mhz").map { Int($0) },
                    temperature: try reading.optional("temperature_c"), throttled: throttled))
        }
        for check in try fields.objects("checks") {
            checks.append(
                Check(
                    subject: try check.string("subject"), promise: try check.string("promise"),
                    found: try check.string("found"), isKept: try check.bool("kept")))
        }
    }
}

extension TaskLatency {
    fileprivate init(_ fields: Fields) throws(MissingField) {
        name = try fields.string("name")
        model = try fields.string("model")
        instructionSet = try fields.string("isa")
        budget = try fields.number("budget_ms")
        ageLimit = try fields.number("age_limit_ms")
        rate = try fields.number("rate")
        leastRate = try fields.number("least_rate")
        decided = try fields.count("decided")
        missed = try fields.count("missed")
        expired = try fields.count("expired")
        regions = try fields.count("regions")
        dropped = try fields.counts("dropped")
        for stage in try fields.objects("latency_ms") {
            var values: [Double] = []
            for label in Percentiles.labels { values.append(try stage.number(label)) }
            stages.append(
                Percentiles(stage: try stage.string("stage"), count: try stage.count("count"), values: values))
        }
        if let value = fields.value("drift") {
            let part = try Fields(value, "drift")
            drift = Drift(
                window: try part.number("window_s"), firstP50: try part.number("first_p50"),
                firstP99: try part.number("first_p99"), lastP50: try part.number("last_p50"),
                lastP99: try part.number("last_p99"))
        }
        guard let bins = fields.value("age_histogram") else { throw MissingField(name: "age_histogram") }
        let part = try Fields(bins, "age_histogram")
        histogram.width = try part.number("width_ms")
        for value in try part.list("counts") {
            guard case .number(let count) = value, count >= 0, count < 1e12 else { throw MissingField(name: "counts") }
            histogram.counts.append(Int(count))
        }
        for column in try fields.objects("timeline") {
            timeline.append(
                Column(
                    at: try column.number("at"), decided: try column.count("decided"), p50: try column.number("p50"),
                    maximum: try column.number("max")))
        }
    }
}
