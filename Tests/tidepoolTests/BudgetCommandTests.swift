import Foundation
import Testing

@testable import tidepool

/// `tidepool budget`: simulated and measured comparisons, and what it refuses.
@Suite struct BudgetCommandTests {
    @Test func aSimulatedComparisonIsWrittenAsAPageOfItsOwn() throws {
        let scratch = Scratch()
        var command = try BudgetCommand.parse(
            ["--trace", "overload,trouble", "--runs", "1", "--report", scratch.path + "/budget.html", "--json"])
        try command.run()
        let page = try String(contentsOfFile: scratch.path + "/budget.html", encoding: .utf8)
        #expect(page.contains("</html>") && page.contains("overload") && page.contains("<svg"))
        #expect(!page.contains("http"))
        #expect(!page.contains("nominal"))
    }

    @Test(
        arguments: [
            ["--trace", "storm"], ["--p99", "soon"], ["--cost", "fast"], ["--cost", "whales=10,2"],
            ["--config", "absent.yaml"], ["--measured", "absent.json"],
        ])
    func whatCannotBeUsedIsNamed(arguments: [String]) throws {
        var command = try BudgetCommand.parse(arguments)
        let error = #expect(throws: CommandError.self) { try command.run() }
        #expect(error?.description.contains(arguments[1]) == true)
    }

    @Test(arguments: [["--regions", "0"], ["--runs", "0"], ["--decode", "0"], ["--config", "a", "--regions", "2"]])
    func optionsOutOfReasonAreRefused(arguments: [String]) {
        #expect(throws: (any Error).self) { try BudgetCommand.parse(arguments) }
    }

    /// A minute of lines as `tidepool-edge run --json` writes them; late while the load lasts.
    @Test func measuredRunsAreJudgedSecondBySecond() throws {
        let scratch = Scratch()
        var lines = ""
        for frame in 0..<600 {
            let captured = 5_000_000_000 + frame * 100_000_000
            let age = (200..<400).contains(frame) ? 180 : 40
            lines += "{\"frame\":\(frame),\"captured_ns\":\(captured),\"age_ms\":\(age),"
            lines += "\"swimmers\":[{\"track\":0},{\"track\":1}],\"dropped\":{\"stale\":1}}\n"
            if frame == 210 { lines += "{\"event\":\"ladder\",\"level\":2,\"at_ns\":\(captured)}\n" }
        }
        lines += "{\"summary\":{}}\n"
        _ = scratch.file("a.jsonl", lines)
        let load = scratch.file(
            "load.json",
            """
            {"name": "n", "summary": "s", "budget": 120,
             "runs": [{"policy": "budget", "parts": [{"file": "a.jsonl", "load": [25.0, 45.0]}]}]}
            """)
        let trace = try MeasuredLoad(path: load).comparison(in: scratch.path).traces[0]
        // Sixty seconds; two after the beginning and each change are excused; of the twenty under load 18 are left.
        #expect(trace.seconds.count == 59 || trace.seconds.count == 60)
        #expect(trace.totals.excused == 6)
        #expect(trace.totals.broken == 18)
        #expect(trace.seconds[10].decisions == 20 && trace.seconds[10].p99 == 40)
        #expect(trace.seconds[30].p99 == 180 && trace.seconds[30].level == 2)
        #expect(trace.totals.deepestLevel == 2)
    }

    @Test func aRunWithoutDecisionsIsNamed() throws {
        let scratch = Scratch()
        let file = scratch.file("empty.jsonl", "{\"summary\":{}}\n")
        let error = #expect(throws: CommandError.self) { try MeasuredPart(path: file, [], 100) }
        #expect(error?.description.contains("nothing was decided") == true)
        let broken = scratch.file("broken.jsonl", "not json\n")
        #expect(throws: CommandError.self) { try MeasuredPart(path: broken, [], 100) }
    }
}
