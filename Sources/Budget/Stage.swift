/// The parts of the way from a frame to its decision.
public enum Stage: Int, CaseIterable {
    /// From the moment the picture was taken until work on it began.
    case wait = 0
    /// JPEG to pixels.
    case decode
    /// Crop, colour and resize, all regions.
    case prepare
    /// The frame program, all regions.
    case frameNetwork
    /// The clip program, all regions.
    case clipNetwork
    /// From the picture to the finished decision.
    case age

    public var label: String {
        switch self {
        case .wait: "wait"
        case .decode: "decode"
        case .prepare: "prepare"
        case .frameNetwork: "frame network"
        case .clipNetwork: "clip network"
        case .age: "age"
        }
    }
}

/// A histogram for each stage.
public struct StageHistograms {
    private var histograms = [Histogram](repeating: Histogram(), count: Stage.allCases.count)

    public init() {}

    public subscript(stage: Stage) -> Histogram { histograms[stage.rawValue] }

    public mutating func record(_ stage: Stage, _ nanoseconds: Int64) {
        histograms[stage.rawValue].record(nanoseconds)
    }
}
