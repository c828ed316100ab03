/// Why a gallery cannot be used. The text names the file, or the model, and what to do.
public enum GalleryError: Error, Equatable, CustomStringConvertible {
    /// The model has no output that tells persons apart, or not the one that it names.
    case noEmbedding(model: String, output: String?)
    /// Neither the model nor the command says from which similarity on two clips show the same person.
    case noThreshold(model: String)
    /// The system refused the file.
    case unreadable(file: String, reason: String)
    case notAGallery(file: String)
    case unsupportedVersion(file: String, version: UInt32)
    /// The content differs from what was written, or is not all there.
    case damaged(file: String, what: String)
    /// Enrolled with other weights.
    case otherModel(file: String, model: String)
    case unwritable(file: String, reason: String)
    /// A name that no swimmer can have, and why.
    case badName(String, String)
    /// No swimmer has this name; those there are.
    case unknownSwimmer(String, known: [String])
    /// More clips of one swimmer, or more swimmers, than a gallery holds.
    case full(String)

    public var description: String {
        switch self {
        case .noEmbedding(let model, nil):
            "model \(model): has no embedding, the output that tells persons apart; export the network with one, name it "
                + "in its recipe (embedding: {output: embedding, threshold: 0.6}) and quantize it again"
        case .noEmbedding(let model, let output?):
            "model \(model): its embedding is the output \(output), which it does not have or which is too long; "
                + "correct embedding.output in its recipe and quantize it again"
        case .noThreshold(let model):
            "model \(model): its recipe has no embedding.threshold; give --threshold, such as 0.6"
        case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
        case .notAGallery(let file): "\(file): not a gallery; make one with tidepool-edge enroll"
        case .unsupportedVersion(let file, let version):
            "\(file): gallery layout \(version), not \(GalleryFile.version); enroll again with this release"
        case .damaged(let file, let what): "\(file): damaged: \(what); copy it again, or enroll again"
        case .otherModel(let file, let model):
            "\(file): enrolled with another model than \(model): similarities would mean nothing; use the model that it "
                + "was made with, or enroll again with this one"
        case .unwritable(let file, let reason): "\(file): cannot be written: \(reason)"
        case .badName(let name, let why): "the name “\(name)” \(why)"
        case .unknownSwimmer(let name, let known):
            "there is no \(name) in the gallery; there "
                + (known.isEmpty ? "is nobody" : "are " + known.joined(separator: ", "))
        case .full(let what): what
        }
    }
}
