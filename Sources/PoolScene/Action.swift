/// What a swimmer does; raw values are the class indices of the swimmer network.
public enum Action: Int, CaseIterable, Sendable {
    case breaststroke = 0
    case drowning
    case freestyle
    case safe

    public var label: String {
        switch self {
        case .breaststroke: "breaststroke"
        case .drowning: "drowning"
        case .freestyle: "freestyle"
        case .safe: "safe"
        }
    }

    public init?(label: String) {
        for action in Action.allCases where action.label == label {
            self = action
            return
        }
        return nil
    }
}
