import CDigest
import Foundation

/// What a network was calibrated with, so that another can be calibrated with the same, or the same be found unfit.
struct CalibrationManifest: Codable, Equatable {
    /// One file, or one picture taken from a camera.
    struct File: Codable, Equatable {
        var name: String
        var size: Int
        /// SHA-256, hexadecimal.
        var sha256: String

        init(name: String, bytes: UnsafeRawBufferPointer) {
            self.name = name
            size = bytes.count
            sha256 = hexadecimalSHA256(bytes)
        }
    }

    /// The folder, archive, array, video or camera that was named.
    var set: String
    /// How many samples calibrated.
    var samples: Int
    /// How a picture became the network's input, in words.
    var preprocessing: String
    /// In the order in which they were read.
    var files: [File]
    /// What was found odd about the samples.
    var warnings: [String]

    init(_ set: InputSet, samples: Int, warnings: [String]) throws {
        let shape = set.shape
        self.set = set.path
        self.samples = samples
        preprocessing =
            "the whole picture stretched to \(shape.width) × \(shape.height), "
            + (shape.swapRedBlue ? "BGR" : "RGB") + ", 0…255"
            + (shape.frames > 1 ? ", clips of \(shape.frames) frames" : "")
        files = try set.loadedFiles()
        self.warnings = warnings
    }

    /// One digest for the whole set: of every file's digest and name, as `sha256sum` would list them.
    var digest: String {
        let listing = files.map { "\($0.sha256)  \($0.name)\n" }.joined()
        return Array(listing.utf8).withUnsafeBytes(hexadecimalSHA256)
    }
}

/// The SHA-256 of some bytes, hexadecimal.
func hexadecimalSHA256(_ bytes: UnsafeRawBufferPointer) -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    tp_sha256(bytes.baseAddress, bytes.count, &digest)
    return digest.map { String(format: "%02x", $0) }.joined()
}
