import Camera
import Foundation
import ModelFile
import ModelSamples
import Recognition
import Testing

@testable import tidepool_edge

/// `enroll` and `run --gallery` as a user runs them, on a tiny network and the pool scene.
@Suite final class EnrollTests {
    private let folder = NSTemporaryDirectory() + "tidepool-" + UUID().uuidString
    private let pool = "pool:seed=4,swimmers=2,width=160,height=120"
    private var model: String { folder + "/small.tide" }
    private var gallery: String { folder + "/pool.gallery" }

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write(embeddingModel(), "small.tide")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    @discardableResult
    private func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = folder + "/" + name
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func enroll(_ name: String, _ arguments: [String]) -> ExitCode {
        runProgram(["enroll", "--model", model, "--gallery", gallery, "--name", name] + arguments)
    }

    /// Frames of the pool scene as JPEG files of a folder.
    private func pictures(_ count: Int, in name: String) throws -> [[UInt8]] {
        let source = try openSource(pool + ",jpeg=90", live: false)
        var pictures: [[UInt8]] = []
        for index in 0..<count {
            guard case .frame(let frame) = try source.next(), frame.format == .mjpeg else { break }
            pictures.append([UInt8](frame.bytes))
            try write(pictures[index], "\(name)/\(100 + index).jpg")
        }
        return pictures
    }

    @Test func swimmersBecomeKnownAndRunNamesThem() throws {
        #expect(enroll("anna", ["--track", "0", "--clips", "3", pool]) == .success)
        #expect(enroll("ben", ["--track", "1", "--clips", "2", "--json", pool]) == .success)
        var known = try Gallery(path: gallery)
        #expect(known.swimmers.map(\.name) == ["anna", "ben"] && known.swimmers.map(\.clips) == [3, 2])
        #expect(known["anna"]!.mean != known["ben"]!.mean)

        // Further clips of the same scene; and a swimmer of two sources.
        #expect(enroll("anna", ["--track", "0", "--clips", "1", pool]) == .success)
        #expect(enroll("cora", ["--region", "0,0,0.5,1", "--clips", "2", pool, "pool:seed=5"]) == .success)
        known = try Gallery(path: gallery)
        #expect(known.swimmers.map(\.clips) == [4, 2, 4])

        let run = [
            "run", "--model", model, "--source", pool, "--region", "truth", "--frames", "12", "--gallery", gallery,
        ]
        #expect(runProgram(run) == .success)
        #expect(runProgram(run + ["--json", "--threshold", "0.99"]) == .success)

        for list in [["--list"], ["--list", "--json"], ["--list", "--model", model], ["--remove", "ben"]] {
            #expect(runProgram(["enroll", "--gallery", gallery] + list) == .success)
        }
        #expect(try Gallery(path: gallery).swimmers.map(\.name) == ["anna", "cora"])
        #expect(runProgram(["enroll", "--gallery", gallery, "--remove", "ben"]) == .usage)
    }

    /// Nine frames are a clip of five with stride 2; five are one only where they are a clip's own.
    @Test func clipsOfAFolderAndOfAFile() throws {
        let nine = try pictures(9, in: "nine")
        let five = folder + "/five"
        for index in 0..<5 { try write(nine[2 * index], "five/\(index).jpg") }
        #expect(enroll("anna", [folder + "/nine"]) == .success)
        #expect(try Gallery(path: gallery)["anna"]?.clips == 1)
        #expect(enroll("ben", [five]) == .usage)
        #expect(try Gallery(path: gallery).swimmers.count == 1)
        #expect(enroll("ben", ["--strided", five]) == .success)
        #expect(enroll("cora", [try write(nine.flatMap { $0 }, "nine.mjpeg")]) == .success)
        let known = try Gallery(path: gallery)
        #expect(known["ben"]?.mean == known["anna"]?.mean && known["cora"]?.mean == known["anna"]?.mean)

        // A picture that cannot be read is left out; where all are, nothing is enrolled.
        try write(Array(nine[4].prefix(300)), "nine/1005.jpg")
        _ = try pictures(9, in: "more")
        try write([1, 2, 3], "more/050.jpg")
        #expect(enroll("dora", [folder + "/more"]) == .success)
        try write([1, 2, 3], "none/1.jpg")
        #expect(enroll("emma", [folder + "/none"]) == .usage)
        #expect(try Gallery(path: gallery).swimmers.map(\.name) == ["anna", "ben", "cora", "dora"])
    }

