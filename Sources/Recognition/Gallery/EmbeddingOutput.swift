import ModelFile

/// The output by which a model tells persons apart, as its recipe names it (`embedding: {output: …, threshold: …}`); in
/// the model file it stands among the provenance.
public struct EmbeddingOutput: Equatable {
    public static let outputKey = "embedding.output"
    public static let thresholdKey = "embedding.threshold"

    /// The output's name.
    public let name: String
    /// Number of components.
    public let dimension: Int
    /// From which similarity on two clips show the same person, chosen on validation clips; `nil` when the recipe does
    /// not say.
    public let threshold: Double?

    /// - Throws: `noEmbedding` for a model without one.
    public init(of model: Model) throws(GalleryError) {
        let description = model.description
        func fact(_ key: String) -> String? { description.provenance.first { $0.key == key }?.value }
        guard let name = fact(EmbeddingOutput.outputKey) else {
            throw .noEmbedding(model: description.name, output: nil)
        }
        let outputs = description.deciding.outputs.map { description.tensors[$0] }
        guard let tensor = outputs.first(where: { $0.name == name }), tensor.count <= Gallery.maximumDimension else {
            throw .noEmbedding(model: description.name, output: name)
        }
        self.name = name
        dimension = tensor.count
        let limit = fact(EmbeddingOutput.thresholdKey).flatMap { Double($0) }
        threshold = limit.flatMap { (-1...1).contains($0) ? $0 : nil }
    }
}
