/// A node that the importer cannot translate.
public struct UnsupportedNode: Equatable, Sendable {
    public let name: String
    /// The operator's type as the file spells it.
    public let op: String
    public let reason: String
}

/// Why a trained network could not be read. Every text names the file.
public enum ImportError: Error, Equatable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    /// Not in the format, or cut short.
    case malformed(path: String, reason: String)
    /// In the format, and contradicting itself or missing something.
    case invalid(path: String, reason: String)
    /// All nodes that have no translation, at once, and what has one.
    case unsupported(path: String, nodes: [UnsupportedNode], supported: [String])

    /// A failure that concerns the file as a whole.
    init(_ failure: ImportFailure, path: String) {
        self = switch failure {
        case .invalid(let reason), .unsupported(let reason): .invalid(path: path, reason: reason)
        case .consequence: .invalid(path: path, reason: "a node reads a value that could not be translated")
        }
    }

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path): cannot be read: \(reason)"
        case .malformed(let path, let reason):
            "\(path): not a complete model file: \(reason). Export it again"
        case .invalid(let path, let reason):
            "\(path): \(reason)"
        case .unsupported(let path, let nodes, let supported):
            """
            \(path): \(nodes.count) unsupported node\(nodes.count == 1 ? "" : "s")
            \(nodes.map { "  \($0.name) (\($0.op)): \($0.reason)" }.joined(separator: "\n"))
            supported: \(supported.joined(separator: ", "))
            """
        }
    }
}

/// Why one part of a file could not be translated; the importer adds node and file.
enum ImportFailure: Error {
    /// Meaningful, and not implemented.
    case unsupported(String)
    /// Wrong in any reading.
    case invalid(String)
    /// Depends on a node that has failed already: not worth a line of its own.
    case consequence
}
