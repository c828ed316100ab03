import CPlatform
import ModelFile

/// A gallery as bytes. All numbers are little-endian.
///
///     header   "TGAL" · version u32 · bytes of the file u64 · CRC-32 of all that follows u32 · dimension u32 ·
///              fingerprint of the model u64 · number of swimmers u32
///     swimmer  bytes of the name u32 · clips u32 · the name in UTF-8 · sum of the clips' embeddings, i32 × dimension
enum GalleryFile {
    static let version: UInt32 = 1
    /// "TGAL", read as a little-endian word.
    private static let magic: UInt32 = 0x4C41_4754
    private static let headerSize = 36
    private static let checksummed = 20

    static func encode(_ gallery: Gallery) -> [UInt8] {
        var body: [UInt8] = []
        append(UInt32(gallery.dimension), to: &body)
        append(gallery.model, to: &body)
        append(UInt32(gallery.swimmers.count), to: &body)
        for swimmer in gallery.swimmers {
            append(UInt32(swimmer.name.utf8.count), to: &body)
            append(UInt32(swimmer.clips), to: &body)
            body += swimmer.name.utf8
            for component in swimmer.sum { append(UInt32(bitPattern: component), to: &body) }
        }
        var file: [UInt8] = []
        append(magic, to: &file)
        append(version, to: &file)
        append(UInt64(checksummed + body.count), to: &file)
        append(body.withUnsafeBytes { CRC32.checksum($0) }, to: &file)
        return file + body
    }

    static func decode(_ bytes: [UInt8], name file: String) throws(GalleryError) -> Gallery {
        func damaged(_ what: String) -> GalleryError { .damaged(file: file, what: what) }
        var cursor = Cursor(bytes)
        guard cursor.word() == magic, let version = cursor.word() else { throw .notAGallery(file: file) }
        guard version == GalleryFile.version else { throw .unsupportedVersion(file: file, version: version) }
        guard let size = cursor.long(), let checksum = cursor.word(), bytes.count >= headerSize else {
            throw damaged("it ends within the header")
        }
        guard size == UInt64(bytes.count) else { throw damaged("\(bytes.count) bytes instead of \(size)") }
        let content = bytes.withUnsafeBytes { CRC32.checksum(UnsafeRawBufferPointer(rebasing: $0[checksummed...])) }
        guard checksum == content else { throw damaged("the checksum does not match") }
        guard let dimension = cursor.word(), let model = cursor.long(), let count = cursor.word(),
            (1...Gallery.maximumDimension).contains(Int(dimension)), count <= Gallery.maximumSwimmers
        else { throw damaged("its dimension or number of swimmers is out of range") }
        var gallery = Gallery(model: model, dimension: Int(dimension))
        for index in 0..<count {
            guard let swimmer = cursor.swimmer(dimension: Int(dimension)), gallery.append(swimmer) else {
                throw damaged("swimmer \(index) is cut off, named twice or not made of embeddings")
            }
        }
        guard cursor.isAtEnd else { throw damaged("bytes follow its last swimmer") }
        return gallery
    }

    private static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }

    /// Reads from the front; every read is `nil` past the end.
    private struct Cursor {
        private let bytes: [UInt8]
        private var next = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { next == bytes.count }

        mutating func word() -> UInt32? { number(4).map { UInt32(truncatingIfNeeded: $0) } }
        mutating func long() -> UInt64? { number(8) }

        private mutating func number(_ size: Int) -> UInt64? {
            guard bytes.count - next >= size else { return nil }
            var number: UInt64 = 0
            for i in 0..<size { number |= UInt64(bytes[next + i]) << UInt64(8 * i) }
            next += size
            return number
        }

        mutating func swimmer(dimension: Int) -> Gallery.Swimmer? {
            guard let nameBytes = word(), let clips = word(), nameBytes <= Gallery.maximumNameBytes,
                bytes.count - next >= Int(nameBytes) + 4 * dimension,
                let name = String(validating: bytes[next..<next + Int(nameBytes)], as: UTF8.self)
            else { return nil }
            next += Int(nameBytes)
            var sum: [Int32] = []
            sum.reserveCapacity(dimension)
            for _ in 0..<dimension {
                guard let component = word() else { return nil }
                sum.append(Int32(bitPattern: component))
            }
            return Gallery.Swimmer(name: name, clips: Int(clips), sum: sum)
        }
    }
}

extension Gallery {
    /// Reads a file.
    ///
    /// - Throws: `unreadable`, `notAGallery`, `unsupportedVersion` or `damaged`.
    public init(path: String) throws(GalleryError) {
        var mapping = tp_mapping()
        let result = tp_map_file(path, &mapping)
        guard result == 0 else { throw .unreadable(file: path, reason: String(cString: tp_error_text(result))) }
        defer { tp_unmap(&mapping) }
        try self.init(bytes: [UInt8](UnsafeRawBufferPointer(start: mapping.base, count: mapping.size)), name: path)
    }

    /// Reads what `encoded` returned; `name` stands for it in errors.
    public init(bytes: [UInt8], name: String) throws(GalleryError) {
        self = try GalleryFile.decode(bytes, name: name)
    }

    /// The file's bytes.
    public var encoded: [UInt8] { GalleryFile.encode(self) }

    /// Replaces the file as a whole.
    public func write(to path: String) throws(GalleryError) {
        let bytes = encoded
        let result = bytes.withUnsafeBytes { tp_write_file_atomic(path, $0.baseAddress, $0.count) }
        guard result == 0 else { throw .unwritable(file: path, reason: String(cString: tp_error_text(result))) }
    }

    /// - Throws: `otherModel` unless the gallery was made with this model.
    public func check(madeWith model: Model, _ embedding: EmbeddingOutput, file: String) throws(GalleryError) {
        guard self.model == model.fingerprint, dimension == embedding.dimension else {
            throw .otherModel(file: file, model: model.description.name)
        }
    }
}
