import Foundation
import ModelSamples
import Testing

@testable import tidepool_edge

/// A folder with two small models and what boards' files say of them.
private final class Folder {
    let path = NSTemporaryDirectory() + "tidepool-\(UUID().uuidString)"

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data(taskModel(SampleTask.swimmer, frames: 3)).write(to: url("swimmer.tide"))
        try Data(taskModel(SampleTask.swimmer, frames: 3, seed: 2)).write(to: url("light.tide"))
        try Data(taskModel(SampleTask.face)).write(to: url("face.tide"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func url(_ name: String) -> URL { URL(fileURLWithPath: path + "/" + name) }
    func file(_ name: String) -> String { path + "/" + name }

    func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: url(name))
        return file(name)
    }

    func text(_ name: String) throws -> String { String(decoding: try Data(contentsOf: url(name)), as: UTF8.self) }
}

private let pool = "pool:seed=3,swimmers=2,width=160,height=120"

/// The exit codes of `run`, `latency` and `latency-report`, and what they leave behind.
@Suite struct SessionCommandTests {
    private let board = """
        camera: {source: "\(pool)"}
        threads: 1
        tasks:
          - name: swimmers
            model: swimmer.tide
            lighter: light.tide
            regions: truth
            trouble: {task: action, labels: [drowning]}
            budget: {p99: 5s, priority: 2}
          - {name: faces, model: face.tide, budget: {p99: 10s}}
        """

    @Test func aBoardsFileRunsSeveralTasks() throws {
        let folder = try Folder()
        let path = try folder.write("board.yaml", board)
        #expect(runProgram(["run", "--config", path, "--frames", "8"]) == .success)
        #expect(runProgram(["run", "--config", path, "--frames", "8", "--json", "--policy", "fifo"]) == .success)
        let newest = ["--policy", "newest", "--threads", "2"]
        #expect(runProgram(["run", "--config", path, "--frames", "4"] + newest) == .success)
    }

    @Test func whatCannotBeKeptOrReadStartsNothing() throws {
        let folder = try Folder()
        for (right, wrong) in [
            ("p99: 5s", "p99: 1us"), ("threads: 1", "thread: 1"), ("swimmer.tide", "none.tide"),
            ("light.tide", "face.tide"), ("[drowning]", "[flying]"), ("task: action", "task: mood"),
            ("swimmers=2", "swimmers=200"), ("regions: truth", "regions: lies"), ("threads: 1", "profile: none.yaml"),
            (pool, "/nowhere/at/all"),
        ] {
            try #require(board.contains(right))
            let path = try folder.write("board.yaml", board.replacingOccurrences(of: right, with: wrong))
            #expect(runProgram(["run", "--config", path, "--frames", "2"]) == .usage, "\(wrong)")
        }
        let path = try folder.write("board.yaml", board)
        for extra in [
            ["--region", "truth"], ["--model", folder.file("face.tide")], ["--policy", "best"], ["--give-up", "soon"],
            ["--profile", path], ["--trouble", "action=drowning"], ["--source", "/dev/null?size=1"],
        ] { #expect(runProgram(["run", "--config", path, "--frames", "2"] + extra) == .usage, "\(extra)") }
        let single = ["run", "--model", folder.file("swimmer.tide"), "--source", pool, "--frames", "2"]
        #expect(runProgram(single + ["--budget", "1us"]) == .usage)
        #expect(runProgram(single + ["--trouble", "drowning"]) == .usage)
        #expect(runProgram(single + ["--trouble", "action=flying"]) == .usage)
        #expect(runProgram(single + ["--trouble", "action=drowning,safe:0.7"]) == .success)
    }

    @Test func aLatencyTestLeavesItsReports() throws {
        let folder = try Folder()
        let path = try folder.write("board.yaml", board)
        let test = ["latency", "--config", path, "--duration", "800ms", "--junit", folder.file("j.xml")]
        #expect(runProgram(test + ["--report", folder.file("r.html"), "--json", folder.file("a.json")]) == .success)
        #expect(try folder.text("j.xml").contains("failures=\"0\""))
        #expect(try folder.text("r.html").hasPrefix("<!doctype html>"))
        // The same with a promise that nothing can keep: not refused, since the policy makes none of its own.
        let broken = test + ["--json", folder.file("b.json"), "--policy", "newest", "--source", pool]
        _ = try folder.write("board.yaml", board.replacingOccurrences(of: "p99: 5s", with: "p99: 1us"))
        #expect(runProgram(broken) == .broken)
        #expect(try folder.text("j.xml").contains("<failure"))
        let files = [folder.file("a.json"), folder.file("b.json")]
        #expect(runProgram(["latency-report"] + files + ["--report", folder.file("c.html")]) == .success)
        #expect(runProgram(["latency-report", "--json"] + files) == .success)
        #expect(try folder.text("c.html").contains("not kept"))
        #expect(runProgram(["latency-report", path]) == .usage)
        #expect(runProgram(["latency-report", folder.file("none.json")]) == .usage)
        #expect(runProgram(["latency-report"]) == .usage)
        _ = try folder.write("board.yaml", board)
        #expect(runProgram(test.dropLast(2) + ["--report", folder.file("no/folder/r.html")]) == .failure)
    }
}
