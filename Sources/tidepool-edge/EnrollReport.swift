import Recognition

/// What enrolling a swimmer did, and what speaks against it.
struct EnrollReport {
    let gallery: String
    let name: String
    /// From which similarity on two clips count as of one person; `nil` where nobody says.
    let threshold: Double?
    var damaged = 0
    private var clips = 0
    private var total = 0
    private var swimmers = 0
    /// The mean cosine of the new clips' pairs; `nil` for one clip.
    private var alike: Double?
    /// The mean cosine of the new clips to the swimmer as it was known; `nil` for a new one.
    private var known: Double?
    /// The most alike other swimmer.
    private var closest: (name: String, similarity: Double)?

    init(gallery: String, name: String, threshold: Double?) {
        self.gallery = gallery
        self.name = name
        self.threshold = threshold
    }

    /// Looks at the new clips before they are added.
    mutating func compare(_ new: [Embedding], with gallery: Gallery) {
        clips = new.count
        var sum = 0.0
        for i in new.indices {
            for j in new.indices where j < i { sum += new[i].cosine(new[j]) }
        }
        if clips > 1 { alike = sum / Double(clips * (clips - 1) / 2) }
        if let before = gallery[name] { known = new.reduce(0) { $0 + $1.cosine(before.mean) } / Double(clips) }
    }

    /// Looks at the gallery that the clips are in.
    mutating func look(at gallery: Gallery) {
        guard let mean = gallery[name]?.mean else { return }
        total = gallery[name]?.clips ?? 0
        swimmers = gallery.swimmers.count
        for other in gallery.swimmers where other.name != name {
            let similarity = other.mean.cosine(mean)
            if similarity > closest?.similarity ?? -2 { closest = (other.name, similarity) }
        }
    }

    var warnings: [String] {
        var warnings: [String] = []
        if clips == 1 { warnings.append("one clip only; several, of different moments, are recognised better") }
        guard let threshold else { return warnings }
        let limit = "the threshold is \(two(threshold))"
        if let alike, alike < threshold {
            warnings.append("the clips are little alike, \(two(alike)), \(limit): do all show \(name)?")
        }
        if let known, known < threshold {
            warnings.append("the clips are unlike the \(name) that was known, \(two(known)), \(limit)")
        }
        if let closest, closest.similarity >= threshold {
            warnings.append(
                "\(name) and \(closest.name) are alike, \(two(closest.similarity)), \(limit): they may be confused")
        }
        return warnings
    }

    func text() -> String {
        var text = "\(name): \(clips) \(clips == 1 ? "clip" : "clips") enrolled"
        if total > clips { text += ", \(total) in all" }
        if let alike { text += ", alike \(two(alike))" }
        if let known { text += ", to those before \(two(known))" }
        if damaged > 0 { text += "; damaged pictures left out: \(damaged)" }
        if let closest { text += "\nnearest other: \(closest.name) \(two(closest.similarity))" }
        return text + "\n\(gallery): \(swimmers) \(swimmers == 1 ? "swimmer" : "swimmers")"
    }

    func json() -> String {
        var line = JSONText()
        line.object { line in
            for (key, value) in [("gallery", gallery), ("name", name)] {
                line.key(key)
                line.string(value)
            }
            for (key, value) in [("clips", clips), ("total", total), ("damaged", damaged), ("swimmers", swimmers)] {
                line.key(key)
                line.number(value)
            }
            for (key, value) in [("alike", alike), ("known", known)] {
                guard let value else { continue }
                line.key(key)
                line.number(value, places: 4)
            }
            if let closest {
                line.key("closest")
                line.object { line in
                    line.key("name")
                    line.string(closest.name)
                    line.key("similarity")
                    line.number(closest.similarity, places: 4)
                }
            }
            line.key("warnings")
            line.array { line in for warning in warnings { line.string(warning) } }
        }
        return line.text
    }

    private func two(_ similarity: Double) -> String { decimal(similarity, places: 2) ?? "-" }
}

/// Who is in a gallery.
struct GalleryListing {
    let gallery: Gallery
    let file: String

    func text() -> String {
        guard !gallery.swimmers.isEmpty else { return "\(file): nobody is enrolled" }
        return table([["name", "clips"]] + gallery.swimmers.map { [$0.name, "\($0.clips)"] })
    }

    func json() -> String {
        var line = JSONText()
        line.object { line in
            line.key("gallery")
            line.string(file)
            line.key("dimension")
            line.number(gallery.dimension)
            line.key("swimmers")
            line.array { line in
                for swimmer in gallery.swimmers {
                    line.object { line in
                        line.key("name")
                        line.string(swimmer.name)
                        line.key("clips")
                        line.number(swimmer.clips)
                    }
                }
            }
        }
        return line.text
    }
}
