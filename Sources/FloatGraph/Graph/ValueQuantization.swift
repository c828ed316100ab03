/// The grid that a file of quantized numbers says a value lies on: real = scale · (integer − zeroPoint).
public struct ValueQuantization: Equatable, Sendable {
    /// One, or one for each index of `axis`.
    public var scales: [Float]
    /// As many as `scales`.
    public var zeroPoints: [Int32]
    /// The axis of the value's shape that the scales belong to; `nil` for a single one.
    public var axis: Int?
    /// The width of the integers: 8, 16 or 32.
    public var bits: Int

    public init(scales: [Float], zeroPoints: [Int32], axis: Int? = nil, bits: Int = 8) {
        self.scales = scales
        self.zeroPoints = zeroPoints
        self.axis = axis
        self.bits = bits
    }
}
