import CPlatform
import CYAMLTree

/// A YAML file, read and checked for its form.
final class YAMLDocument {
    let file: String
    private let tree: OpaquePointer

    /// - Throws: for a file that cannot be read, or whose text is not the YAML that is read here.
    convenience init(path: String) throws(ConfigError) {
        var mapping = tp_mapping()
        let error = tp_map_file(path, &mapping)
        guard error == 0 else {
            throw ConfigError(file: path, text: "cannot be read: " + String(cString: tp_error_text(error)))
        }
        defer { tp_unmap(&mapping) }
        let bytes = UnsafeRawBufferPointer(start: mapping.base, count: mapping.size)
        try self.init(bytes, file: path)
    }

    init(_ bytes: UnsafeRawBufferPointer, file: String) throws(ConfigError) {
        self.file = file
        guard let parsed = ty_parse(bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count) else {
            throw ConfigError(file: file, text: "out of memory")
        }
        tree = parsed
        if let error = ty_error(tree) {
            throw ConfigError(file: file, line: Int(ty_error_line(tree)), text: String(cString: error))
        }
    }

    deinit { ty_free(tree) }

    var root: YAMLNode { YAMLNode(document: self, index: 0, keyPath: "") }

    func node(_ index: Int32) -> ty_node { ty_at(tree, index) }
}
