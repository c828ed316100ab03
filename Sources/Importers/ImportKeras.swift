import FloatGraph
import Foundation
import ZipArchive

/// Reads a Keras model: legacy HDF5 with its description (Keras 2, Keras 3 `.h5`), `.keras` archives, and HDF5 of weights
/// alone beside a description.
///
/// Layers are read by their meaning; wrapped in TimeDistributed they see the frames of a clip as their batch. Code in a
/// file is never executed. Outputs are named after the layers that compute them.
///
/// - Throws: `ImportError`; layers without a translation are reported all at once.
public func importKeras(path: String, options: ImportOptions = ImportOptions()) throws(ImportError) -> Graph {
    let file = try KerasFile(path: path, architecture: options.keras.architecture)
    do {
        let model = try KerasLayer(file.description)
        guard model.isModel else { throw ImportFailure.invalid("its description is that of a \(model.type), no model") }
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        var importer = KerasImporter(
            name: name, weights: KerasWeights(file.content, of: model), version: file.version, options: options)
        try importer.run(model)
        guard importer.unsupported.isEmpty else {
            throw ImportError.unsupported(
                path: path, nodes: importer.unsupported, supported: KerasLayerType.allCases.map(\.rawValue))
        }
        return importer.graph
    } catch let error as ImportError {
        throw error
    } catch let failure as ImportFailure {
        throw ImportError(failure, path: path)
    } catch {
        throw .invalid(path: path, reason: "\(error)")
    }
}

/// A model's description and weights, wherever they are.
private struct KerasFile {
    var description: JSONValue
    var content: HDF5Content
    /// The major version of the Keras that wrote it.
    var version: Int

    init(path: String, architecture: String?) throws(ImportError) {
        if case .kerasArchive = try ModelFormat(path: path) {
            let archive = try Self.archive(path)
            description = try Self.json(try Self.entry("config.json", archive, path), path)
            content = try HDF5Content(try Self.entry("model.weights.h5", archive, path), path: path)
            version = Self.version(try Self.json(try Self.entry("metadata.json", archive, path), path))
            return
        }
        content = try HDF5Content(path: path)
        if let text = content.texts("model_config", of: "/")?.first {
            description = try Self.json(Data(text.utf8), path)
            version = Self.major(content.texts("keras_version", of: "/")?.first)
            return
        }
        let beside = URL(fileURLWithPath: path).deletingPathExtension().path
        let places = [beside + ".json", beside.replacing(/\.weights$/, with: "") + ".json"]
        guard let place = architecture ?? places.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw .invalid(
                path: path, reason: "it holds weights alone; write the model's description beside it as "
                    + "\(URL(fileURLWithPath: places[1]).lastPathComponent) (model.to_json()), or name it in the recipe: "
                    + "architecture: FILE.json")
        }
        (description, version) = try Self.description(at: place)
    }

    /// From a JSON, or from a whole model of the same architecture.
    private static func description(at path: String) throws(ImportError) -> (JSONValue, Int) {
        switch try ModelFormat(path: path) {
        case .kerasArchive:
            let archive = try archive(path)
            let metadata = try json(try entry("metadata.json", archive, path), path)
            return (try json(try entry("config.json", archive, path), path), version(metadata))
        case .hdf5:
            let content = try HDF5Content(path: path)
            guard let text = content.texts("model_config", of: "/")?.first else {
                throw .invalid(path: path, reason: "it has no description of a model either")
            }
            return (try json(Data(text.utf8), path), major(content.texts("keras_version", of: "/")?.first))
        default:
            let description = try json(try read(path), path)
            return (description, version(description))
        }
    }

    private static func version(_ json: JSONValue) -> Int { major(json["keras_version"].string) }

    private static func major(_ version: String?) -> Int { Int(version?.prefix { $0 != "." } ?? "") ?? 2 }

    private static func read(_ path: String) throws(ImportError) -> Data {
        do { return try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
    }

    private static func archive(_ path: String) throws(ImportError) -> ZipArchive {
        do { return try ZipArchive(try read(path)) } catch let error as ZipError {
            throw .malformed(path: path, reason: error.description)
        } catch let error as ImportError {
            throw error
        } catch {
            throw .malformed(path: path, reason: "\(error)")
        }
    }

    private static func entry(_ name: String, _ archive: ZipArchive, _ path: String) throws(ImportError) -> Data {
        do {
            guard let data = try archive.contents(of: name) else {
                if archive.names.contains(where: { $0.hasSuffix("/data.pkl") }) {
                    throw ImportError.invalid(
                        path: path, reason: "it is a PyTorch file, which holds no graph; export the network to ONNX with "
                            + "torch.onnx.export and give that")
                }
                throw ImportError.malformed(path: path, reason: "it is an archive without \(name), no .keras file")
            }
            return data
        } catch let error as ZipError {
            throw .malformed(path: path, reason: error.description)
        } catch let error as ImportError {
            throw error
        } catch {
            throw .malformed(path: path, reason: "\(error)")
        }
    }

    private static func json(_ data: Data, _ path: String) throws(ImportError) -> JSONValue {
        do { return try JSONValue(String(decoding: data, as: UTF8.self)) } catch {
            guard case .invalid(let reason) = error else { throw .malformed(path: path, reason: "no description") }
            throw .malformed(path: path, reason: reason)
        }
    }
}
