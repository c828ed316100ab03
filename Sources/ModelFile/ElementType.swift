/// The integer types a tensor's elements may have. There is no float in a model's data.
public enum ElementType: UInt8, CaseIterable, Sendable {
    case int8 = 1
    case int16 = 2
    case int32 = 3
    /// Probabilities of a softmax, in units of 2⁻¹⁶.
    case uint16 = 4

    /// Bytes per element.
    public var size: Int {
        switch self {
        case .int8: 1
        case .int16, .uint16: 2
        case .int32: 4
        }
    }
}
