/// Why a configuration cannot be used: one line that names the file, the line and the key.
public struct ConfigError: Error, Equatable, CustomStringConvertible {
    public var file: String
    /// From 1; `nil` when the file as a whole is meant.
    public var line: Int?
    public var text: String

    public var description: String { file + (line.map { ":\($0)" } ?? "") + ": " + text }
}
