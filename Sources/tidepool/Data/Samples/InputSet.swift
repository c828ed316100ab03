import Camera
import FloatGraph
import Foundation
import PoolScene
import Quantizer

/// What a network wants to see.
struct InputShape: Equatable, Sendable {
    var frames: Int
    var height: Int
    var width: Int
    var swapRedBlue: Bool

    init(_ recipe: Recipe) {
        frames = recipe.clip?.frames ?? 1
        height = recipe.height
        width = recipe.width
        swapRedBlue = recipe.colour == .bgr
    }

    init(frames: Int, height: Int, width: Int, swapRedBlue: Bool) {
        self.frames = frames
        self.height = height
        self.width = width
        self.swapRedBlue = swapRedBlue
    }

    var frameCount: Int { height * width * 3 }
    var count: Int { frames * frameCount }
}

/// One picture or clip as the board's preprocessing makes it: `[frames][height][width][3]`, pixel − 128.
struct Sample: Sendable {
    var name: String
    var pixels: [Int8]

    /// The same for the float network: colours 0…255.
    func tensor(_ shape: InputShape) -> FloatTensor {
        FloatTensor(
            shape: [shape.frames, shape.height, shape.width, 3], values: pixels.map { Float($0) + 128 })
    }
}

/// Pictures or clips on disk: a folder or `.tar` of JPEGs (for clips: a folder each), or a `.npy` array.
///
/// JPEGs go through the camera's own preprocessing, so that calibration and evaluation see what the board sees.
final class InputSet {
    let path: String
    let shape: InputShape
    /// The samples' names, in order: paths of pictures or folders, or positions in an array.
    let names: [String]
    private let content: Content
    private(set) var skipped: [String] = []
    private var readers: [SampleReader] = []

    private enum Content {
        /// For each sample its pictures' positions in the collection.
        case pictures([[Int]])
        case array(NumpyArray)
    }

    init(path: String, shape: InputShape) throws {
        self.path = path
        self.shape = shape
        if path.hasSuffix(".npy") {
            let array = try NumpyArray(path: path)
            try Self.check(array, shape, path)
            content = .array(array)
            names = (0..<array.shape[0]).map { "\($0)" }
        } else {
            let collection = try PictureCollection(path: path)
            if shape.frames == 1 {
                names = collection.names
                content = .pictures(collection.names.indices.map { [$0] })
            } else {
                (names, content) = try Self.clips(collection, shape)
            }
        }
        guard !names.isEmpty else { throw CommandError("\(path): holds nothing to work with") }
    }

