import Foundation
import Testing

@testable import ZipArchive

/// Archives that Python's zipfile wrote; see `Tests/ZipArchiveTests/make.py`.
@Suite struct ZipArchiveTests {
    private static func archive(_ name: String) throws -> Data {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Archives")
        return try Data(contentsOf: folder.appending(path: name))
    }

    @Test(arguments: ["stored.zip", "deflated.zip", "streamed.zip"])
    func readsEntries(_ name: String) throws {
        let archive = try ZipArchive(Self.archive(name))
        #expect(archive.names == ["config.json", "folder/zeros.bin", "empty"])
        #expect(try archive.contents(of: "config.json") == Data("{\"answer\": 42}".utf8))
        #expect(try archive.contents(of: "folder/zeros.bin") == Data(count: 5000))
        #expect(try archive.contents(of: "empty") == Data())
        #expect(try archive.contents(of: "other") == nil)
    }

    @Test func anyCutIsAnErrorAndNoTrap() throws {
        let whole = try Self.archive("deflated.zip")
        for count in 0..<whole.count {
            #expect(throws: ZipError.self) { try ZipArchive(whole.prefix(count)) }
        }
    }

    @Test func changedBytesNeverTrap() throws {
        let whole = try Self.archive("deflated.zip")
        var generator = SystemRandomNumberGenerator()
        for position in whole.indices {
            var changed = whole
            changed[position] = UInt8.random(in: 0...255, using: &generator)
            guard let archive = try? ZipArchive(changed) else { continue }
            for name in archive.names { _ = try? archive.contents(of: name) }
        }
    }

    @Test func aClaimOfGigabytesIsRefused() throws {
        var changed = try Self.archive("deflated.zip")
        let directory = try #require(changed.firstRange(of: Data([0x50, 0x4B, 0x01, 0x02])))
        let size = directory.lowerBound + 24
        changed.replaceSubrange(size..<size + 4, with: [0, 0, 0, 0x70])
        let archive = try ZipArchive(changed)
        #expect(throws: ZipError.self) { try archive.contents(of: "config.json") }
    }
}
