import PoolScene

/// A crop in whole pixels. It may reach outside its frame: the border is then repeated.
struct PixelRect: Equatable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int

    /// The pixels that a box covers, edges rounded to the nearest; at least one pixel, at most four frames wide and high.
    init(_ box: Box, frameWidth: Int, frameHeight: Int) {
        (x, width) = Self.span(box.x0, box.x1, frameWidth)
        (y, height) = Self.span(box.y0, box.y1, frameHeight)
    }

    private static func span(_ low: Float, _ high: Float, _ extent: Int) -> (Int, Int) {
        let begin = pixel(low, extent)
        return (begin, max(1, pixel(high, extent) - begin))
    }

    private static func pixel(_ fraction: Float, _ extent: Int) -> Int {
        // A NaN fails both comparisons and counts as the left or upper edge.
        let inside: Float = fraction >= -2 ? (fraction <= 2 ? fraction : 2) : (fraction < -2 ? -2 : 0)
        return Int((inside * Float(extent)).rounded())
    }
}
