import FloatGraph
import TFLiteFormat

/// Where the stored elements of a sparse constant belong: levels from the outermost to the innermost, each dense or
/// with a list of the indices that exist (compressed rows), first those of blocks, then those within a block.
struct SparseLayout {
    private enum Level {
        case dense(Int)
        case compressed(segments: [Int], indices: [Int])
    }

    private let shape: [Int]
    private let traversal: [Int]
    private let blockMap: [Int]
    private var levels: [Level] = []
    /// The extent of every level.
    private var extents: [Int] = []

    init(_ table: FlatTable, shape: [Int]) throws {
        self.shape = shape
        traversal = try table.integers(Schema.Sparsity.traversal) ?? []
        blockMap = try table.integers(Schema.Sparsity.blockMap) ?? []
        for dimension in try table.tables(Schema.Sparsity.dimensions) {
            if try dimension.integer(Schema.Dimension.format, as: Int8.self) == 0 {
                levels.append(.dense(try dimension.integer(Schema.Dimension.size)))
            } else {
                let segments = try Self.indices(dimension, Schema.Dimension.segmentsType)
                levels.append(
                    .compressed(
                        segments: segments, indices: try Self.indices(dimension, Schema.Dimension.indicesType)))
            }
        }
        let rank = shape.count
        guard levels.count == traversal.count, levels.count == rank + blockMap.count,
            traversal.sorted() == Array(traversal.indices), blockMap.allSatisfy(shape.indices.contains),
            Set(blockMap).count == blockMap.count,
            traversal.prefix(rank).allSatisfy({ $0 < rank })
        else { throw ImportFailure.invalid("its sparse levels do not fit \(shape)") }
        try measure()
    }

    /// A union of vectors of 32, 16 or 8 bits, each alone in its table; the vector's field follows the type's.
    private static func indices(_ table: FlatTable, _ field: Int) throws -> [Int] {
        guard let vector = try table.table(field + 1) else { return [] }
        switch try table.integer(field, as: UInt8.self) {
        case 1: return try vector.integers(0, as: Int32.self) ?? []
        case 2: return try vector.integers(0, as: UInt16.self) ?? []
        case 3: return try vector.integers(0, as: UInt8.self) ?? []
        default: throw ImportFailure.invalid("it has indices of an unknown type")
        }
    }

    /// The extents of blocks are given by their dense levels; those of the axes by the shape, in blocks.
    private mutating func measure() throws {
        var blocks = Array(repeating: 1, count: shape.count)
        extents = Array(repeating: 0, count: levels.count)
        for (level, axis) in traversal.enumerated() where axis >= shape.count {
            guard case .dense(let size) = levels[level], size > 0 else {
                throw ImportFailure.unsupported("it has sparse blocks; supported are dense blocks")
            }
            blocks[blockMap[axis - shape.count]] = size
            extents[level] = size
        }
        for (level, axis) in traversal.enumerated() where axis < shape.count {
            guard shape[axis] % blocks[axis] == 0 else { throw ImportFailure.invalid("its blocks do not fit \(shape)") }
            extents[level] = shape[axis] / blocks[axis]
            if case .dense(let size) = levels[level], size != extents[level] {
                throw ImportFailure.invalid("a level has extent \(size) instead of \(extents[level])")
            }
        }
    }

    /// The stored elements in their places, zeros elsewhere.
    func dense(_ stored: ConstantTensor) throws -> ConstantTensor {
        let strides = rowMajorStrides(shape)
        var steps: [Int] = []
        for axis in traversal {
            let own = axis < shape.count ? axis : blockMap[axis - shape.count]
            let block = traversal.enumerated().first { $0.element >= shape.count
                && blockMap[$0.element - shape.count] == own }
            steps.append(strides[own] * (axis < shape.count ? block.map { extents[$0.offset] } ?? 1 : 1))
        }
        // For every level the offsets of the elements that exist, in the order of storage.
        var places = [0]
        for (level, kind) in levels.enumerated() {
            switch kind {
            case .dense(let size):
                places = places.flatMap { start in (0..<size).map { start + $0 * steps[level] } }
            case .compressed(let segments, let indices):
                guard segments.count == places.count + 1, segments.first == 0, segments.last == indices.count,
                    zip(segments, segments.dropFirst()).allSatisfy(<=),
                    indices.allSatisfy((0..<extents[level]).contains)
                else { throw ImportFailure.invalid("its sparse indices are not in order") }
                places = places.indices.flatMap { row in
                    indices[segments[row]..<segments[row + 1]].map { places[row] + $0 * steps[level] }
                }
            }
            guard places.count <= Graph.elementLimit else { throw ImportFailure.invalid("its sparse levels are too many") }
        }
        guard places.count == stored.count else {
            throw ImportFailure.invalid("\(stored.count) elements are stored for \(places.count) places")
        }
        var values = Array(repeating: Float(0), count: try constantCount(shape))
        for (value, place) in zip(stored.floats, places) { values[place] = value }
        return ConstantTensor(values, shape: shape)
    }
}
