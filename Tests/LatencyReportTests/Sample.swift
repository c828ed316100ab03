import Budget
@testable import LatencyReport

/// A result with everything in it, hostile names among them.
func sampleResult(p99: Double = 80) -> LatencyResult {
    var task = TaskLatency()
    task.name = "swimmers <&\"'>\u{1}"
    task.model = "swimmer"
    task.instructionSet = "neon"
    (task.budget, task.ageLimit, task.rate, task.leastRate) = (120, 360, 10, 12.5)
    (task.decided, task.missed, task.expired, task.regions) = (300, 2, 1, 2)
    task.dropped = [.init(cause: "late", count: 4)]
    task.stages = [
        .init(stage: "decode", count: 300, values: [1, 2, 3, 4, 5, 6.5]),
        .init(stage: "age", count: 300, values: [40, 60, 70, p99, 90, 130]),
    ]
    task.drift = .init(window: 3, firstP50: 40, firstP99: 70, lastP50: 45, lastP99: 85)
    task.histogram = .init(width: 2, counts: [0, 10, 100, 150, 39, 1])
    task.timeline = (0..<30).map { .init(at: Double($0), decided: $0 == 7 ? 0 : 10, p50: 40, maximum: 90) }
    var result = LatencyResult()
    (result.board, result.source, result.policy, result.threads) = ("Pi \u{1F3CA}", "pool \\ scene\n", "budget", 2)
    (result.seconds, result.captured, result.decided, result.filling) = (30, 900, 300, 500)
    result.dropped = [.init(cause: "stale", count: 100), .init(cause: "lost", count: 3)]
    result.tasks = [task]
    result.events = [
        .init(at: 3, kind: "ladder", level: 2, text: "less, level 2"),
        .init(at: 9.5, kind: "camera", level: 0, text: "camera lost (gone): </script>"),
    ]
    result.health = [
        .init(at: 0, frequencyMHz: 1800, temperature: 51.5, throttled: []),
        .init(at: 10, frequencyMHz: nil, temperature: nil, throttled: ["throttled"]),
    ]
    result.checks = [
        .init(subject: task.name, promise: "p99 of the age at most 120.0 ms", found: "\(p99) ms", isKept: p99 <= 120),
        .init(subject: "session", promise: "every captured frame is in one account", found: "900", isKept: true),
    ]
    return result
}
