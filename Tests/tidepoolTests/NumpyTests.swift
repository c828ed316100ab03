import Foundation
import ModelFile
import Testing

@testable import tidepool

/// A folder for one test, gone with it.
final class Scratch {
    let path = NSTemporaryDirectory() + "tidepool-" + UUID().uuidString
    init() { try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ text: String) -> String {
        let file = path + "/" + name
        try! Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }
}

enum Fixture {
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/\(name)").path
    }
}

@Suite struct NumpyTests {
    /// NumPy itself wrote these.
    @Test func readsWhatNumpyWrites() throws {
        let clips = try NumpyArray(path: Fixture.path("clip-input.npy"))
        #expect(clips.shape == [12, 5, 20, 20, 3] && clips.element == .uint8 && clips.data.count == 12 * 5 * 1200)
        let action = try NumpyArray(path: Fixture.path("clip-action.npy"))
        #expect(action.element == .float32 && action.shape.first == 12)
    }

    @Test func whatIsWrittenReadsBack() throws {
        let scratch = Scratch()
        for shape in [[], [1], [3], [2, 3], [1, 2, 3, 4]] {
            let values = (0..<shape.reduce(1, *)).map { Float($0) * 0.5 }
            let array = NumpyArray(.float32, shape: shape, values)
            let path = scratch.path + "/a.npy"
            try array.encoded.write(to: URL(fileURLWithPath: path))
            let read = try NumpyArray(path: path)
            #expect(read.shape == shape && read.data == array.data && read.element == .float32)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count % 64 == (values.count * 4) % 64)
        }
    }

    @Test func everyTruncationAndManyFlipsAreRefusedOrRead() throws {
        let scratch = Scratch()
        let path = scratch.path + "/a.npy"
        let file = NumpyArray(.uint8, shape: [2, 3], [UInt8](repeating: 7, count: 6)).encoded
        for length in 0..<file.count {
            try file.prefix(length).write(to: URL(fileURLWithPath: path))
            #expect(throws: CommandError.self) { try NumpyArray(path: path) }
        }
        for position in 0..<file.count - 6 {
            var flipped = file
            flipped[position] ^= 1 << UInt8(position % 8)
            try flipped.write(to: URL(fileURLWithPath: path))
            _ = try? NumpyArray(path: path)
        }
    }

    @Test func aHugeClaimIsRefused() throws {
        let scratch = Scratch()
        let path = scratch.path + "/a.npy"
        for shape in [[1 << 40], [1 << 31, 1 << 31, 1 << 31]] {
            var array = NumpyArray(.uint8, shape: [1], [UInt8(1)])
            array.shape = shape
            try array.encoded.write(to: URL(fileURLWithPath: path))
            #expect(throws: CommandError.self) { try NumpyArray(path: path) }
        }
    }

    /// Walks the archive from its end, as every ZIP reader does.
    @Test func theArchiveIsAZipOfItsArrays() throws {
        let scratch = Scratch()
        var archive = NumpyArchive()
        let arrays = [
            ("a", NumpyArray(.int16, shape: [3], [Int16(1), 2, 3])),
            ("b.real", NumpyArray(.float32, shape: [2], [Float(1), 2])),
        ]
        for (name, array) in arrays { archive.append(name, array) }
        try archive.write(to: scratch.path + "/a.npz")
        let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/a.npz")))
        func number(_ at: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 | Int(file[at + $1]) << (8 * $1) } }
        let end = file.count - 22
        #expect(number(end, 4) == 0x0605_4B50 && number(end + 10, 2) == 2)
        var entry = number(end + 16, 4)
        #expect(entry + number(end + 12, 4) == end)
        for (name, array) in arrays {
            #expect(number(entry, 4) == 0x0201_4B50)
            let nameCount = number(entry + 28, 2)
            let size = number(entry + 24, 4)
            let local = number(entry + 42, 4)
            #expect(String(decoding: file[entry + 46..<entry + 46 + nameCount], as: UTF8.self) == name + ".npy")
            #expect(number(local, 4) == 0x0403_4B50)
            let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
            let content = Array(file[start..<start + size])
            #expect(content == [UInt8](array.encoded))
            #expect(number(entry + 16, 4) == Int(content.withUnsafeBytes { CRC32.checksum($0) }))
            entry += 46 + nameCount
        }
        #expect(entry == end)
    }
}
