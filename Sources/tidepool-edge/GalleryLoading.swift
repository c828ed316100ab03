import ModelFile
import Recognition

/// Reads the gallery that `--gallery` or a board's file names, for a model; `nil` where none is named.
///
/// - Parameter threshold: In place of the model's own.
func loadIdentifier(gallery: String?, model: Model, threshold: Double?) throws(ProgramError) -> Identifier? {
    guard let gallery else {
        if threshold != nil { throw .usage("--threshold is for --gallery FILE, which is missing") }
        return nil
    }
    do throws(GalleryError) { return try Identifier(galleryPath: gallery, model: model, threshold: threshold) } catch {
        throw .usage(error.description)
    }
}

extension OptionList {
    /// A similarity, −1 … 1.
    func similarity(_ name: String) throws(ProgramError) -> Double? {
        guard let text = last(name) else { return nil }
        guard let number = Double(text), (-1...1).contains(number) else {
            throw .usage("\(name) \(text): a similarity is a number from -1 to 1, such as 0.6")
        }
        return number
    }
}
