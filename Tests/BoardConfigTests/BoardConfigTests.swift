import Camera
import Foundation
import PoolScene
import Recognition
import Testing

@testable import BoardConfig

private let whole = """
    camera: {source: /dev/video0, size: 640x480, rate: 30, exposure: auto, power_line: 50}
    threads: 2
    profile: rpi4.yaml
    tasks:
      - name: swimmers
        model: swimmer.tide
        lighter: swimmer-light.tide   # for when time is short
        regions: [[0, 0, 0.5, 1], [0.5, 0, 1, 1]]
        trouble: {task: action, labels: [drowning], probability: 0.6}
        gallery: pool.gallery
        budget: {p99: 120ms, age_limit: 300ms, rate: 10, priority: 2}
      - name: faces
        model: /models/face.tide
        budget: {p99: 1s}
    """

private func config(_ text: String, file: String = "board.yaml") throws(ConfigError) -> BoardConfig {
    try BoardConfig(text: text, file: file)
}

private func failure(_ text: String) -> String {
    do {
        _ = try config(text)
        return ""
    } catch { return error.description }
}

/// The same mutations in every run (SplitMix64).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct BoardConfigTests {
    @Test func everyKeyArrives() throws {
        let config = try config(whole, file: "pool/board.yaml")
        #expect(config.source == "/dev/video0" && config.camera.width == 640 && config.camera.framesPerSecond == 30)
        #expect(config.camera.exposure == .automatic && config.camera.powerLine == .hertz50)
        #expect(config.threads == 2 && config.profile == "pool/rpi4.yaml")
        #expect(config.tasks.map(\.name) == ["swimmers", "faces"])
        let swimmers = config.tasks[0], faces = config.tasks[1]
        #expect(swimmers.model == "pool/swimmer.tide" && swimmers.lighter == "pool/swimmer-light.tide")
        #expect(swimmers.gallery == "pool/pool.gallery" && faces.model == "/models/face.tide" && faces.lighter == nil)
        #expect(swimmers.trouble == TroubleRule(task: "action", labels: ["drowning"], probability: 0.6))
        #expect(swimmers.budget == BudgetConfig(p99: 120_000_000, ageLimit: 300_000_000, rate: 10, priority: 2))
        #expect(faces.budget == BudgetConfig(p99: 1_000_000_000, ageLimit: 3_000_000_000, rate: 0, priority: 0))
        guard case .fixed(let boxes) = swimmers.regions, case .fixed(let face) = faces.regions else {
            Issue.record("not fixed")
            return
        }
        #expect(boxes == [Box(x0: 0, y0: 0, x1: 0.5, y1: 1), Box(x0: 0.5, y0: 0, x1: 1, y1: 1)])
        #expect(face == [Box(x0: 0, y0: 0, x1: 1, y1: 1)])
    }

    @Test func theLeastIsASourceAndAModel() throws {
        let config = try config(
            "camera: {source: 'pool:seed=1'}\ntasks: [{name: a, model: a.tide, regions: truth}]", file: "board.yaml")
        #expect(config.source == "pool:seed=1" && config.threads == nil && config.tasks[0].budget == nil)
        guard case .truth = config.tasks[0].regions else {
            Issue.record("not truth")
            return
        }
    }

    /// A mistake in a file that is otherwise right: what stands there, what it is replaced with, what the message says.
    static let mistakes: [(String, String, String)] = [
        ("threads: 2", "thread: 2", "board.yaml:2: there is no key 'thread' here; the keys are camera, profile, tasks"),
        ("threads: 2", "threads: two", "board.yaml:2: threads: a whole number from 1 to 64"),
        ("threads: 2", "threads: '2'", "board.yaml:2: threads: a whole number"),
        ("threads: 2", "threads: 65", "board.yaml:2: threads: a whole number"),
        ("threads: 2", "threads: [2]", "board.yaml:2: threads: a whole number"),
        ("threads: 2", "threads:", "board.yaml:2: threads: a whole number"),
        ("threads: 2", "camera: x", "board.yaml:2: 'camera' stands here twice"),
        ("threads: 2", "threads: 2\n...\n---\na: 1", "board.yaml:4: a second document begins"),
        ("threads: 2", "threads: &two 2", "board.yaml:2: anchors"),
        ("threads: 2", "threads: *two", "board.yaml:2: aliases"),
        ("threads: 2", "threads: !!int 2", "board.yaml:2: tags"),
        ("threads: 2", "threads: {2", "board.yaml:"),
        ("threads: 2", "\tthreads: 2", "board.yaml:2: "),
        ("name: faces", "name: swimmers", "board.yaml:12: tasks[1]: there is another task with the name 'swimmers'"),
        ("name: faces", "name: frame", "board.yaml:12: tasks[1].name: 'frame' has a meaning of its own in the output"),
        ("name: faces", "name: \"a\\nb\"", "board.yaml:12: tasks[1].name: one line"),
        ("name: faces", "title: faces", "board.yaml:12: tasks[1]: there is no key 'title'"),
        ("    model: /models/face.tide\n", "", "board.yaml:12: tasks[1]: 'model' is missing"),
        ("[0, 0, 0.5, 1]", "[0, 0, 0.5]", "board.yaml:8: tasks[0].regions[0]: a region is"),
        ("[0, 0, 0.5, 1]", "[0.5, 0, 0.5, 1]", "board.yaml:8: tasks[0].regions[0]: a region is"),
        ("[0, 0, 0.5, 1]", "[0, 0, 1.5, 1]", "board.yaml:8: tasks[0].regions[0][2]: a number from 0 to 1"),
        ("[0, 0, 0.5, 1]", "[0, 0, .nan, 1]", "board.yaml:8: tasks[0].regions[0][2]: a number from 0 to 1"),
        ("[[0, 0, 0.5, 1], [0.5, 0, 1, 1]]", "[]", "board.yaml:8: tasks[0].regions: a list"),
        ("[[0, 0, 0.5, 1], [0.5, 0, 1, 1]]", "everywhere", "board.yaml:8: tasks[0].regions: a list"),
        ("probability: 0.6", "probability: 60", "board.yaml:9: tasks[0].trouble.probability: a number from 0 to 1"),
        ("labels: [drowning]", "labels: drowning", "board.yaml:9: tasks[0].trouble.labels: a list"),
        ("p99: 120ms", "p99: soon", "board.yaml:11: tasks[0].budget.p99: a duration"),
        ("p99: 120ms", "p99: 120", "board.yaml:11: tasks[0].budget.p99: a duration"),
        ("p99: 120ms, ", "", "board.yaml:11: tasks[0].budget: 'p99' is missing"),
        ("age_limit: 300ms", "age_limit: 30ms", "board.yaml:11: tasks[0].budget.age_limit: shorter than p99"),
        ("rate: 10", "rate: -1", "board.yaml:11: tasks[0].budget.rate: a number of decisions a second"),
        ("priority: 2", "priority: high", "board.yaml:11: tasks[0].budget.priority: a whole number"),
        ("    budget: {p99: 1s}", "", "board.yaml:1: task 'faces' has no budget"),
        ("source: /dev/video0", "source: pool", "board.yaml:1: camera.size: only a camera has this setting"),
        ("size: 640x480", "size: large", "board.yaml:1: camera.size: camera setting size=large: expected WIDTHxHEIGHT"),
        ("size: 640x480", "sise: 640x480", "board.yaml:1: camera: there is no key 'sise'"),
    ]

    @Test(arguments: mistakes.indices)
    func mistakesAreNamedWithTheirLine(index: Int) throws {
        let (right, wrong, message) = Self.mistakes[index]
        try #require(whole.contains(right))
        let text = failure(whole.replacingOccurrences(of: right, with: wrong))
        #expect(text.hasPrefix(message) && !text.contains("\n"), "\(text)")
    }

    @Test(arguments: [
        "", "# nothing", "just a text", "[]", "camera: {source: a}", "{}", "camera: a\ntasks: b", "\0", "\u{FEFF}",
    ])
    func whatIsNoConfigurationIsRefused(text: String) {
        #expect(failure(text).hasPrefix("board.yaml:"))
    }

    @Test func hostileTextsEndQuickly() {
        let deep = String(repeating: "[", count: 60_000)
        let block = (0..<300).map { String(repeating: " ", count: $0) + "- " }.joined(separator: "\n")
        for text in [
            deep, block, "camera: " + deep, String(repeating: "{a: ", count: 15_000),
            String(repeating: "? ", count: 30_000),
            "tasks: [" + String(repeating: "1,", count: 20_000) + "]", String(repeating: "a", count: 65_000),
            String(repeating: "- a\n", count: 15_000), String(repeating: " ", count: 65_537), "&a [*a, *a]",
        ] { #expect(failure(text).hasPrefix("board.yaml:"), "\(text.prefix(20))") }
    }

    /// Whatever single byte changes: it is read, or refused with one line, and never a trap.
    @Test func mutationsAreReadOrRefused() {
        var generator = Seeded(state: 7)
        var refused = 0
        for _ in 0..<2_000 {
            var bytes = Array(whole.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let at = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0...2, using: &generator) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: at)
                default: bytes.insert("{}[]:-,&*!|>'\"%@`#? \n\t".utf8.randomElement()!, at: at)
                }
            }
            bytes.withUnsafeBytes { raw in
                do { _ = try BoardConfig(YAMLDocument(raw, file: "board.yaml")) } catch {
                    refused += 1
                    let text = (error as? ConfigError)?.description ?? ""
                    #expect(text.hasPrefix("board.yaml:") && text.utf8.allSatisfy { $0 >= 0x20 }, "\(text)")
                }
            }
        }
        #expect(refused > 500)
    }

    @Test func filesThatCannotBeReadAreNamed() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tidepool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let large = folder.appending(path: "large.yaml").path
        #expect(FileManager.default.createFile(atPath: large, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: large))
        try handle.truncate(atOffset: 100 << 20)
        for (path, words) in [
            (large, "large.yaml:1: larger than 64 KiB"), (folder.path, "directory"),
            (folder.path + "/no", "No such file"),
        ] {
            do {
                _ = try BoardConfig(path: path)
                Issue.record("\(path) was read")
            } catch {
                #expect(error.description.contains(path) && error.description.contains(words), "\(error.description)")
            }
        }
    }

    @Test(arguments: [
        ("250us", 250_000), ("100ms", 100_000_000), ("1.5s", 1_500_000_000), ("30min", 1_800_000_000_000),
    ])
    func durations(text: String, expected: Int64) {
        #expect(nanoseconds(parsing: text) == expected)
    }
}