    /// Reads samples on all cores; those that cannot be read are named on standard error, left out and counted.
    ///
    /// - Throws: when none of the whole set can be read.
    func load(_ positions: some Collection<Int>) throws -> [Sample] {
        let positions = Array(positions)
        let results = Collector<Result<Sample, Error>>(count: positions.count)
        let workers = min(positions.count, ProcessInfo.processInfo.activeProcessorCount)
        while readers.count < workers { readers.append(try SampleReader(self)) }
        nonisolated(unsafe) let shared = readers
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            for index in stride(from: worker, to: positions.count, by: workers) {
                results.set(index, Result { try shared[worker].read(positions[index]) })
            }
        }
        var samples: [Sample] = []
        for (position, result) in zip(positions, results.values) {
            do { samples.append(try result!.get()) } catch {
                skipped.append(names[position])
                FileHandle.standardError.write(Data("skipped: \(error)\n".utf8))
            }
        }
        if skipped.count == names.count {
            throw CommandError("\(path): none of its \(names.count) samples can be read")
        }
        return samples
    }

    /// `limit` positions spread evenly over the set; all of them where there are fewer.
    func spread(limit: Int?) -> [Int] {
        guard let limit, limit < names.count else { return Array(names.indices) }
        return (0..<limit).map { $0 * names.count / limit }
    }

    private static func check(_ array: NumpyArray, _ shape: InputShape, _ path: String) throws {
        let one = [shape.height, shape.width, 3]
        let expected = shape.frames == 1 ? one : [shape.frames] + one
        let given = Array(array.shape.dropFirst())
        guard given == expected || (shape.frames == 1 && given == [1] + one) else {
            throw CommandError("\(path): arrays of shape \(array.shape); the network takes N × \(expected)")
        }
        guard array.element == .uint8 || array.element == .float32 else {
            throw CommandError(
                "\(path): elements of type \(array.element.rawValue); pictures are uint8 or float32 in 0…255")
        }
    }

    /// Folders of pictures are clips; one that is longer than a clip gives its first frames.
    private static func clips(_ collection: PictureCollection, _ shape: InputShape) throws -> ([String], Content) {
        var names: [String] = []
        var groups: [[Int]] = []
        for (index, picture) in collection.names.enumerated() {
            let folder = picture.split(separator: "/").dropLast().joined(separator: "/")
            if names.last != folder {
                names.append(folder)
                groups.append([])
            }
            groups[groups.count - 1].append(index)
        }
        for (name, group) in zip(names, groups) where group.count < shape.frames {
            throw CommandError(
                "\(collection.path)/\(name): \(group.count) pictures; a clip of this network is a folder of \(shape.frames)"
            )
        }
        return (names, .pictures(groups.map { Array($0.prefix(shape.frames)) }))
    }

    /// Reads samples on one thread.
    private final class SampleReader {
        private unowned let set: InputSet
        private let collection: PictureCollection?
        private let decoder: PictureDecoder
        private let preprocessor: Preprocessor

        init(_ set: InputSet) throws {
            self.set = set
            if case .pictures = set.content {
                collection = try PictureCollection(path: set.path)
            } else {
                collection = nil
            }
            decoder = try PictureDecoder()
            preprocessor = Preprocessor(
                width: set.shape.width, height: set.shape.height, swapRedBlue: set.shape.swapRedBlue)
        }

        func read(_ index: Int) throws -> Sample {
            var pixels = [Int8](repeating: 0, count: set.shape.count)
            switch set.content {
            case .array(let array): try fill(&pixels, from: array, index)
            case .pictures(let groups):
                try pixels.withUnsafeMutableBufferPointer { out in
                    for (frame, picture) in groups[index].enumerated() {
                        let begin = frame * set.shape.frameCount
                        try prepare(picture, into: .init(rebasing: out[begin..<begin + set.shape.frameCount]))
                    }
                }
            }
            return Sample(name: set.names[index], pixels: pixels)
        }

        private func prepare(_ picture: Int, into out: UnsafeMutableBufferPointer<Int8>) throws {
            let coded = Frame(
                width: 0, height: 0, format: .mjpeg, stride: 0, bytes: try collection!.bytes(at: picture),
                sequence: picture, capturedNanoseconds: 0, name: collection!.path(of: picture))
            try preprocessor.prepare(
                try decoder.decode(coded), crop: Box(x0: 0, y0: 0, x1: 1, y1: 1), into: out)
        }

        private func fill(_ pixels: inout [Int8], from array: NumpyArray, _ index: Int) throws {
            let count = set.shape.count
            try array.data.withUnsafeBytes { bytes in
                for i in 0..<count {
                    let at = index * count + i
                    let value: Float =
                        array.element == .uint8
                        ? Float(bytes[at]) : bytes.loadUnaligned(fromByteOffset: 4 * at, as: Float.self)
                    guard value >= -0.5, value < 255.5 else {
                        throw CommandError("\(set.path): sample \(index) holds \(value); pictures are 0…255")
                    }
                    pixels[i] = Int8(Int(value.rounded()) - 128)
                }
            }
        }
    }
}

/// Results that several threads put into places of their own.
final class Collector<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var values: [Value?]

    init(count: Int) { values = Array(repeating: nil, count: count) }

    func set(_ index: Int, _ value: Value) {
        lock.withLock { values[index] = value }
    }
}
