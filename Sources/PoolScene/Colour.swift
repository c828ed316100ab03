/// A colour as the camera delivers it (gamma-encoded), 0…1 per channel.
struct Colour {
    var r: Float
    var g: Float
    var b: Float

    init(_ r: Float, _ g: Float, _ b: Float) {
        self.r = r
        self.g = g
        self.b = b
    }

    static let white = Colour(1, 1, 1)

    /// - Parameters:
    ///   - hue: in turns, from red over green and blue
    ///   - saturation: 0 (grey) … 1
    ///   - value: the brightest channel
    init(hue: Float, saturation: Float, value: Float) {
        func channel(_ centre: Float) -> Float {
            let away = abs(hue - centre - floor(hue - centre + 0.5)) * 6
            return value * (1 - saturation * clamp(away - 1, 0, 1))
        }
        self.init(channel(0), channel(1.0 / 3), channel(2.0 / 3))
    }

    func mixed(with other: Colour, _ amount: Float) -> Colour {
        Colour(mix(r, other.r, amount), mix(g, other.g, amount), mix(b, other.b, amount))
    }

    static func + (a: Colour, b: Colour) -> Colour { Colour(a.r + b.r, a.g + b.g, a.b + b.b) }
    static func * (a: Colour, b: Colour) -> Colour { Colour(a.r * b.r, a.g * b.g, a.b * b.b) }
    static func * (a: Colour, scale: Float) -> Colour { Colour(a.r * scale, a.g * scale, a.b * scale) }

    func packed(alpha: UInt32) -> Pixel {
        func byte(_ value: Float) -> UInt32 { UInt32(clamp(value, 0, 1) * 255 + 0.5) }
        return byte(r) | byte(g) &<< 8 | byte(b) &<< 16 | alpha &<< 24
    }
}

/// Four bytes r, g, b, a from the lowest; what `a` means is said where it is used.
typealias Pixel = UInt32

extension Pixel {
    var red: Int32 { Int32(self & 255) }
    var green: Int32 { Int32(self &>> 8 & 255) }
    var blue: Int32 { Int32(self &>> 16 & 255) }
    var alpha: Int32 { Int32(self &>> 24) }

    /// This pixel's colour moved towards `other` by `amount`/256, with the alpha given.
    @inline(__always)
    func mixed(with other: Pixel, _ amount: Int32, alpha: UInt32) -> Pixel {
        let r = red &+ ((other.red &- red) &* amount) &>> 8
        let g = green &+ ((other.green &- green) &* amount) &>> 8
        let b = blue &+ ((other.blue &- blue) &* amount) &>> 8
        return UInt32(truncatingIfNeeded: r) | UInt32(truncatingIfNeeded: g) &<< 8
            | UInt32(truncatingIfNeeded: b) &<< 16 | alpha &<< 24
    }
}
