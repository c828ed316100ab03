import Foundation
import Testing

@testable import tidepool

/// What `--max-drop` asks for, and of which tasks.
@Suite struct AccuracyTargetTests {
    @Test func limitsAreOfAllTasksOrOfOne() throws {
        let all = try #require(DropLimits(argument: "0.2"))
        #expect(all["age"] == 0.2 && all["race"] == 0.2 && all.words == "no task loses more than 0.2")
        let both = try #require(DropLimits(argument: "0.2,age=0.05"))
        #expect(both["age"] == 0.05 && both["race"] == 0.2)
        #expect(both.words == "age loses no more than 0.05, no other task more than 0.2")
        let one = try #require(DropLimits(argument: "age=0"))
        #expect(one["age"] == 0 && one["race"] == nil && one.words == "age loses no more than 0")
    }

    @Test(arguments: ["", ",", "0.2,", "-1", "nan", "101", "age", "age=", "=1", "0.2,0.3", "age=1,age=2", "1,age=x"])
    func otherLimitsAreRefused(_ text: String) {
        #expect(DropLimits(argument: text) == nil)
        #expect(throws: (any Error).self) {
            try AccuracyArguments.parse(["--max-drop", text, "--labels", "l.csv"])
        }
    }

    /// A clip network with two tasks, of which `labels` says what is true.
    private func quantize(_ scratch: Scratch, _ limits: String, labels: (Int) -> String) throws -> Bool {
        let recipe = """
            name: clip
            input: {width: 20, height: 20, colour: rgb}
            clip: {frames: 5, stride: 2}
            tasks:
              - {name: action, kind: classification, labels: [breaststroke, drowning, freestyle, safe]}
              - {name: identity, kind: classification, labels: [a, b, c, d]}
            """
        let truth = (0..<12).map { "{\"clip\":\($0),\(labels($0))}" }.joined(separator: "\n")
        let out = scratch.path + "/clip.tide"
        var command = try QuantizeCommand.parse([
            Fixture.path("clip.onnx"), "--recipe", scratch.file("clip.yaml", recipe), "--calibrate",
            Fixture.path("clip-input.npy"), "--out", out, "--max-drop", limits, "--labels",
            scratch.file("truth.jsonl", truth), "--json",
        ])
        try command.run()
        return FileManager.default.fileExists(atPath: out)
    }

    @Test func limitsNameTasksThatAreKnownAndLabelled() throws {
        let scratch = Scratch()
        let action: (Int) -> String = { _ in "\"action\":\"safe\"" }
        let unknown = #expect(throws: CommandError.self) { try quantize(scratch, "speed=1", labels: action) }
        #expect(unknown?.description.contains("no such task, but action, identity") == true)
        let unlabelled = #expect(throws: CommandError.self) { try quantize(scratch, "identity=1", labels: action) }
        #expect(unlabelled?.description.contains("truth.jsonl: no sample has a label for identity") == true)
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/clip.tide"))
        #expect(try quantize(scratch, "100,action=50", labels: action))
    }

    /// The shortfall is that of the task which misses its own limit by most, and a task without a limit has none.
    @Test func theShortfallIsOfTheTaskThatMissesMost() throws {
        let scores = [("age", false, 4.0, 4.1), ("gender", true, 0.94, 0.93), ("race", true, 0.87, 0.88)].map {
            ScoreComparison(
                task: $0.0, samples: 100, measure: "", float: $0.2, integer: $0.3, isAccuracy: $0.1)
        }
        for (limits, expected) in [("2", -1.0), ("0.5", 0.5), ("2,age=0.05", 0.05), ("race=0", -1), ("age=0.3", -0.2)] {
            let shortfall = try #require(DropLimits(argument: limits)?.shortfall(scores))
            #expect(abs(shortfall - expected) < 1e-9, "\(limits): \(shortfall)")
        }
    }
}
