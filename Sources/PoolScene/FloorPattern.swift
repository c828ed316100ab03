/// The tiles and lines on the pool's floor.
struct FloorPattern {
    enum Bond {
        case plain, square, brick, mosaic, pebble
    }

    var bond: Bond
    /// Edge of a tile in metres.
    var tile: Float
    var colour: Colour
    var second: Colour
    var joint: Colour
    var line: Colour
    /// Half the width of the line under each lane's middle, metres; 0: none.
    var lineHalfWidth: Float
    var seed: UInt64

    init(domain: SceneDomain, _ random: inout Random) {
        let pale = Colour(0.80, 0.88, 0.90), sky = Colour(0.62, 0.80, 0.88), sand = Colour(0.84, 0.83, 0.76)
        let grey = Colour(0.70, 0.76, 0.78), navy = Colour(0.10, 0.16, 0.30), black = Colour(0.08, 0.1, 0.14)
        switch (domain, random.below(domain == .wide ? 6 : 3)) {
        case (.train, 0): (bond, tile, colour, second) = (.square, 0.25, pale, sky)
        case (.train, 1): (bond, tile, colour, second) = (.plain, 1, sky, sky)
        case (.train, _): (bond, tile, colour, second) = (.mosaic, 0.12, sky, Colour(0.5, 0.72, 0.84))
        case (.test, 0): (bond, tile, colour, second) = (.brick, 0.4, pale, grey)
        case (.test, 1): (bond, tile, colour, second) = (.square, 0.5, grey, pale)
        case (.test, _): (bond, tile, colour, second) = (.square, 0.33, sand, pale)
        case (.hard, 0): (bond, tile, colour, second) = (.pebble, 0.09, grey, Colour(0.44, 0.46, 0.42))
        case (.hard, 1): (bond, tile, colour, second) = (.square, 0.7, Colour(0.3, 0.42, 0.5), Colour(0.26, 0.36, 0.46))
        case (.hard, _): (bond, tile, colour, second) = (.brick, 0.2, sand, Colour(0.6, 0.52, 0.42))
        case (.wide, 0): (bond, tile, colour, second) = (.square, 0.25, pale, sky)
        case (.wide, 1): (bond, tile, colour, second) = (.plain, 1, sky, sky)
        case (.wide, 2): (bond, tile, colour, second) = (.mosaic, 0.12, sky, Colour(0.5, 0.72, 0.84))
        case (.wide, 3): (bond, tile, colour, second) = (.mosaic, 0.15, grey, Colour(0.4, 0.52, 0.56))
        case (.wide, 4): (bond, tile, colour, second) = (.square, 0.4, Colour(0.42, 0.54, 0.62), sky)
        case (.wide, _): (bond, tile, colour, second) = (.brick, 0.3, Colour(0.74, 0.68, 0.58), sand)
        }
        joint = colour * random.between(0.72, 0.88)
        line = random.chance(0.6) ? black : navy
        lineHalfWidth = random.chance(0.85) ? random.between(0.1, 0.16) : 0
        seed = random.bits()
    }

    /// The albedo at a point of the floor; `lane` is the distance to the nearest lane's middle.
    func albedo(_ x: Float, _ y: Float, lane: Float) -> Colour {
        if lane < lineHalfWidth { return line }
        let row = cell(y), shift: Float = bond == .brick && row & 1 == 1 ? 0.5 * tile : 0
        let column = cell(x + shift)
        let u = (x + shift) / tile - Float(column), v = y / tile - Float(row)
        let width: Float = bond == .plain ? 0 : 0.012 / tile + 0.02
        if min(min(u, 1 - u), min(v, 1 - v)) < width { return joint }
        let shade = FloorPattern.unit(seed, column, row)
        switch bond {
        case .plain: return colour
        case .square, .brick: return colour.mixed(with: second, shade * 0.35)
        case .mosaic, .pebble: return colour.mixed(with: second, shade)
        }
    }

    /// A tile's own number, 0..<1.
    private static func unit(_ seed: UInt64, _ column: Int, _ row: Int) -> Float {
        var hash = seed ^ (UInt64(truncatingIfNeeded: column) &* 0x9E37_79B9_7F4A_7C15)
        hash = (hash ^ (hash &>> 29) ^ UInt64(truncatingIfNeeded: row)) &* 0xBF58_476D_1CE4_E5B9
        return Float(hash &>> 40) * (1 / 16_777_216)
    }

    private func cell(_ value: Float) -> Int {
        Int(floor(value / tile))
    }
}
