import Foundation
import Testing

@testable import Camera

@Suite struct TarArchiveTests {
    private static func archive(format: String) throws -> (folder: TemporaryFolder, path: String, names: [String]) {
        let folder = TemporaryFolder()
        let long = "b/" + String(repeating: "deep-folder/", count: 12) + "picture.jpg"
        let names = ["a.jpg", "b/one.jpeg", long, "c.JPG"]
        for (i, name) in names.enumerated() { folder.write("in/" + name, smallJPEG(i)) }
        folder.write("in/notes.txt", Array("not a picture".utf8))
        try folder.run(
            "/bin/tar", ["--format=\(format)", "-cf", "out.tar", "-C", "in", names[0], "notes.txt"] + names[1...])
        return (folder, folder.path + "/out.tar", names)
    }

    @Test(arguments: ["gnu", "pax", "ustar"])
    func readsWhatTarWrites(format: String) throws {
        let (folder, path, names) = try Self.archive(format: format)
        let collection = try PictureCollection(path: path)
        #expect(collection.names == names)
        for i in names.indices { #expect(try Array(collection.bytes(at: i)) == smallJPEG(i)) }
        withExtendedLifetime(folder) {}
    }

    /// Every cut of a valid archive is read as far as whole files go, or refused; never past its end.
    @Test func truncationsNeverTrap() throws {
        let (folder, path, names) = try Self.archive(format: "gnu")
        let bytes = try Array(PictureCollection.wholeFile(path))
        var refused = 0
        for length in stride(from: 0, to: bytes.count, by: 37) {
            let cut = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 1)
            defer { cut.deallocate() }
            cut.copyBytes(from: bytes[..<length])
            do {
                let entries = try TarArchive(UnsafeRawBufferPointer(cut), path: "cut.tar").entries
                #expect(entries.count <= names.count + 1)
                #expect(entries.allSatisfy { $0.range.upperBound <= length })
            } catch { refused += 1 }
        }
        #expect(refused > 0)
        withExtendedLifetime(folder) {}
    }

    @Test func aDamagedHeaderIsNamed() throws {
        let (folder, path, _) = try Self.archive(format: "ustar")
        var bytes = try Array(PictureCollection.wholeFile(path))
        bytes[3] ^= 0x40
        let broken = folder.write("broken.tar", bytes)
        #expect(throws: CameraError.unreadable(broken, "damaged tar header at byte 0")) {
            try PictureCollection(path: broken)
        }
    }
}

extension PictureCollection {
    static func wholeFile(_ path: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
