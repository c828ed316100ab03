import ModelFile

/// The swimmers that a pool knows by name, each by the clips that it was enrolled with.
///
/// A swimmer is the sum of the embeddings of its clips, so that further clips are simply added; its direction is their
/// mean's. Embeddings of different models cannot be compared: a gallery belongs to one model's weights.
public struct Gallery: Equatable {
    /// What limits the memory and the time that a file can cost.
    public static let maximumSwimmers = 4_096
    public static let maximumClips = 16_384
    public static let maximumDimension = 4_096
    static let maximumNameBytes = 64
    /// What somebody who is not in the gallery is called.
    public static let unknown = "unknown"

    public struct Swimmer: Equatable {
        public let name: String
        /// How many clips were enrolled.
        public fileprivate(set) var clips: Int
        /// The sum of their embeddings' components.
        fileprivate(set) var sum: [Int32]
        /// The direction of the sum.
        public fileprivate(set) var mean: Embedding

        /// `nil` when the numbers are not the sum of so many embeddings, or one without a direction.
        init?(name: String, clips: Int, sum: [Int32]) {
            guard (1...Gallery.maximumClips).contains(clips), let mean = Embedding(direction: sum) else { return nil }
            guard sum.allSatisfy({ Int64($0).magnitude <= Int64(clips) * (Embedding.one + 1) }) else { return nil }
            self.name = name
            self.clips = clips
            self.sum = sum
            self.mean = mean
        }
    }

    /// `Model.fingerprint` of the model that made the embeddings.
    public let model: UInt64
    /// Components of an embedding.
    public let dimension: Int
    /// In the order of their enrolment.
    public private(set) var swimmers: [Swimmer] = []

    /// A gallery of nobody.
    public init(model: UInt64, dimension: Int) {
        precondition((1...Gallery.maximumDimension).contains(dimension), "an embedding has 1 to 4,096 components")
        self.model = model
        self.dimension = dimension
    }

    /// - Returns: Whether the swimmer could be appended: its name is free and good, its sum as long as the others'.
    mutating func append(_ swimmer: Swimmer) -> Bool {
        guard swimmers.count < Gallery.maximumSwimmers, swimmer.sum.count == dimension, self[swimmer.name] == nil,
            Gallery.problem(withName: swimmer.name) == nil
        else { return false }
        swimmers.append(swimmer)
        return true
    }

    public subscript(name: String) -> Swimmer? { swimmers.first { $0.name == name } }

    /// Adds clips to the swimmer of that name, who becomes known if need be.
    ///
    /// - Parameter clips: At least one, of the gallery's dimension.
    /// - Throws: `badName` or `full`; the gallery is then as before.
    public mutating func enrol(_ name: String, _ clips: [Embedding]) throws(GalleryError) {
        precondition(
            !clips.isEmpty && clips.allSatisfy { $0.components.count == dimension }, "embeddings of this model")
        if let why = Gallery.problem(withName: name) { throw .badName(name, why) }
        let index = swimmers.firstIndex { $0.name == name }
        guard index != nil || swimmers.count < Gallery.maximumSwimmers else {
            throw .full("the gallery holds \(swimmers.count) swimmers, and no more; remove some")
        }
        let before = index.map { swimmers[$0].clips } ?? 0
        guard before + clips.count <= Gallery.maximumClips else {
            throw .full(
                "\(name) has \(before) clips and can have \(Gallery.maximumClips); remove \(name) and enroll anew")
        }
        var sum = index.map { swimmers[$0].sum } ?? [Int32](repeating: 0, count: dimension)
        for clip in clips {
            for i in sum.indices { sum[i] += clip.components[i] }
        }
        guard let swimmer = Swimmer(name: name, clips: before + clips.count, sum: sum) else {
            throw .full("the clips of \(name) contradict each other: their embeddings cancel out; enroll others")
        }
        if let index { swimmers[index] = swimmer } else { swimmers.append(swimmer) }
    }

    /// - Throws: `unknownSwimmer`.
    public mutating func remove(_ name: String) throws(GalleryError) {
        guard let index = swimmers.firstIndex(where: { $0.name == name }) else {
            throw .unknownSwimmer(name, known: swimmers.map { $0.name })
        }
        swimmers.remove(at: index)
    }

    /// Who of the swimmers an embedding shows.
    ///
    /// - Parameter threshold: From this similarity on it is the nearest one; below, it is somebody unknown.
    public func match(_ embedding: Embedding, threshold: Double) -> GalleryMatch {
        var best: (name: String, similarity: Double)?
        var second: Double?
        for swimmer in swimmers {
            let similarity = swimmer.mean.cosine(embedding)
            if similarity > best?.similarity ?? -2 {
                second = best?.similarity
                best = (swimmer.name, similarity)
            } else if similarity > second ?? -2 {
                second = similarity
            }
        }
        return GalleryMatch(nearest: best?.name, similarity: best?.similarity, second: second, threshold: threshold)
    }

    /// Why nobody can have this name; `nil` for a good one.
    public static func problem(withName name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name.utf8.count > maximumNameBytes { return "has more than \(maximumNameBytes) bytes" }
        if name == unknown { return "is what nobody in particular is called" }
        let hasControl = name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        if hasControl { return "has control characters" }
        if name.utf8.first == 0x20 || name.utf8.last == 0x20 { return "begins or ends with a space" }
        return nil
    }
}
