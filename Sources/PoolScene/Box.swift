/// A rectangle in fractions of the frame, 0…1; x to the right, y down.
public struct Box: Equatable, Sendable {
    public var x0: Float
    public var y0: Float
    public var x1: Float
    public var y1: Float

    public init(x0: Float, y0: Float, x1: Float, y1: Float) {
        self.x0 = x0
        self.y0 = y0
        self.x1 = x1
        self.y1 = y1
    }

    /// The crop of one person, the same for training, calibration and the board: the square around the box's centre,
    /// its side 1.25 × the box's longer side in pixels, shifted to lie inside the frame where it can.
    /// A square larger than the frame is centred on it and reaches outside: the reader of the crop repeats the border.
    public func squareCrop(frameWidth: Int, height frameHeight: Int) -> Box {
        let width = Float(frameWidth), height = Float(frameHeight)
        let side = 1.25 * max((x1 - x0) * width, (y1 - y0) * height, 1)
        let left = Box.place(side, around: (x0 + x1) * 0.5 * width, within: width)
        let top = Box.place(side, around: (y0 + y1) * 0.5 * height, within: height)
        return Box(x0: left / width, y0: top / height, x1: (left + side) / width, y1: (top + side) / height)
    }

    private static func place(_ side: Float, around centre: Float, within extent: Float) -> Float {
        if side >= extent { return (extent - side) * 0.5 }
        return min(max(centre - side * 0.5, 0), extent - side)
    }
}