    @Test func aNetworkOfPicturesIsEnrolledPictureByPicture() throws {
        try write(embeddingModel(frames: 1), "small.tide")
        #expect(enroll("anna", ["--track", "0", "--clips", "7", pool]) == .success)
        #expect(try Gallery(path: gallery)["anna"]?.clips == 7)
        let run = [
            "run", "--model", model, "--source", pool, "--region", "truth", "--frames", "2", "--gallery", gallery,
        ]
        #expect(runProgram(run) == .success)
    }

    @Test func whatCannotBeUsedIsExitCode2AndWritesNothing() throws {
        let source = ["--track", "0", "--clips", "1", pool]
        let cases: [[String]] = [
            ["--track", "0"], ["--track", "0", "--region", "0,0,1,1", pool], ["--region", "truth", pool],
            ["--region", "0,0,1,1", "--region", "0,0,1,1", pool], ["--track", "0", folder], ["--track", "-1", pool],
            ["--clips", "0", pool], ["--threshold", "2", pool], ["--duration", "soon", pool], ["no-such-folder"],
            ["--list", pool], ["--isa", "abacus", pool], ["--track", "9", "--clips", "1", pool],
        ]
        for arguments in cases { #expect(enroll("anna", arguments) == .usage, "\(arguments)") }
        for name in ["", "unknown", "an\tna"] { #expect(enroll(name, source) == .usage) }
        #expect(runProgram(["enroll", "--model", model, "--name", "anna"] + source) == .usage)
        #expect(runProgram(["enroll", "--gallery", gallery, "--name", "anna"] + source) == .usage)
        #expect(runProgram(["enroll", "--gallery", gallery, "--list"]) == .usage)
        #expect(!FileManager.default.fileExists(atPath: gallery))
        #expect(enroll("anna", ["--gallery", folder + "/no/such/folder/g"] + source) == .usage)
    }

    @Test func galleriesOfOthersAreRefused() throws {
        let source = ["--track", "0", "--clips", "1", pool]
        let run = ["run", "--model", model, "--source", pool, "--frames", "1", "--gallery", gallery]
        #expect(enroll("anna", source) == .success)
        let before = try Data(contentsOf: URL(fileURLWithPath: gallery))
        // Another model's, one without an embedding, one without a threshold.
        try write(embeddingModel(seed: 2), "small.tide")
        #expect(enroll("ben", source) == .usage && runProgram(run) == .usage)
        #expect(runProgram(["enroll", "--gallery", gallery, "--list", "--model", model]) == .usage)
        try write(embeddingModel(facts: []), "small.tide")
        #expect(enroll("ben", source) == .usage && runProgram(run) == .usage)
        try write(embeddingModel(facts: [("embedding.output", "embedding")]), "small.tide")
        #expect(runProgram(run) == .usage && runProgram(run + ["--threshold", "0.5"]) == .success)
        #expect(try Data(contentsOf: URL(fileURLWithPath: gallery)) == before)
        #expect(runProgram(["run", "--model", model, "--source", pool, "--threshold", "0.5"]) == .usage)
        // A damaged one stays as it is.
        try write([UInt8](before.dropLast()), "pool.gallery")
        #expect(enroll("anna", source) == .usage && runProgram(run) == .usage)
        #expect(try Data(contentsOf: URL(fileURLWithPath: gallery)) == before.dropLast())
    }
}
