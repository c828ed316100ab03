/// Where the time of one operation went. What a chain takes is shared by the times of its stages.
public struct OperationProfile {
    /// Whether it belongs to the clip program, not the frame program.
    public let isClip: Bool
    /// The node of the trained network.
    public let name: String
    /// The operator: "convolution", "dense", …
    public let kind: String
    /// Multiply-adds of one run.
    public let multiplyAdds: Int
    /// Nanoseconds of all profiled runs.
    public let nanoseconds: Int64
    public let runs: Int
}
