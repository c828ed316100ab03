/// Colours in which everyone is drawn in place of their own. What `parts` adds to `black` shows, in red, green and blue,
/// how much of cap, suit and skin reaches each pixel: through water and splashes, in the light that falls on it.
public enum Dye: Sendable {
    case black, parts
}

extension Person {
    func dyed(_ dye: Dye) -> Person {
        let black = Colour(0, 0, 0)
        var person = self
        person.goggles = black
        person.cap = dye == .parts ? Colour(1, 0, 0) : black
        person.stripe = person.cap
        person.suitColour = dye == .parts ? Colour(0, 1, 0) : black
        person.skin = dye == .parts ? Colour(0, 0, 1) : black
        return person
    }
}
