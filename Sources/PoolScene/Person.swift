/// What makes a swimmer recognisable. The four known ones are the same in every scene.
struct Person {
    enum Suit {
        /// Short trunks, trunks to the knee, or a one-piece.
        case briefs, jammers, onePiece
    }

    /// As in `SwimmerTruth`.
    var identity: Int
    /// Metres.
    var height: Float
    /// Girth relative to a slim adult's.
    var build: Float
    /// Width of the shoulders relative to the height.
    var shoulders: Float
    var skin: Colour
    var cap: Colour
    /// The cap's stripe from brow to neck; equal to `cap` where there is none.
    var stripe: Colour
    var goggles: Colour
    var suit: Suit
    var suitColour: Colour

    static let knownCount = 4

    static func cast(_ identity: Int, population: UInt64?, _ random: inout Random) -> Person {
        if identity < 0 { return stranger(&random) }
        if let population, identity >= knownCount { return member(identity - knownCount, of: population) }
        return known(identity)
    }

    static func known(_ identity: Int) -> Person {
        switch identity {
        case 0:
            Person(
                identity: 0, height: 1.86, build: 0.94, shoulders: 0.118, skin: Colour(0.93, 0.71, 0.58),
                cap: Colour(0.86, 0.10, 0.12), stripe: Colour(0.86, 0.10, 0.12), goggles: Colour(0.1, 0.1, 0.12),
                suit: .briefs, suitColour: Colour(0.08, 0.12, 0.36))
        case 1:
            Person(
                identity: 1, height: 1.74, build: 1.22, shoulders: 0.125, skin: Colour(0.42, 0.27, 0.19),
                cap: Colour(0.98, 0.84, 0.10), stripe: Colour(0.10, 0.10, 0.12), goggles: Colour(0.8, 0.84, 0.9),
                suit: .jammers, suitColour: Colour(0.10, 0.10, 0.12))
        case 2:
            Person(
                identity: 2, height: 1.66, build: 0.86, shoulders: 0.108, skin: Colour(0.80, 0.57, 0.42),
                cap: Colour(0.96, 0.96, 0.98), stripe: Colour(0.10, 0.32, 0.86), goggles: Colour(0.15, 0.3, 0.7),
                suit: .onePiece, suitColour: Colour(0.62, 0.10, 0.46))
        default:
            Person(
                identity: 3, height: 1.80, build: 1.08, shoulders: 0.132, skin: Colour(0.68, 0.47, 0.33),
                cap: Colour(0.09, 0.09, 0.11), stripe: Colour(0.09, 0.09, 0.11), goggles: Colour(0.9, 0.4, 0.1),
                suit: .jammers, suitColour: Colour(0.97, 0.44, 0.05))
        }
    }

    /// Someone who is none of the four, in caps and suits of none of their colours.
    static func stranger(_ random: inout Random) -> Person {
        let skin = Colour(0.40, 0.26, 0.19).mixed(with: Colour(0.94, 0.74, 0.62), random.unit())
        let cap: Colour = switch random.below(4) {
        case 0: Colour(0.12, 0.62, 0.30)
        case 1: Colour(0.93, 0.48, 0.68)
        case 2: Colour(0.55, 0.58, 0.62)
        default: Colour(0.42, 0.24, 0.66)
        }
        let suit: Suit = random.chance(0.4) ? .onePiece : (random.chance(0.5) ? .briefs : .jammers)
        let colour: Colour = switch random.below(4) {
        case 0: Colour(0.08, 0.45, 0.24)
        case 1: Colour(0.72, 0.10, 0.14)
        case 2: Colour(0.30, 0.34, 0.40)
        default: Colour(0.10, 0.52, 0.66)
        }
        return Person(
            identity: -1, height: random.between(1.58, 1.92), build: random.between(0.85, 1.25),
            shoulders: random.between(0.106, 0.132), skin: skin, cap: cap, stripe: cap, goggles: Colour(0.1, 0.1, 0.12),
            suit: suit, suitColour: colour)
    }
}
