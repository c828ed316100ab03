import CPlatform

/// The JPEGs of a folder (with those below it, in the order of their paths) or of a `.tar` archive (in its own order).
public final class PictureCollection {
    /// Paths relative to the folder or within the archive.
    public let names: [String]
    public let path: String
    private var mapping: tp_mapping
    private let ranges: [Range<Int>]
    private var buffer: UnsafeMutableRawBufferPointer

    /// - Throws: `unreadable`, or `noPictures` where there is none.
    public init(path: String) throws(CameraError) {
        self.path = path
        mapping = tp_mapping()
        buffer = .init(start: nil, count: 0)
        if tp_is_directory(path) == 1 {
            var found: [String] = []
            try Self.list(path, below: "", into: &found)
            names = found
            ranges = []
        } else if path.hasSuffix(".tar") {
            let error = tp_map_file(path, &mapping)
            guard error == 0 else { throw .unreadable(path, CameraError.words(error)) }
            let bytes = UnsafeRawBufferPointer(start: mapping.base, count: mapping.size)
            let entries = try TarArchive(bytes, path: path).entries.filter { Self.isPicture($0.name) }
            names = entries.map { $0.name }
            ranges = entries.map { $0.range }
        } else {
            let size = tp_file_size(path)
            throw size < 0
                ? .unreadable(path, CameraError.words(Int32(size)))
                : .unknownSource(path, "neither a folder nor a .tar of pictures")
        }
        guard !names.isEmpty else { throw .noPictures(path) }
    }

    deinit {
        tp_unmap(&mapping)
        buffer.deallocate()
    }

    /// The path of a picture, for messages.
    public func path(of index: Int) -> String { path + "/" + names[index] }

    /// The picture's file as it is, valid until the next call.
    ///
    /// - Throws: `damaged`, naming the file, when it cannot be read; the others may still be.
    public func bytes(at index: Int) throws(CameraError) -> UnsafeRawBufferPointer {
        if let base = mapping.base {
            return UnsafeRawBufferPointer(
                rebasing: UnsafeRawBufferPointer(start: base, count: mapping.size)[ranges[index]])
        }
        let file = path(of: index)
        let size = tp_file_size(file)
        guard size >= 0 else { throw .damaged(file, CameraError.words(Int32(size))) }
        if buffer.count < Int(size) {
            buffer.deallocate()
            buffer = .allocate(byteCount: Int(size), alignment: 64)
        }
        let descriptor = tp_open_read(file)
        guard descriptor >= 0 else { throw .damaged(file, CameraError.words(descriptor)) }
        defer { tp_close(descriptor) }
        guard size > 0, let base = buffer.baseAddress else { throw .damaged(file, "the file is empty") }
        let count = tp_read(descriptor, base, Int(size))
        guard count >= 0 else { throw .damaged(file, CameraError.words(Int32(count))) }
        return UnsafeRawBufferPointer(start: base, count: Int(count))
    }

    private static func isPicture(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        let ending = name[dot...].lowercased()
        return ending == ".jpg" || ending == ".jpeg"
    }

    private static func list(_ root: String, below: String, into found: inout [String]) throws(CameraError) {
        let folder = below.isEmpty ? root : root + "/" + below
        var directory: OpaquePointer?
        let error = tp_directory_read(folder, &directory)
        guard error == 0, let directory else { throw .unreadable(folder, CameraError.words(error)) }
        defer { tp_directory_free(directory) }
        for i in 0..<tp_directory_count(directory) {
            let name = String(cString: tp_directory_name(directory, i))
            let relative = below.isEmpty ? name : below + "/" + name
            if tp_is_directory(root + "/" + relative) == 1 {
                try list(root, below: relative, into: &found)
            } else if isPicture(name) {
                found.append(relative)
            }
        }
    }
}
