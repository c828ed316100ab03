import Testing

@testable import tidepool_edge

@Suite struct OptionListTests {
    private func options(_ arguments: [String]) throws -> OptionList {
        try OptionList(arguments, values: ["--model", "--region", "--frames", "--budget"], flags: ["--json"])
    }

    @Test func valuesFlagsAndTheRest() throws {
        let list = try options(["a.tide", "--model", "m", "--region=1", "--json", "--region", "2"])
        #expect(list.positional == ["a.tide"])
        #expect(list.last("--model") == "m" && list.all("--region") == ["1", "2"] && list.has("--json"))
        #expect(list.last("--frames") == nil)
    }

    @Test func mistakesAreNamed() {
        for (arguments, part) in [
            (["--modle", "m"], "no option --modle"), (["--model"], "--model needs a value"),
            (["--json=1"], "no option --json=1"),
        ] {
            do {
                _ = try options(arguments)
                Issue.record("\(arguments) was accepted")
            } catch { #expect((error as? ProgramError)?.text.contains(part) == true) }
        }
    }

    @Test(arguments: [
        ("100ms", 100_000_000), ("2s", 2_000_000_000), ("1.5s", 1_500_000_000), ("250us", 250_000),
        ("1min", 60_000_000_000),
    ])
    func durations(text: String, nanoseconds: Int64) throws {
        #expect(try options(["--budget", text]).duration("--budget") == nanoseconds)
    }

    @Test(arguments: ["100", "ms", "-5ms", "0s", "nans", "1e99s", "5 h"])
    func whatIsNoDurationIsRefused(text: String) throws {
        #expect(throws: ProgramError.self) { try options(["--budget", text]).duration("--budget") }
    }

    @Test func numbersHaveARange() throws {
        #expect(try options(["--frames", "7"]).integer("--frames", in: 1...9) == 7)
        for text in ["0", "10", "x", "1.5"] {
            #expect(throws: ProgramError.self) { try options(["--frames", text]).integer("--frames", in: 1...9) }
        }
    }
}
