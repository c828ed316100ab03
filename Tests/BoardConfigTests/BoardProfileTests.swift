import Foundation
import Testing

@testable import BoardConfig

@Suite struct BoardProfileTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Board/profiles")

    @Test func theShippedProfilesAreRead() throws {
        let files = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }
        #expect(files.count == 5)
        for file in files {
            let profile = try BoardProfile(path: file.path)
            #expect(!profile.name.isEmpty && (1...profile.cores).contains(profile.threads), "\(file.path)")
            #expect(["neon", "dotprod", "i8mm"].contains(profile.instructionSet))
        }
    }

    @Test func aProfileWithAMistakeIsRefused() throws {
        let right = try String(contentsOf: Self.folder.appending(path: "raspberry-pi-4.yaml"), encoding: .utf8)
        let path = NSTemporaryDirectory() + "tidepool-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        for (part, wrong) in [("threads: 3", "threads: many"), ("measured:", "measurd:"), ("cores: 4", "core: 4")] {
            try #require(right.contains(part))
            try Data(right.replacingOccurrences(of: part, with: wrong).utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: ConfigError.self) { try BoardProfile(path: path) }
        }
    }
}
