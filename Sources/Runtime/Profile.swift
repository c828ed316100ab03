/// Where the time of one operation went, or of a chain of them that runs together.
public struct OperationProfile {
    /// Whether it belongs to the clip program, not the frame program.
    public let isClip: Bool
    /// The node of the trained network; of a chain the first.
    public let name: String
    /// The operator: "convolution", "dense", …, of a chain all of them: "convolution+table".
    public let kind: String
    /// Multiply-adds of one run.
    public let multiplyAdds: Int
    /// Nanoseconds of all profiled runs.
    public let nanoseconds: Int64
    public let runs: Int
}
