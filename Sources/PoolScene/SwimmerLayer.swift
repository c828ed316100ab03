/// The frame's people before they meet the water: colour and coverage, depth, height above the water, owner.
final class SwimmerLayer {
    /// Alpha is coverage.
    let colour: Plane<Pixel>
    /// Metres from the camera; `far` where nobody is.
    let depth: Plane<Float>
    /// Metres above the still water.
    let height: Plane<Float>
    let owner: Plane<Int8>
    let width: Int
    let rows: Int

    static let far: Float = 1e9

    init(width: Int, height rows: Int) {
        self.width = width
        self.rows = rows
        colour = Plane(count: width * rows, repeating: 0)
        depth = Plane(count: width * rows, repeating: SwimmerLayer.far)
        height = Plane(count: width * rows, repeating: 0)
        owner = Plane(count: width * rows, repeating: -1)
    }

    func clear(_ area: PixelArea) {
        for y in area.y0..<max(area.y1, area.y0) {
            let start = y * width + area.x0, count = area.x1 - area.x0
            (colour.base + start).update(repeating: 0, count: count)
            (depth.base + start).update(repeating: SwimmerLayer.far, count: count)
            (owner.base + start).update(repeating: -1, count: count)
        }
    }
}

/// A rectangle of pixels, the ends outside it.
struct PixelArea {
    var x0: Int
    var y0: Int
    var x1: Int
    var y1: Int

    static let empty = PixelArea(x0: Int.max, y0: Int.max, x1: 0, y1: 0)

    var isEmpty: Bool { x0 >= x1 || y0 >= y1 }

    /// What of a circle around (x, y) lies in the frame.
    init(around x: Float, _ y: Float, _ radiusX: Float, _ radiusY: Float, width: Int, height: Int) {
        func pixel(_ value: Float, _ limit: Int) -> Int { Int(clamp(value, 0, Float(limit))) }
        self.init(
            x0: pixel(x - radiusX, width), y0: pixel(y - radiusY, height),
            x1: pixel(x + radiusX + 2, width), y1: pixel(y + radiusY + 2, height))
    }

    init(x0: Int, y0: Int, x1: Int, y1: Int) {
        self.x0 = x0
        self.y0 = y0
        self.x1 = x1
        self.y1 = y1
    }

    func union(_ other: PixelArea) -> PixelArea {
        if isEmpty { return other }
        if other.isEmpty { return self }
        return PixelArea(
            x0: min(x0, other.x0), y0: min(y0, other.y0), x1: max(x1, other.x1), y1: max(y1, other.y1))
    }
}
