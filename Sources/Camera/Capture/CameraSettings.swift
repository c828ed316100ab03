/// What is asked of a camera. What it grants is said in the source's summary.
public struct CameraSettings: Equatable, Sendable {
    /// The least size; the camera's nearest one that covers it is taken.
    public var width = 640
    public var height = 480
    public var framesPerSecond = 30
    /// `nil`: whatever costs least to decode.
    public var format: PixelFormat?
    /// In units of 100 µs.
    public var exposure: Adjustment?
    /// In the camera's own units.
    public var gain: Adjustment?
    /// Against the flicker of lamps.
    public var powerLine: PowerLine?
    /// In the camera's own units.
    public var focus: Adjustment?
    /// Goes through libv4l2, for formats that only it can decode.
    public var convert = false
    /// The time without a camera after which the source ends with an error; `nil`: never.
    public var giveUpNanoseconds: Int64?

    public init() {}
}

/// A control that the camera sets by itself, or a value.
public enum Adjustment: Equatable, Sendable {
    case automatic
    case fixed(Int)
}

/// The frequency of the mains, as V4L2 numbers it.
public enum PowerLine: Int, Sendable {
    case off, hertz50, hertz60, automatic
}

extension CameraSettings {
    /// The keys that `set` knows.
    public static let keys = ["size", "rate", "format", "exposure", "gain", "power_line", "focus", "convert"]

    /// Sets one key of `board.yaml` or of a source's text: `size=640x480`, `rate=30`, `format=MJPG`, `exposure=auto` or
    /// `exposure=120`, `gain`, `focus` alike, `power_line=50`, `convert=on`.
    ///
    /// - Throws: `badSetting` for a key or value that means nothing.
    public mutating func set(_ key: String, to value: String) throws(CameraError) {
        switch key {
        case "size":
            let sides = value.split(separator: "x").compactMap { Int(String($0)) }
            guard sides.count == 2, Self.lengths.contains(sides[0]), Self.lengths.contains(sides[1]) else {
                throw .badSetting(key, value, "WIDTHxHEIGHT such as 640x480")
            }
            (width, height) = (sides[0], sides[1])
        case "rate":
            guard let rate = Int(value), (1...1000).contains(rate) else {
                throw .badSetting(key, value, "frames a second, 1 … 1000")
            }
            framesPerSecond = rate
        case "format":
            guard let named = PixelFormat.allCases.first(where: { $0.label == value }) else {
                let labels = PixelFormat.allCases.map { $0.label }.joined(separator: ", ")
                throw .badSetting(key, value, "one of \(labels)")
            }
            format = named
        case "exposure": exposure = try Self.adjustment(key, value)
        case "gain": gain = try Self.adjustment(key, value)
        case "focus": focus = try Self.adjustment(key, value)
        case "power_line":
            switch value {
            case "off": powerLine = .off
            case "50": powerLine = .hertz50
            case "60": powerLine = .hertz60
            case "auto": powerLine = .automatic
            default: throw .badSetting(key, value, "50, 60, off or auto")
            }
        case "convert":
            guard value == "on" || value == "off" else { throw .badSetting(key, value, "on or off") }
            convert = value == "on"
        default: throw .badSetting(key, value, "one of the keys " + Self.keys.joined(separator: ", "))
        }
    }

    /// Sets what follows the question mark in `/dev/video0?size=640x480&rate=30` and returns what stands before it.
    mutating func take(from text: String) throws(CameraError) -> String {
        let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        if halves.count == 2 {
            for part in halves[1].split(separator: "&") {
                let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                try set(String(sides[0]), to: sides.count == 2 ? String(sides[1]) : "")
            }
        }
        return String(halves[0])
    }

    private static let lengths = 16...16384

    private static func adjustment(_ key: String, _ value: String) throws(CameraError) -> Adjustment {
        if value == "auto" { return .automatic }
        guard let number = Int32(value) else { throw .badSetting(key, value, "auto or a whole number") }
        return .fixed(Int(number))
    }
}
