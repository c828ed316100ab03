import CHDF5
import FloatGraph
import Foundation

/// Everything an HDF5 file holds that matters here: numbers as floats, and the attributes that are texts.
///
/// Objects are named by their path, the root is "/".
struct HDF5Content {
    private struct Dataset {
        var shape: [Int]
        /// Where its floats begin in `records`.
        var start: Int
        var count: Int
    }

    private let records: Data
    private var datasets: [String: Dataset] = [:]
    private var attributes: [String: [String: [String]]] = [:]

    /// - Throws: `ImportError`, also where reading the file crashes libhdf5.
    init(path: String) throws(ImportError) {
        try self.init(named: path) { tp_hdf5_read(path, nil, 0, $0, $1) }
    }

    /// From a file in memory; `path` names it in messages.
    init(_ image: Data, path: String) throws(ImportError) {
        try self.init(named: path) { records, count in
            image.withUnsafeBytes { tp_hdf5_read("image", $0.baseAddress, $0.count, records, count) }
        }
    }

    private init(
        named path: String,
        read: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, UnsafeMutablePointer<Int>) -> Int32
    ) throws(ImportError) {
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let status = read(&bytes, &count)
        guard status == 0, let bytes else {
            throw status == -1
                ? .unreadable(path: path, reason: "no process could be made for it")
                : .malformed(path: path, reason: "it is damaged: reading it fails")
        }
        records = Data(bytesNoCopy: bytes, count: count, deallocator: .custom { bytes, _ in
            tp_hdf5_free(bytes.assumingMemoryBound(to: UInt8.self))
        })
        var cursor = Cursor(records)
        while true {
            switch cursor.number(1) {
            case 1:
                let object = cursor.text(), name = cursor.text()
                attributes[object, default: [:]][name] = (0..<cursor.number(4)).map { _ in cursor.text() }
            case 2:
                let object = cursor.text()
                let shape = (0..<cursor.number(4)).map { _ in cursor.number(8) }
                let count = cursor.number(8)
                datasets[object] = Dataset(shape: shape, start: cursor.position, count: count)
                cursor.skip(4 * count)
            case 3: throw .malformed(path: path, reason: cursor.text())
            case 4: return
            default: throw .malformed(path: path, reason: "it is damaged: reading it fails")
            }
        }
    }

    func texts(_ attribute: String, of object: String) -> [String]? { attributes[object]?[attribute] }

    func shape(of dataset: String) -> [Int]? { datasets[dataset]?.shape }

    /// A dataset's numbers, row-major.
    func floats(of dataset: String) -> [Float]? {
        guard let found = datasets[dataset] else { return nil }
        return records.withUnsafeBytes { bytes in
            (0..<found.count).map { bytes.loadUnaligned(fromByteOffset: found.start + 4 * $0, as: Float.self) }
        }
    }

    /// The paths of the datasets below a group, sorted.
    func datasets(below group: String) -> [String] {
        let prefix = group == "/" ? "/" : group + "/"
        return datasets.keys.filter { $0.hasPrefix(prefix) }.sorted()
    }
}

/// Reads records; behind their end everything is 0 and empty, which no record is.
private struct Cursor {
    private let data: Data
    private(set) var position = 0

    init(_ data: Data) { self.data = data }

    mutating func number(_ size: Int) -> Int {
        guard size <= data.count - position else {
            position = data.count
            return 0
        }
        defer { position += size }
        var value = 0
        for byte in data[position..<position + size].reversed() { value = value << 8 | Int(byte) }
        return value
    }

    mutating func text() -> String {
        let count = number(4)
        guard count <= data.count - position else {
            position = data.count
            return ""
        }
        defer { position += count }
        return String(decoding: data[position..<position + count], as: UTF8.self)
    }

    mutating func skip(_ count: Int) { position = min(data.count, position + count) }
}
