/// Two balls and the hull between them, in two colours along its length.
struct Capsule {
    var start: Vector3
    var end: Vector3
    var startRadius: Float
    var endRadius: Float
    var colour: Colour
    var farColour: Colour
    /// Where along it, 0…1, `farColour` begins.
    var split: Float

    init(_ start: Vector3, _ end: Vector3, _ startRadius: Float, _ endRadius: Float, _ colour: Colour) {
        self.init(start, end, startRadius, endRadius, colour, colour, split: 2)
    }

    init(
        _ start: Vector3, _ end: Vector3, _ startRadius: Float, _ endRadius: Float,
        _ colour: Colour, _ farColour: Colour, split: Float
    ) {
        self.start = start
        self.end = end
        self.startRadius = startRadius
        self.endRadius = endRadius
        self.colour = colour
        self.farColour = farColour
        self.split = split
    }
}

/// A body with three half axes of different length.
struct Ellipsoid {
    enum Coat {
        /// The first colour from the far end of the second axis up to a place along it, −1…1, then the second.
        case banded(Colour, Colour, at: Float)
        /// Cap, goggles and face of a head whose axes point to its side, its crown and out of its face.
        case head
    }

    var centre: Vector3
    /// Unit vectors at right angles to each other.
    var axes: (Vector3, Vector3, Vector3)
    /// Metres.
    var radii: (Float, Float, Float)
    var coat: Coat
}

/// Part of a body.
enum Shape {
    case capsule(Capsule)
    case ellipsoid(Ellipsoid)
}
