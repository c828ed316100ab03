import Foundation
import Testing

@testable import tidepool_edge

/// The program's exit codes on what people get wrong: never a trap, nothing started halfway.
@Suite struct ProgramTests {
    @Test(arguments: [
        [], ["dance"], ["run"], ["run", "--model", "no.tide"], ["run", "--model", "no.tide", "--source", "pool"],
        ["run", "--model", "no.tide", "--source", "pool", "--region", "2,2,3,3"],
        ["run", "--model", "no.tide", "--source", "folder", "--region", "truth"],
        ["run", "--model", "no.tide", "--source", "pool", "--budget", "soon"], ["bench"], ["bench", "no.tide"],
        ["bench", "a.tide", "b.tide"], ["cameras", "--nothing"], ["selftest", "--rounds", "0"],
    ])
    func whatCannotBeUsedIsExitCode2(arguments: [String]) {
        #expect(runProgram(arguments) == .usage)
    }

    @Test(arguments: [
        ["--help"], ["run", "--help"], ["bench", "-h"], ["cameras", "--help"], ["selftest", "--help"], ["cameras"],
    ])
    func helpAndListsSucceed(arguments: [String]) {
        #expect(runProgram(arguments) == .success)
    }

    @Test func aFileThatIsNoModelIsRefused() throws {
        let path = NSTemporaryDirectory() + "tidepool-\(UUID().uuidString).tide"
        defer { try? FileManager.default.removeItem(atPath: path) }
        for bytes in [Data(), Data("TIDE".utf8), Data(count: 4096)] {
            try bytes.write(to: URL(fileURLWithPath: path))
            #expect(runProgram(["bench", path]) == .usage)
        }
    }

    @Test func tablesLineUp() {
        #expect(table([["a", "12"], ["long", "3"]]) == "a     12\nlong   3")
    }

    @Test func everyLetterHasSevenRowsOfFiveBits() {
        for character in UInt8(32)..<127 {
            let rows = Font.rows(character)
            #expect(rows.count == Font.height && rows.allSatisfy { $0 < 32 })
        }
        let glyphs = Set((Array(48...57) + Array(65...90)).map { Font.rows(UInt8($0)) })
        #expect(glyphs.count == 36)
    }
}
