import Foundation
import ModelFile

/// Arrays in one `.npz` file: a ZIP archive of `.npy` files, stored without compression.
struct NumpyArchive {
    private var arrays: [(name: String, array: NumpyArray)] = []

    mutating func append(_ name: String, _ array: NumpyArray) { arrays.append((name, array)) }

    /// Writes the archive as a whole.
    func write(to path: String) throws {
        var file = Data()
        var directory = Data()
        for (name, array) in arrays {
            let entry = Array((name + ".npy").utf8)
            let content = array.encoded
            guard content.count < Int(UInt32.max) - file.count else {
                throw CommandError("\(path): more than 4 GB of results; give fewer inputs")
            }
            let checksum = content.withUnsafeBytes { CRC32.checksum($0) }
            // Version 2.0, no flags, stored, at midnight of 1980-01-01.
            let common: [UInt8] =
                Self.bytes(20, 2) + Self.bytes(0, 2) + Self.bytes(0, 2) + Self.bytes(0, 2) + Self.bytes(33, 2)
                + Self.bytes(Int(checksum), 4) + Self.bytes(content.count, 4) + Self.bytes(content.count, 4)
                + Self.bytes(entry.count, 2) + Self.bytes(0, 2)
            directory.append(contentsOf: Self.bytes(0x0201_4B50, 4) + Self.bytes(20, 2) + common)
            directory.append(contentsOf: Self.bytes(0, 2 + 2 + 2 + 4) + Self.bytes(file.count, 4) + entry)
            file.append(contentsOf: Self.bytes(0x0403_4B50, 4) + common + entry)
            file.append(content)
        }
        let end =
            Self.bytes(0x0605_4B50, 4) + Self.bytes(0, 4) + Self.bytes(arrays.count, 2) + Self.bytes(arrays.count, 2)
            + Self.bytes(directory.count, 4) + Self.bytes(file.count, 4) + Self.bytes(0, 2)
        try writeFile(file + directory + Data(end), to: path)
    }

    private static func bytes(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
    }
}
