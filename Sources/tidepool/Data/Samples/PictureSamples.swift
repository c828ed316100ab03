import Camera
import Foundation
import PoolScene

/// A folder or `.tar` of JPEGs; for clips a folder each.
final class PictureSamples: SampleSource, @unchecked Sendable {
    let names: [String]
    private let path: String
    private let shape: InputShape
    /// For each sample its pictures' positions in the collection.
    private let groups: [[Int]]

    init(path: String, shape: InputShape) throws {
        self.path = path
        self.shape = shape
        let collection = try PictureCollection(path: path)
        if shape.frames == 1 {
            names = collection.names
            groups = collection.names.indices.map { [$0] }
        } else {
            (names, groups) = try Self.clips(collection, shape)
        }
    }

    func makeReader() throws -> any SampleReader {
        Reader(
            groups, try PictureCollection(path: path), try PictureDecoder(),
            Preprocessor(width: shape.width, height: shape.height, swapRedBlue: shape.swapRedBlue))
    }

    func files(_ positions: [Int]) throws -> [CalibrationManifest.File] {
        let collection = try PictureCollection(path: path)
        return try positions.flatMap { groups[$0] }.map { picture in
            CalibrationManifest.File(name: collection.names[picture], bytes: try collection.bytes(at: picture))
        }
    }

    /// Folders of pictures are clips; one that is longer than a clip gives its first frames.
    private static func clips(_ collection: PictureCollection, _ shape: InputShape) throws -> ([String], [[Int]]) {
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
        return (names, groups.map { Array($0.prefix(shape.frames)) })
    }

    private final class Reader: SampleReader {
        private let groups: [[Int]]
        private let collection: PictureCollection
        private let decoder: PictureDecoder
        private let preprocessor: Preprocessor

        init(_ groups: [[Int]], _ collection: PictureCollection, _ decoder: PictureDecoder, _ preprocessor: Preprocessor) {
            self.groups = groups
            self.collection = collection
            self.decoder = decoder
            self.preprocessor = preprocessor
        }

        func read(_ index: Int, into pixels: UnsafeMutableBufferPointer<Int8>) throws {
            let size = pixels.count / groups[index].count
            for (frame, picture) in groups[index].enumerated() {
                let coded = Frame(
                    width: 0, height: 0, format: .mjpeg, stride: 0, bytes: try collection.bytes(at: picture),
                    sequence: picture, capturedNanoseconds: 0, name: collection.path(of: picture))
                try preprocessor.prepare(
                    try decoder.decode(coded), crop: .whole,
                    into: .init(rebasing: pixels[frame * size..<(frame + 1) * size]))
            }
        }
    }
}

extension Box {
    /// All of a frame.
    static let whole = Box(x0: 0, y0: 0, x1: 1, y1: 1)
}
