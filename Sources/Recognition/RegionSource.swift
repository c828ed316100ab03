import PoolScene

/// Where in the frame to look.
public enum RegionSource {
    /// Fixed rectangles, each a track of its own.
    case fixed([Box])
    /// The pool scene's own boxes, cropped by the project's rule; each of its swimmers is a track.
    case truth

    public static var wholeFrame: RegionSource { .fixed([Box(x0: 0, y0: 0, x1: 1, y1: 1)]) }

    /// Reads `truth`, or `x0,y0,x1,y1` in 0…1 for each text; without any, the whole frame.
    public init(parsing texts: [String]) throws(RegionError) {
        if texts.contains("truth") {
            guard texts.count == 1 else { throw .truthIsAlone }
            self = .truth
            return
        }
        var boxes: [Box] = []
        for text in texts { boxes.append(try Self.box(text)) }
        self = boxes.isEmpty ? .wholeFrame : .fixed(boxes)
    }

    private static func box(_ text: String) throws(RegionError) -> Box {
        var numbers: [Float] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = Float(String(part)), number >= 0, number <= 1 else { throw .notARegion(text) }
            numbers.append(number)
        }
        guard numbers.count == 4, numbers[0] < numbers[2], numbers[1] < numbers[3] else { throw .notARegion(text) }
        return Box(x0: numbers[0], y0: numbers[1], x1: numbers[2], y1: numbers[3])
    }
}

/// Why a region cannot be used.
public enum RegionError: Error, Equatable, CustomStringConvertible {
    case notARegion(String)
    case truthIsAlone

    public var description: String {
        switch self {
        case .notARegion(let text): "--region \(text): a region is x0,y0,x1,y1 with 0 ≤ x0 < x1 ≤ 1 and 0 ≤ y0 < y1 ≤ 1"
        case .truthIsAlone: "--region truth: cannot be mixed with other regions"
        }
    }
}
