import CInflate
import Foundation

/// Why a ZIP archive could not be used; the text says what is wrong with it, the caller names the file.
public struct ZipError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Reads a ZIP archive in memory: stored and deflated entries, as `.npz` and `.keras` files hold them.
///
/// Sizes are those of the central directory, checked against the file before anything is allocated.
public struct ZipArchive: Sendable {
    private struct Entry: Sendable {
        var method: Int
        var packed: Range<Int>
        var size: Int
    }

    /// In the order of the directory.
    public let names: [String]
    private let entries: [String: Entry]
    private let data: Data

    /// No entry may unpack to more: 2 GiB.
    public static let entryLimit = 1 << 31

    public static func isZip(_ data: Data) -> Bool { data.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

    /// - Throws: `ZipError` when the directory is missing, cut off, or points outside the file.
    public init(_ data: Data) throws(ZipError) {
        let data = data.startIndex == 0 ? data : Data(data)
        let bytes = ByteReader(data)
        let end = try Self.endOfDirectory(bytes)
        let count = try bytes.number(end + 10, 2)
        var at = try bytes.number(end + 16, 4)
        var names: [String] = []
        var entries: [String: Entry] = [:]
        for _ in 0..<count {
            guard try bytes.number(at, 4) == 0x0201_4B50 else { throw ZipError("its directory is damaged") }
            let nameLength = try bytes.number(at + 28, 2)
            let tail = try bytes.number(at + 30, 2) + bytes.number(at + 32, 2)
            let name = String(decoding: try bytes.slice(at + 46, nameLength), as: UTF8.self)
            guard try bytes.number(at + 8, 2) & 1 == 0 else { throw ZipError("\(name) is encrypted") }
            entries[name] = try Self.entry(name, at, bytes)
            names.append(name)
            at += 46 + nameLength + tail
        }
        self.names = names
        self.entries = entries
        self.data = data
    }

    /// An entry's bytes, unpacked; `nil` when there is none of that name.
    public func contents(of name: String) throws(ZipError) -> Data? {
        guard let entry = entries[name] else { return nil }
        let packed = data[entry.packed]
        switch entry.method {
        case 0:
            guard packed.count == entry.size else { throw ZipError("\(name): its sizes contradict each other") }
            return Data(packed)
        case 8:
            // deflate shrinks to a 1032nd at most: what claims more is no archive of anything
            guard entry.size <= 1032 * packed.count + 64 else { throw ZipError("\(name) claims \(entry.size) bytes") }
            var output = Data(count: entry.size)
            let status = packed.withUnsafeBytes { input in
                output.withUnsafeMutableBytes { output in
                    var none: UInt8 = 0
                    return withUnsafeMutablePointer(to: &none) { none in
                        tp_inflate(
                            input.bindMemory(to: UInt8.self).baseAddress, input.count,
                            output.bindMemory(to: UInt8.self).baseAddress ?? none, output.count)
                    }
                }
            }
            guard status == 0 else { throw ZipError("\(name) is damaged: it cannot be unpacked") }
            return output
        default: throw ZipError("\(name) is packed by method \(entry.method); only stored and deflate are read")
        }
    }

    private static func entry(_ name: String, _ at: Int, _ bytes: ByteReader) throws(ZipError) -> Entry {
        let packedSize = try bytes.number(at + 20, 4), size = try bytes.number(at + 24, 4)
        let local = try bytes.number(at + 42, 4)
        guard packedSize < 0xFFFF_FFFF, size <= entryLimit, local < 0xFFFF_FFFF else {
            throw ZipError("\(name) holds more than 2 GiB")
        }
        guard try bytes.number(local, 4) == 0x0403_4B50 else { throw ZipError("\(name) has no header") }
        let start = local + 30 + (try bytes.number(local + 26, 2)) + (try bytes.number(local + 28, 2))
        guard start + packedSize <= bytes.count else { throw ZipError("\(name) is cut off") }
        return Entry(method: try bytes.number(at + 10, 2), packed: start..<start + packedSize, size: size)
    }

    /// The end-of-directory record: the last one, behind which only a comment may follow.
    private static func endOfDirectory(_ bytes: ByteReader) throws(ZipError) -> Int {
        let first = max(0, bytes.count - 22 - 0xFFFF)
        var at = bytes.count - 22
        while at >= first {
            if try bytes.number(at, 4) == 0x0605_4B50 { return at }
            at -= 1
        }
        throw ZipError("it has no directory: not a whole ZIP archive")
    }
}

/// Little-endian numbers at checked positions.
private struct ByteReader {
    private let data: Data

    init(_ data: Data) { self.data = data }

    var count: Int { data.count }

    func number(_ at: Int, _ size: Int) throws(ZipError) -> Int {
        try slice(at, size).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    func slice(_ at: Int, _ size: Int) throws(ZipError) -> Data {
        guard at >= 0, at + size <= data.count else { throw ZipError("its directory is cut off") }
        return data[at..<at + size]
    }
}
