import FloatGraph
import Foundation
import Quantizer

/// Writes a file as a whole: under another name first, then under its own.
func writeFile(_ data: Data, to path: String) throws {
    do { try withoutInterruption { try data.write(to: URL(fileURLWithPath: path), options: .atomic) } } catch {
        throw CommandError("\(path): cannot be written: \(error.localizedDescription)")
    }
}

/// Throws where a file could not be written, before the work for it is begun.
func requireWritable(_ paths: [String?]) throws {
    let files = FileManager.default
    for path in paths.compactMap(\.self) {
        var isFolder: ObjCBool = false
        if files.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw CommandError("\(path): cannot be written: it is a folder")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard files.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw CommandError("\(path): cannot be written: there is no folder \(folder)")
        }
        guard files.isWritableFile(atPath: folder) else {
            throw CommandError("\(path): cannot be written: no permission to write into \(folder)")
        }
    }
}

/// Puts the file at fault in front of errors that know only parts of the network in it.
func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as QuantizerError {
        throw CommandError("\(path): \(error.description)")
    } catch let error as GraphError {
        throw CommandError("\(path): \(error.description)")
    }
}
