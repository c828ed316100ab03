import Recognition

/// A gallery of some people, and all that the others and their own further clips are taken for.
struct IdentificationTrial {
    struct Sample {
        var person: String
        var embedding: Embedding
    }

    /// A clip that was not enrolled.
    struct Probe: Equatable {
        /// Whether the person is in the gallery.
        var isKnown: Bool
        /// Whether the nearest person of the gallery is the right one.
        var isRight: Bool
        /// The similarity to the nearest.
        var similarity: Double
    }

    /// Shares of the probes at one threshold.
    struct Rates: Encodable {
        var threshold: Double
        /// Of the impostors' clips, those that get a name.
        var falseAccepts: Double
        /// Of the known people's, those that get none.
        var falseRejects: Double
        /// Of the known people's, those that get a wrong name.
        var misnamed: Double
    }

    let clips: Int
    let known: [String]
    let impostors: [String]
    let probes: [Probe]

    /// People take part in the order of their first clips; those without a name of their own, "stranger", are
    /// impostors.
    ///
    /// - Parameters:
    ///   - people: How many are enrolled, `nil` for half of those with enough clips.
    ///   - impostors: How many of the others take part, `nil` for all.
    ///   - clips: How many clips of each are enrolled; the rest are probes.
    ///   - source: Stands for the samples in errors.
    init(_ samples: [Sample], people: Int?, impostors: Int?, clips: Int, source: String) throws {
        var order: [String] = []
        var byPerson: [String: [Embedding]] = [:]
        for sample in samples {
            if byPerson[sample.person] == nil { order.append(sample.person) }
            byPerson[sample.person, default: []].append(sample.embedding)
        }
        let candidates = order.filter { byPerson[$0]!.count > clips && !["stranger", Gallery.unknown].contains($0) }
        let wanted = people ?? (candidates.count + 1) / 2
        guard wanted >= 1, candidates.count >= wanted else {
            throw CommandError(
                "\(source): \(candidates.count) people have more than \(clips) clips, \(max(1, wanted)) are to be "
                    + "enrolled; give fewer --people or a smaller --enroll")
        }
        let known = Array(candidates.prefix(wanted))
        let others = order.filter { !known.contains($0) }
        guard !others.isEmpty, others.count >= impostors ?? 1 else {
            throw CommandError(
                "\(source): \(others.count) people are left as impostors, at least \(impostors ?? 1) needed; "
                    + "give fewer --people or clips of more people")
        }
        self.known = known
        self.impostors = Array(others.prefix(impostors ?? others.count))
        self.clips = clips

        var gallery = Gallery(model: 0, dimension: samples[0].embedding.components.count)
        do {
            for person in known { try gallery.enrol(person, Array(byPerson[person]!.prefix(clips))) }
        } catch {
            throw CommandError("\(source): \(error)")
        }
        func probe(_ person: String, isKnown: Bool, _ embedding: Embedding) -> Probe {
            let match = gallery.match(embedding, threshold: -1)
            return Probe(isKnown: isKnown, isRight: match.nearest == person, similarity: match.similarity!)
        }
        probes = known.flatMap { person in
            byPerson[person]!.dropFirst(clips).map { probe(person, isKnown: true, $0) }
        } + self.impostors.flatMap { person in byPerson[person]!.map { probe(person, isKnown: false, $0) } }
    }

    private var knownProbes: [Probe] { probes.filter { $0.isKnown } }
    private var impostorProbes: [Probe] { probes.filter { !$0.isKnown } }

    /// The share of the known people's clips whose nearest person is the right one, whatever the threshold.
    var rankOne: Double { share(knownProbes) { $0.isRight } }

    func rates(at threshold: Double) -> Rates {
        Rates(
            threshold: threshold, falseAccepts: share(impostorProbes) { $0.similarity >= threshold },
            falseRejects: share(knownProbes) { $0.similarity < threshold },
            misnamed: share(knownProbes) { $0.similarity >= threshold && !$0.isRight })
    }

    /// The least threshold at which at most this share of the impostors' clips gets a name.
    func threshold(falseAccepts wanted: Double) -> Double {
        let similarities = impostorProbes.map { $0.similarity }.sorted(by: >)
        let allowed = Int((wanted * Double(similarities.count)).rounded(.down))
        // Similarities are multiples of 2⁻¹⁶: one step above the most alike that must not get a name.
        return allowed >= similarities.count ? -1 : similarities[allowed] + 0x1p-16
    }

    private func share(_ probes: [Probe], _ holds: (Probe) -> Bool) -> Double {
        Double(probes.count(where: holds)) / Double(probes.count)
    }

    func listing(model: String, threshold: Double?) -> IdentificationListing {
        let grid = stride(from: 3, through: 9, by: 1).map { Double($0) / 10 }
        return IdentificationListing(
            model: model, people: known.count, clips: clips, probes: knownProbes.count, impostors: impostors.count,
            impostorProbes: impostorProbes.count, rankOne: rankOne, chosen: threshold.map { rates(at: $0) },
            thresholds: grid.map { rates(at: $0) })
    }
}
