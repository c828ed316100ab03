import Foundation

/// Runs of `tidepool-edge run --json` with one policy.
struct MeasuredRun: Codable {
    struct Part: Codable {
        /// The lines that it wrote.
        let file: String
        /// When the load came and went, in seconds of the monotonic clock.
        let load: [Double]
    }

    let policy: String
    let parts: [Part]
}

/// What `Board/stress` measured: the policies in turns, each with and without load.
struct MeasuredLoad: Codable {
    let name: String
    let summary: String
    /// The promise, in milliseconds.
    let budget: Double
    let runs: [MeasuredRun]

    /// - Throws: `CommandError` that names the file and what is wrong in it.
    init(path: String) throws {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw CommandError("\(path): cannot be read: \(error.localizedDescription)")
        }
        do { self = try JSONDecoder().decode(MeasuredLoad.self, from: data) } catch {
            throw CommandError("\(path): not what Board/stress writes; run it again")
        }
    }

    /// - Parameter folder: What the names of files are relative to.
    func comparison(in folder: String) throws -> PolicyComparison {
        PolicyComparison(
            name: name, summary: summary, budget: budget,
            traces: try runs.map { run in
                let parts = try run.parts.map { try MeasuredPart(path: folder + "/" + $0.file, $0.load, budget) }
                return PolicyTrace(run.policy, parts, budget: budget)
            })
    }
}

/// The decisions of one run, in seconds from the first frame decided.
struct MeasuredPart {
    struct Decision {
        let time: Double
        let track: Int
        /// Milliseconds.
        let age: Double
    }

    private(set) var decisions: [Decision] = []
    private(set) var levels: [(time: Double, level: Int)] = []
    private(set) var duration = 0.0
    /// When the load changed.
    private(set) var changes = [0.0]

    /// - Parameters:
    ///   - load: When the load came and went, in seconds of the monotonic clock.
    ///   - budget: The promise in milliseconds. What was decided past the age limit, and therefore not said, counts as
    ///     three times as old.
    init(path: String, _ load: [Double], _ budget: Double) throws {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandError("\(path): cannot be read; run Board/stress again")
        }
        var begin: Double?
        for (number, line) in text.split(separator: "\n").enumerated() {
            guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
                throw CommandError("\(path):\(number + 1): not a line of JSON")
            }
            if let captured = object["captured_ns"] as? Double, let age = object["age_ms"] as? Double {
                let time = captured / 1e9 + age / 1e3
                begin = begin ?? captured / 1e9
                add(object, at: time - begin!, age: age)
                let unsaid = (object["dropped"] as? [String: Any])?["expired"] as? Int ?? 0
                let expired = Decision(time: time - begin!, track: -1, age: 3 * budget)
                decisions += [Decision](repeating: expired, count: unsaid)
            } else if object["event"] as? String == "ladder", let at = object["at_ns"] as? Double,
                let level = object["level"] as? Int
            {
                levels.append((at / 1e9 - (begin ?? at / 1e9), level))
            }
        }
        guard let begin else { throw CommandError("\(path): nothing was decided in this run") }
        changes += load.map { $0 - begin }
    }

    /// Every array of a decision's line holds the tracks of one task.
    private mutating func add(_ object: [String: Any], at time: Double, age: Double) {
        for case let tracks as [[String: Any]] in object.values {
            for track in tracks {
                decisions.append(
                    Decision(time: time, track: track["track"] as? Int ?? 0, age: track["age_ms"] as? Double ?? age))
            }
        }
        duration = max(duration, time)
    }

    func level(at time: Double) -> Int { levels.last { $0.time <= time }?.level ?? 0 }

    /// The longest time between two decisions on the same track, in seconds.
    var longestWait: Double {
        Set(decisions.map(\.track)).filter { $0 >= 0 }.map { track in
            let times = [0] + decisions.filter { $0.track == track }.map(\.time) + [duration]
            return zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? 0
        }.max() ?? 0
    }
}

extension PolicyTrace {
    /// Seconds of all parts one after the other; the promise is judged in each whole second as in the simulation, and
    /// no look is excused for having been long.
    init(_ policy: String, _ parts: [MeasuredPart], budget: Double) {
        self.init(policy: policy, totals: Totals(), seconds: [])
        for part in parts {
            for second in 0..<Int(part.duration) {
                let ages = part.decisions.filter { Int($0.time) == second }.map(\.age).sorted()
                let adapting = part.changes.contains { $0 > Double(second) - 2 && $0 < Double(second) + 1 }
                let p99 = Self.nearestRank(ages, 0.99)
                let isKept = p99.map { $0 <= budget } ?? false
                let promise = adapting ? "excused" : isKept ? "kept" : "broken"
                seconds.append(
                    Second(
                        decisions: ages.count, p50: Self.nearestRank(ages, 0.5), p99: p99,
                        level: part.level(at: Double(second + 1)), promise: promise))
            }
        }
        let ages = parts.flatMap(\.decisions).map(\.age).sorted()
        totals.kept = seconds.count { $0.promise == "kept" }
        totals.broken = seconds.count { $0.promise == "broken" }
        totals.excused = seconds.count { $0.promise == "excused" }
        totals.decisionsPerSecond = Double(ages.count) / max(1, parts.reduce(0) { $0 + $1.duration })
        totals.latePerMille = 1000 * Double(ages.count { $0 > budget }) / Double(max(1, ages.count))
        totals.p99 = Self.nearestRank(ages, 0.99) ?? 0
        totals.deepestLevel = parts.flatMap(\.levels).map(\.level).max() ?? 0
        totals.changes = parts.reduce(0) { $0 + $1.levels.count }
        totals.longestWait = (parts.map(\.longestWait).max() ?? 0) * 1000
    }

    private static func nearestRank(_ sorted: [Double], _ fraction: Double) -> Double? {
        sorted.isEmpty ? nil : sorted[max(0, Int((fraction * Double(sorted.count)).rounded(.up)) - 1)]
    }
}
