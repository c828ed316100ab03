/// What the domains differ in. Where `wide` reaches beyond `train`, it leaves out what `test` and `hard` own.
extension SceneLook {
    static func elevation(_ domain: SceneDomain, _ random: inout Random) -> Float {
        switch domain {
        case .train: random.chance(0.5) ? random.between(0.100, 0.128) : random.between(0.156, 0.19)
        case .test: random.between(0.130, 0.154)
        case .hard: random.chance(0.5) ? random.between(0.08, 0.098) : random.between(0.192, 0.21)
        case .wide:
            switch random.below(8) {
            case 0: random.between(0.07, 0.078)
            case 1: random.between(0.213, 0.23)
            case 2, 3, 4: random.between(0.100, 0.128)
            default: random.between(0.156, 0.19)
            }
        }
    }

    /// Each domain owns alternate sectors of the compass: 18° of every 45°, the test 14°, the hard scenes what is left.
    static func yaw(_ domain: SceneDomain, _ random: inout Random) -> Float {
        let sector = Float(random.below(8)) * 0.125
        return switch domain {
        case .train, .wide: sector + random.between(-0.025, 0.025)
        case .test: sector + random.between(0.03, 0.07)
        case .hard: sector + random.between(0.072, 0.098)
        }
    }

    /// The hard scenes are seen half as large again, where few swim, or two thirds as large.
    static func scale(_ domain: SceneDomain, swimmers: Int, _ random: inout Random) -> Float {
        switch domain {
        case .train: random.chance(0.5) ? random.between(0.82, 0.94) : random.between(1.06, 1.2)
        case .test: random.between(0.95, 1.05)
        case .hard: swimmers <= 2 && random.chance(0.5) ? random.between(0.64, 0.7) : random.between(1.45, 1.55)
        case .wide:
            switch random.below(swimmers <= 2 ? 4 : 5) {
            case 0: random.between(0.71, 0.94)
            case 1: swimmers <= 2 ? random.between(0.55, 0.63) : random.between(0.78, 0.94)
            case 2: random.between(1.06, 1.2)
            case 3: random.between(1.2, 1.43)
            default: random.between(1.57, 1.7)
            }
        }
    }

    static func lightColour(_ domain: SceneDomain, _ random: inout Random) -> Colour {
        switch (domain, random.below(domain == .wide ? 7 : 3)) {
        case (.train, 0): Colour(1, 0.98, 0.94)
        case (.train, 1): Colour(0.92, 0.97, 1)
        case (.train, _): Colour(1, 0.93, 0.84)
        case (.test, 0): Colour(0.97, 1, 0.97)
        case (.test, 1): Colour(1, 0.96, 0.89)
        case (.test, _): Colour(0.95, 0.96, 1)
        case (.hard, 0): Colour(1, 0.8, 0.62)
        case (.hard, 1): Colour(0.75, 0.9, 1)
        case (.hard, _): Colour(0.66, 0.7, 0.72)
        case (.wide, 0): Colour(1, 0.98, 0.94)
        case (.wide, 1): Colour(0.92, 0.97, 1)
        case (.wide, 2): Colour(1, 0.93, 0.84)
        case (.wide, 3): Colour(1, 0.87, 0.73)
        case (.wide, 4): Colour(0.84, 0.94, 1)
        case (.wide, 5): Colour(0.8, 0.83, 0.85)
        case (.wide, _): Colour(0.9, 0.97, 0.86)
        }
    }

    static func water(_ domain: SceneDomain, _ random: inout Random) -> Colour {
        switch (domain, random.below(domain == .wide ? 8 : 4)) {
        case (.train, 0): Colour(0.16, 0.56, 0.66)
        case (.train, 1): Colour(0.12, 0.44, 0.68)
        case (.train, 2): Colour(0.22, 0.60, 0.58)
        case (.train, _): Colour(0.10, 0.36, 0.55)
        case (.test, 0): Colour(0.18, 0.52, 0.70)
        case (.test, 1): Colour(0.20, 0.58, 0.62)
        case (.test, 2): Colour(0.14, 0.47, 0.58)
        case (.test, _): Colour(0.10, 0.40, 0.66)
        case (.hard, 0): Colour(0.24, 0.44, 0.34)
        case (.hard, 1): Colour(0.06, 0.20, 0.34)
        case (.hard, 2): Colour(0.34, 0.50, 0.48)
        case (.hard, _): Colour(0.10, 0.30, 0.30)
        case (.wide, 0): Colour(0.16, 0.56, 0.66)
        case (.wide, 1): Colour(0.12, 0.44, 0.68)
        case (.wide, 2): Colour(0.22, 0.60, 0.58)
        case (.wide, 3): Colour(0.10, 0.36, 0.55)
        case (.wide, 4): Colour(0.20, 0.52, 0.44)
        case (.wide, 5): Colour(0.08, 0.28, 0.46)
        case (.wide, 6): Colour(0.34, 0.60, 0.62)
        case (.wide, _): Colour(0.14, 0.42, 0.42)
        }
    }

    static func turbidity(_ domain: SceneDomain, _ random: inout Random) -> Float {
        switch domain {
        case .train: random.chance(0.5) ? random.between(0.15, 0.35) : random.between(0.6, 0.85)
        case .test: random.between(0.37, 0.58)
        case .hard: random.between(0.9, 1.5)
        case .wide:
            switch random.below(6) {
            case 0, 1: random.between(0.12, 0.35)
            case 2, 3: random.between(0.6, 0.87)
            case 4: random.between(0.8, 0.88)
            default: random.between(1.53, 1.9)
            }
        }
    }

    /// How much rougher than calm the water is.
    static func chop(_ domain: SceneDomain, _ random: inout Random) -> Float {
        switch domain {
        case .train, .test: 1
        case .hard: 1.5
        case .wide: random.chance(0.3) ? 1.75 : 1
        }
    }

    static func splash(_ domain: SceneDomain, _ random: inout Random) -> Float {
        switch domain {
        case .train, .test: random.between(0.7, 1.2)
        case .hard: random.between(1.5, 2.0)
        case .wide: random.chance(0.35) ? random.between(2.03, 2.5) : random.between(0.6, 1.45)
        }
    }

    static func ropes(_ domain: SceneDomain, _ index: Int) -> (Colour, Colour, Colour) {
        let white = Colour(0.94, 0.94, 0.92), red = Colour(0.82, 0.12, 0.12), blue = Colour(0.1, 0.24, 0.66)
        let yellow = Colour(0.95, 0.78, 0.1), green = Colour(0.1, 0.55, 0.26), orange = Colour(0.94, 0.45, 0.08)
        return switch (domain, index) {
        case (.train, 0), (.wide, 0): (red, white, red)
        case (.train, 1), (.wide, 1): (blue, white, red)
        case (.train, _), (.wide, _): (yellow, yellow, blue)
        case (.test, 0): (green, white, yellow)
        case (.test, 1): (blue, white, blue)
        case (.test, _): (yellow, red, white)
        case (.hard, 0): (orange, white, orange)
        case (.hard, 1): (orange, green, white)
        case (.hard, _): (white, white, blue)
        }
    }
}
