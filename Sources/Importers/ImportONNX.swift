import FloatGraph
import Foundation
import ONNXFormat
import SwiftProtobuf

/// Reads a trained network from an ONNX file.
///
/// The graph's input is channel-last whatever the file's is (N×3×H×W or N×H×W×3), and N is the number of frames. No
/// transpose is left: weights are laid out anew instead. Outputs keep the file's names and order.
///
/// - Throws: `ImportError`; unsupported nodes are reported all at once.
public func importONNX(path: String, options: ImportOptions = ImportOptions()) throws(ImportError) -> Graph {
    let data: Data
    do {
        data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
        throw .unreadable(path: path, reason: error.localizedDescription)
    }
    return try importONNX(data, path: path, options: options)
}

/// As `importONNX(path:)`, from bytes in memory; `path` names them in messages and is where external weights are looked
/// for.
func importONNX(_ data: Data, path: String, options: ImportOptions = ImportOptions()) throws(ImportError) -> Graph {
    let model: Onnx_ModelProto
    do {
        var decoding = BinaryDecodingOptions()
        decoding.discardUnknownFields = true
        model = try Onnx_ModelProto(serializedBytes: data, options: decoding)
    } catch {
        throw .malformed(path: path, reason: damage(error))
    }
    return try importONNX(model, path: path, options: options)
}

func importONNX(
    _ model: Onnx_ModelProto, path: String, options: ImportOptions = ImportOptions()
) throws(ImportError) -> Graph {
    guard model.hasGraph, !model.graph.node.isEmpty else { throw .malformed(path: path, reason: "it has no graph") }
    guard let opset = model.opsetImport.first(where: { ["", "ai.onnx"].contains($0.domain) }) else {
        throw .malformed(path: path, reason: "it does not name the operator set it is written for")
    }
    guard opset.version >= 7 else {
        let reason = "operator set \(opset.version) is too old; export with operator set 7 or later"
        throw .invalid(path: path, reason: reason)
    }
    let graph: Onnx_GraphProto
    do {
        graph = try FunctionInliner.graph(of: model)
    } catch {
        throw ImportError(error, path: path)
    }
    var importer = ONNXImporter(graph, opset: Int(opset.version), path: path, options: options)
    return try importer.run()
}

/// What the decoder has stumbled over, in words.
private func damage(_ error: any Error) -> String {
    switch error as? BinaryDecodingError {
    case .truncated: "it ends in the middle of something"
    case .messageDepthLimit: "its graphs lie inside each other too deeply"
    case .invalidUTF8, .malformedProtobuf: "it is damaged, or no ONNX file"
    default: "\(error)"
    }
}
