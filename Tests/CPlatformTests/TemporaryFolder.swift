import CPlatform
import Foundation
import Testing

/// Runs `body` with the path of a new folder and removes it afterwards.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: url) }
    try body(url.path)
}

/// The names in a folder as CPlatform lists them.
func names(in folder: String) throws -> [String] {
    var directory: OpaquePointer?
    try #require(tp_directory_read(folder, &directory) == 0)
    let listing = try #require(directory)
    defer { tp_directory_free(listing) }
    return (0..<tp_directory_count(listing)).map { String(cString: tp_directory_name(listing, $0)) }
}
