import ModelFile
import Runtime

/// Names the person that a network has just seen.
public struct Identifier {
    public let gallery: Gallery
    public let embedding: EmbeddingOutput
    /// From which similarity on somebody is the nearest swimmer and not unknown.
    public let threshold: Double
    private let model: Model

    /// Reads a gallery for a model.
    ///
    /// - Parameter threshold: In place of the model's own.
    /// - Throws: When the model has no embedding, the file cannot be used, or was made with another model.
    public init(galleryPath: String, model: Model, threshold: Double? = nil) throws(GalleryError) {
        embedding = try EmbeddingOutput(of: model)
        gallery = try Gallery(path: galleryPath)
        try gallery.check(madeWith: model, embedding, file: galleryPath)
        guard let limit = threshold ?? embedding.threshold else {
            throw .noThreshold(model: model.description.name)
        }
        self.threshold = limit
        self.model = model
    }

    /// Whom the network's last run shows; `nil` for a network of another model, such as a lighter one, and where the
    /// embedding is zero.
    public func identify(_ network: Network) -> GalleryMatch? {
        guard network.model === model, let output = network.output(named: embedding.name),
            let seen = Embedding(output)
        else { return nil }
        return gallery.match(seen, threshold: threshold)
    }
}
