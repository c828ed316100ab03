import Foundation
import ZipArchive

/// Pictures or clips in a NumPy array, `[N, (frames,) height, width, 3]`, uint8 or float32 in 0…255: a `.npy` file, or the
/// array of that shape in a `.npz` archive.
final class ArraySamples: SampleSource, @unchecked Sendable {
    let names: [String]
    private let path: String
    private let shape: InputShape
    private let array: NumpyArray

    init(path: String, shape: InputShape) throws {
        self.path = path
        self.shape = shape
        array = path.hasSuffix(".npz") ? try Self.member(of: path, shape) : try NumpyArray(path: path)
        try Self.requireFit(array, shape, path: path)
        guard array.element == .uint8 || array.element == .float32 else {
            throw CommandError(
                "\(path): elements of type \(array.element.rawValue); pictures are uint8 or float32 in 0…255")
        }
        names = (0..<array.shape[0]).map { "\($0)" }
        if let complaint = try ValueRange(array).complaint { throw CommandError("\(path): \(complaint)") }
    }

    func makeReader() throws -> any SampleReader { Reader(array, path) }

    func files(_ positions: [Int]) throws -> [CalibrationManifest.File] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        let name = URL(fileURLWithPath: path).lastPathComponent
        return [data.withUnsafeBytes { CalibrationManifest.File(name: name, bytes: $0) }]
    }

    /// The one array of an archive that fits the network.
    private static func member(of path: String, _ shape: InputShape) throws -> NumpyArray {
        let archive: ZipArchive
        do {
            archive = try ZipArchive(Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe))
        } catch let error as ZipError {
            throw CommandError("\(path): not a usable .npz file: \(error)")
        } catch {
            throw CommandError("\(path): cannot be read: \(error.localizedDescription)")
        }
        var fitting: [(name: String, array: NumpyArray)] = []
        var others: [String] = []
        for entry in archive.names where entry.hasSuffix(".npy") {
            let name = String(entry.dropLast(4))
            do {
                guard let bytes = try archive.contents(of: entry) else { continue }
                let array = try NumpyArray(bytes, path: "\(path), array \(name)")
                if fits(array, shape) { fitting.append((name, array)) } else { others.append("\(name) \(array.shape)") }
            } catch let error as ZipError {
                throw CommandError("\(path): \(error)")
            } catch {
                // labels and the like may be of types that are not read here
                others.append(name)
            }
        }
        guard let first = fitting.first, fitting.count == 1 else {
            throw CommandError(
                fitting.isEmpty
                    ? "\(path): none of its arrays (\(others.joined(separator: ", "))) is N × \(expected(shape))"
                    : "\(path): \(fitting.map(\.name).joined(separator: ", ")) all fit the network; save the wanted one alone"
            )
        }
        return first.array
    }

    static func requireFit(_ array: NumpyArray, _ shape: InputShape, path: String) throws {
        guard !fits(array, shape) else { return }
        throw CommandError("\(path): an array of shape \(array.shape); the network takes N × \(expected(shape))")
    }

    private static func expected(_ shape: InputShape) -> [Int] {
        (shape.frames == 1 ? [] : [shape.frames]) + [shape.height, shape.width, 3]
    }

    private static func fits(_ array: NumpyArray, _ shape: InputShape) -> Bool {
        let given = Array(array.shape.dropFirst())
        return !array.shape.isEmpty && (given == expected(shape) || (shape.frames == 1 && given == [1] + expected(shape)))
    }

    private final class Reader: SampleReader {
        private let array: NumpyArray
        private let path: String

        init(_ array: NumpyArray, _ path: String) {
            self.array = array
            self.path = path
        }

        func read(_ index: Int, into pixels: UnsafeMutableBufferPointer<Int8>) throws {
            for i in pixels.indices {
                let value = array.number(index * pixels.count + i)
                guard value >= -0.5, value < 255.5 else {
                    throw CommandError("\(path): sample \(index) holds \(value); pictures are 0…255")
                }
                pixels[i] = Int8(Int(value.rounded()) - 128)
            }
        }
    }
}

/// From where to where an array's numbers go, and whether those can be pictures in 0…255.
struct ValueRange {
    var low = Float.infinity
    var high = -Float.infinity
    private var isFinite = true

    init(_ array: NumpyArray) throws {
        let count = array.shape.reduce(1, *)
        array.data.withUnsafeBytes { bytes in
            if array.element == .uint8 {
                let (least, greatest) = bytes.prefix(count).reduce((UInt8.max, UInt8.min)) { (min($0.0, $1), max($0.1, $1)) }
                (low, high) = (Float(least), Float(greatest))
            } else {
                for i in 0..<count {
                    let value = bytes.loadUnaligned(fromByteOffset: 4 * i, as: Float.self)
                    low = min(low, value)
                    high = max(high, value)
                    if !value.isFinite { isFinite = false }
                }
            }
        }
        if count == 0 { (low, high) = (0, 255) }
    }

    /// What is wrong, and what to do; `nil` when nothing is.
    var complaint: String? {
        let span = "its numbers go from \(low) to \(high)"
        if !isFinite { return "it holds NaN or infinity" }
        if low >= -0.5, high < 255.5, high > 1.001 { return nil }
        if low >= 0, high <= 1.001 {
            return high == 0 ? "all its numbers are 0" : "\(span): scaled to 0…1. This network takes 0…255: multiply by 255"
        }
        if low >= -1.001, high <= 1.001 {
            return "\(span): scaled to −1…1. This network takes 0…255: multiply by 127.5 and add 127.5"
        }
        if low >= -4, high <= 4 {
            return "\(span): normalized by mean and deviation. This network takes 0…255 and normalizes by itself: undo it"
        }
        return "\(span); pictures are 0…255"
    }
}

extension NumpyArray {
    /// One element of a uint8 or float32 array.
    func number(_ index: Int) -> Float {
        data.withUnsafeBytes { bytes in
            element == .uint8
                ? Float(bytes[index]) : bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
        }
    }
}
