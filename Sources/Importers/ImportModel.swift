import FloatGraph
import Foundation

/// Reads a trained network; the file's content tells its format, not its name.
///
/// Formats: Keras (HDF5 or `.keras`), TFLite, ONNX. The graph's input is `[frames, height, width, 3]`, colours 0…255;
/// its outputs keep the file's names and order.
///
/// - Throws: `ImportError`; everything that has no translation is reported at once.
public func importModel(path: String, options: ImportOptions = ImportOptions()) throws(ImportError) -> Graph {
    switch try ModelFormat(path: path) {
    case .hdf5, .kerasArchive:
        return try importKeras(path: path, options: options)
    case .tflite:
        return try importTFLite(path: path, options: options)
    case .onnx:
        return try importONNX(path: path, options: options)
    }
}

/// The formats of trained networks, told apart by their first bytes.
enum ModelFormat {
    case hdf5
    /// A zip archive.
    case kerasArchive
    case tflite
    /// Has no signature: everything else.
    case onnx

    init(path: String) throws(ImportError) {
        let start: [UInt8]
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw .unreadable(path: path, reason: "it is a folder; give one file, .onnx, .h5, .keras or .tflite")
        }
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            start = [UInt8](try file.read(upToCount: 8) ?? Data())
        } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
        if start == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A] {
            self = .hdf5
        } else if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            self = .kerasArchive
        } else if start.count == 8, start[4...] == [0x54, 0x46, 0x4C, 0x33] {
            self = .tflite
        } else if start.starts(with: Array("TIDE".utf8)) {
            throw .invalid(path: path, reason: "it is a quantized network already; give the trained one it was made from")
        } else {
            try ModelFormat.requireOtherName(path, start)
            self = .onnx
        }
    }

    /// A file whose name promises a format with a signature, and that does not start with it, is broken.
    private static func requireOtherName(_ path: String, _ start: [UInt8]) throws(ImportError) {
        let signatures = ["h5": "an HDF5", "hdf5": "an HDF5", "keras": "a .keras", "tflite": "a TFLite"]
        guard let format = signatures[URL(fileURLWithPath: path).pathExtension.lowercased()] else { return }
        throw .malformed(path: path, reason: "it does not begin as \(format) file does")
    }
}
