extension Person {
    /// Member `number` ≥ 0 of the population that a seed names: the same person in every scene.
    static func member(_ number: Int, of population: UInt64) -> Person {
        var random = Random(seed: population, 14, number)
        let skin = Colour(0.38, 0.25, 0.18).mixed(with: Colour(0.95, 0.75, 0.63), random.unit())
        let suit: Suit = random.chance(0.4) ? .onePiece : (random.chance(0.5) ? .briefs : .jammers)
        let cap = cloth(&random), stripe = cloth(&random)
        let striped = random.chance(0.4)
        return Person(
            identity: knownCount + number, height: random.between(1.55, 1.95), build: random.between(0.82, 1.28),
            shoulders: random.between(0.105, 0.133), skin: skin, cap: cap, stripe: striped ? stripe : cap,
            goggles: cloth(&random), suit: suit, suitColour: cloth(&random))
    }

    /// The colour of a cap or a suit: any hue, vivid or dull, or black, grey or white.
    private static func cloth(_ random: inout Random) -> Colour {
        let hue = random.unit(), grey = random.chance(0.25)
        let saturation = random.between(0.4, 0.95), value = random.between(0.3, 0.95)
        return grey
            ? Colour(hue: 0, saturation: 0, value: random.between(0.08, 0.97))
            : Colour(hue: hue, saturation: saturation, value: value)
    }
}
