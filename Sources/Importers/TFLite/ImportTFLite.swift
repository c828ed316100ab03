import FloatGraph
import Foundation
import TFLiteFormat

/// Reads a trained network from a `.tflite` file: float32, float16 weights, or quantized already.
///
/// A clip's input `[1, N, H, W, 3]` becomes `[N, H, W, 3]`. Quantized weights become exactly the floats that they stand
/// for, and quantized tensors keep their grid as `Graph.Value.quantization`. An integer input's scale and zero point
/// become arithmetic on pixels 0…255. Outputs keep the file's names and order.
///
/// - Throws: `ImportError`; unsupported nodes are reported all at once.
public func importTFLite(path: String, options: ImportOptions = ImportOptions()) throws(ImportError) -> Graph {
    let data: Data
    do {
        data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
        throw .unreadable(path: path, reason: error.localizedDescription)
    }
    return try importTFLite([UInt8](data), path: path, options: options)
}

/// As `importTFLite(path:)`, from bytes in memory; `path` names them in messages.
func importTFLite(
    _ bytes: [UInt8], path: String, options: ImportOptions = ImportOptions()
) throws(ImportError) -> Graph {
    let model: TFLiteModel
    do {
        model = try TFLiteModel(bytes)
    } catch {
        throw .malformed(path: path, reason: error.description)
    }
    var importer = TFLiteImporter(model, path: path)
    return try importer.run(options)
}
