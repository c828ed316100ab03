/// What can be seen of a person, as numbers of about −1…1: what an embedding is taught besides who is who.
public enum Appearance {
    /// Height, build, shoulders; skin, cap, stripe and suit in red, green, blue; whether the suit is a one-piece, jammers.
    /// Empty for a stranger who is no member of a population.
    public static func numbers(identity: Int, population: UInt64?) -> [Float] {
        if identity < 0 || identity >= Person.knownCount && population == nil { return [] }
        var random = Random(seed: 0)
        let person = Person.cast(identity, population: population, &random)
        let colours = [person.skin, person.cap, person.stripe, person.suitColour].flatMap { [$0.r, $0.g, $0.b] }
        return [(person.height - 1.75) * 5, (person.build - 1.05) * 4, (person.shoulders - 0.12) * 50] + colours
            + [person.suit == .onePiece ? 1 : 0, person.suit == .jammers ? 1 : 0]
    }
}
