/// Why a model file could not be read or written. Every case names the file; `description` says what to do about it.
public enum ModelFileError: Error, Equatable, CustomStringConvertible {
    /// The system refused the file.
    case unreadable(file: String, reason: String)
    /// The first bytes are not those of a model file.
    case notAModel(file: String)
    /// Made for another version of the layout.
    case unsupportedVersion(file: String, version: UInt32)
    /// The file is shorter or longer than it says, in bytes.
    case wrongSize(file: String, expected: UInt64, actual: Int)
    /// The content differs from what was written.
    case checksum(file: String)
    /// A section, record or list does not lie within the file, or holds an unknown code.
    case malformed(file: String, what: String)
    /// The records are readable, but no runtime could execute what they say.
    case invalid(file: String, what: String)
    /// The system refused to write the file.
    case unwritable(file: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file): cannot be read: \(reason). Check the path and its permissions."
        case .notAModel(let file):
            "\(file): not a model file. Make one with `tidepool quantize`."
        case .unsupportedVersion(let file, let version):
            "\(file): layout version \(version), not \(Layout.version). Quantize the network again with this release."
        case .wrongSize(let file, let expected, let actual):
            "\(file): \(actual) bytes instead of \(expected). The copy is incomplete: copy the file again."
        case .checksum(let file):
            "\(file): the checksum does not match. The file is damaged: copy it again."
        case .malformed(let file, let what):
            "\(file): \(what). The file is damaged: quantize the network again."
        case .invalid(let file, let what):
            "\(file): \(what). No runtime can execute this: quantize the network again."
        case .unwritable(let file, let reason):
            "\(file): cannot be written: \(reason). Check the folder, its permissions and the free space."
        }
    }
}
