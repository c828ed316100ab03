/// Who of a gallery is seen.
public struct GalleryMatch: Equatable {
    /// The swimmer, or `nil`: somebody unknown.
    public let name: String?
    /// The most alike swimmer, whether alike enough or not; `nil` for an empty gallery.
    public let nearest: String?
    /// The cosine to the nearest, −1 … 1; `nil` for an empty gallery.
    public let similarity: Double?
    /// By how much the nearest is more alike than the next one; `nil` when there is no other.
    public let margin: Double?

    init(nearest: String?, similarity: Double?, second: Double?, threshold: Double) {
        self.nearest = nearest
        self.similarity = similarity
        if let similarity, let second { margin = similarity - second } else { margin = nil }
        if let similarity, similarity >= threshold { name = nearest } else { name = nil }
    }

    /// "anna 0.81", "unknown 0.31".
    public var words: String {
        (name ?? Gallery.unknown) + (similarity.flatMap { decimal($0, places: 2) }.map { " " + $0 } ?? "")
    }

    /// `{"name":"anna","similarity":0.81,"margin":0.35}`; of somebody unknown also who is the nearest.
    public func write(to line: inout JSONText) {
        line.object { line in
            line.key("name")
            line.string(name ?? Gallery.unknown)
            if let similarity {
                line.key("similarity")
                line.number(similarity, places: 4)
            }
            if let margin {
                line.key("margin")
                line.number(margin, places: 4)
            }
            if name == nil, let nearest {
                line.key("nearest")
                line.string(nearest)
            }
        }
    }
}
