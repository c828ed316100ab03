/// Why bytes are no FlatBuffer.
public struct FlatBufferError: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// The bytes of a FlatBuffer. Every offset is checked before it is followed.
///
/// Vectors of a hostile file may overlap, so that few bytes stand for many elements. All reads together are therefore
/// limited to a small multiple of the file.
public final class FlatBuffer {
    public let bytes: [UInt8]
    private var budget: Int

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        budget = 16 * bytes.count + 4096
    }

    /// The table that the buffer begins with.
    ///
    /// - Parameter identifier: the four letters at byte 4.
    public func root(identifier: String) throws(FlatBufferError) -> FlatTable {
        guard bytes.count >= 8 else { throw FlatBufferError("it holds \(bytes.count) bytes") }
        guard bytes[4..<8].elementsEqual(identifier.utf8) else {
            throw FlatBufferError("it does not begin with \(identifier)")
        }
        return try FlatTable(self, at: try target(of: 0))
    }

    /// A little-endian number, wherever it lies.
    func load<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, at position: Int) throws(FlatBufferError) -> T {
        try require(position, MemoryLayout<T>.size)
        return bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: T.self)) }
    }

    /// Where the offset that is stored at `position` leads.
    func target(of position: Int) throws(FlatBufferError) -> Int {
        let offset = Int(try load(UInt32.self, at: position))
        guard offset > 0, position + offset < bytes.count else { throw outside(position) }
        return position + offset
    }

    /// The elements of the vector at `position`: the place of the first, and how many there are.
    func vector(at position: Int, stride: Int) throws(FlatBufferError) -> (first: Int, count: Int) {
        let count = Int(try load(UInt32.self, at: position))
        guard count <= (bytes.count - position - 4) / stride else { throw outside(position) }
        budget -= count * stride
        guard budget >= 0 else { throw FlatBufferError("its vectors overlap") }
        return (position + 4, count)
    }

    private func require(_ position: Int, _ size: Int) throws(FlatBufferError) {
        guard position >= 0, position <= bytes.count - size else { throw outside(position) }
    }

    private func outside(_ position: Int) -> FlatBufferError {
        FlatBufferError("what stands at byte \(position) leads beyond its \(bytes.count) bytes")
    }
}

/// A table of a FlatBuffer: fields by number, each of them optional.
public struct FlatTable {
    public let buffer: FlatBuffer
    private let position: Int
    private let offsets: Int
    private let fieldCount: Int

    init(_ buffer: FlatBuffer, at position: Int) throws(FlatBufferError) {
        self.buffer = buffer
        self.position = position
        offsets = position - Int(try buffer.load(Int32.self, at: position))
        let size = Int(try buffer.load(UInt16.self, at: offsets))
        guard size >= 4, size % 2 == 0 else { throw FlatBufferError("the table at byte \(position) has no fields") }
        fieldCount = (size - 4) / 2
    }

    private func place(_ field: Int) throws(FlatBufferError) -> Int? {
        guard field < fieldCount else { return nil }
        let offset = try buffer.load(UInt16.self, at: offsets + 4 + 2 * field)
        return offset == 0 ? nil : position + Int(offset)
    }

    /// An integer of 32 bits.
    public func integer(_ field: Int, default value: Int32 = 0) throws(FlatBufferError) -> Int {
        guard let place = try place(field) else { return Int(value) }
        return Int(try buffer.load(Int32.self, at: place))
    }

    /// An integer of another width, by default 0.
    public func integer<T: FixedWidthInteger & BitwiseCopyable>(
        _ field: Int, as type: T.Type
    ) throws(FlatBufferError) -> Int {
        guard let place = try place(field) else { return 0 }
        return Int(truncatingIfNeeded: try buffer.load(type, at: place))
    }

    public func bool(_ field: Int) throws(FlatBufferError) -> Bool { try integer(field, as: UInt8.self) != 0 }

    public func float(_ field: Int, default value: Float = 0) throws(FlatBufferError) -> Float {
        guard let place = try place(field) else { return value }
        return Float(bitPattern: try buffer.load(UInt32.self, at: place))
    }

    public func table(_ field: Int) throws(FlatBufferError) -> FlatTable? {
        guard let place = try place(field) else { return nil }
        return try FlatTable(buffer, at: try buffer.target(of: place))
    }

    /// The tables of a vector; none where the field is missing.
    public func tables(_ field: Int) throws(FlatBufferError) -> [FlatTable] {
        guard let (first, count) = try vector(field, stride: 4) else { return [] }
        var tables: [FlatTable] = []
        for index in 0..<count { tables.append(try FlatTable(buffer, at: try buffer.target(of: first + 4 * index))) }
        return tables
    }

    public func string(_ field: Int) throws(FlatBufferError) -> String? {
        try bytes(field).map { String(decoding: buffer.bytes[$0], as: UTF8.self) }
    }

    /// Where the bytes of a vector lie in the buffer.
    public func bytes(_ field: Int) throws(FlatBufferError) -> Range<Int>? {
        try vector(field, stride: 1).map { $0.first..<$0.first + $0.count }
    }

    /// The integers of a vector; `nil` where the field is missing.
    public func integers(_ field: Int) throws(FlatBufferError) -> [Int]? { try integers(field, as: Int32.self) }

    public func integers<T: FixedWidthInteger & BitwiseCopyable>(
        _ field: Int, as type: T.Type
    ) throws(FlatBufferError) -> [Int]? {
        let size = MemoryLayout<T>.size
        guard let (first, count) = try vector(field, stride: size) else { return nil }
        var values: [Int] = []
        for index in 0..<count {
            values.append(Int(truncatingIfNeeded: try buffer.load(type, at: first + size * index)))
        }
        return values
    }

    public func floats(_ field: Int) throws(FlatBufferError) -> [Float]? {
        try integers(field, as: UInt32.self).map { $0.map { Float(bitPattern: UInt32($0)) } }
    }

    private func vector(_ field: Int, stride: Int) throws(FlatBufferError) -> (first: Int, count: Int)? {
        guard let place = try place(field) else { return nil }
        return try buffer.vector(at: try buffer.target(of: place), stride: stride)
    }
}
