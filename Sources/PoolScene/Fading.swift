/// How things fade into the water, tabulated by centimetres of light's path (Beer–Lambert).
struct Fading {
    private let left: Plane<Colour>
    private let water: Colour
    private static let longest = 1023

    init(_ look: SceneLook) {
        water = look.water
        left = Plane(count: Fading.longest + 1, repeating: .white)
        for centimetre in 0...Fading.longest {
            let path = Float(centimetre) * 0.01
            left.base[centimetre] = Colour(
                decay(look.absorption.r * path), decay(look.absorption.g * path), decay(look.absorption.b * path))
        }
    }

    /// What share of each channel is left after `path` metres.
    @inline(__always)
    func remaining(_ path: Float) -> Colour {
        left.base[Int(clamp(path * 100, 0, Float(Fading.longest)))]
    }

    /// A colour seen through `path` metres of water.
    @inline(__always)
    func seen(_ colour: Colour, path: Float) -> Colour {
        let left = remaining(path)
        return Colour(mix(water.r, colour.r, left.r), mix(water.g, colour.g, left.g), mix(water.b, colour.b, left.b))
    }
}
