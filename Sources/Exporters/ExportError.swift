/// Why a model cannot be written in another format.
public enum ExportError: Error, Equatable, CustomStringConvertible {
    /// All operations that have no form in the other format, at once.
    case unsupported(file: String, operations: [String])
    case unwritable(file: String, reason: String)

    public var description: String {
        switch self {
        case .unsupported(let file, let operations):
            """
            \(file): \(operations.count) operation\(operations.count == 1 ? " has" : "s have") no form in this format
            \(operations.map { "  \($0)" }.joined(separator: "\n"))
            """
        case .unwritable(let file, let reason): "\(file): \(reason)"
        }
    }
}

/// Why one operation cannot be written; the exporter adds its name.
struct ExportFailure: Error {
    var reason: String
}

/// What an exporter has made.
public struct ExportedModel: Sendable {
    public var bytes: [UInt8]
    /// What a reader should know about the file: where its arithmetic differs from ours.
    public var notes: [String]
}
