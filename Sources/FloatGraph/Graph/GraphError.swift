/// Why a graph cannot be built, checked or run.
public enum GraphError: Error, Equatable, CustomStringConvertible {
    /// An operator cannot take these inputs.
    case shapes(reason: String)
    /// A node breaks a rule of the graph.
    case node(name: String, operator: String, reason: String)
    /// A value breaks a rule of the graph.
    case value(name: String, reason: String)
    /// A run was given a tensor of another shape than the graph's input.
    case input(expected: [Int], given: [Int])

    public var description: String {
        switch self {
        case .shapes(let reason): reason
        case .node(let name, let label, let reason): "node \(name) (\(label)): \(reason)"
        case .value(let name, let reason): "value \(name): \(reason)"
        case .input(let expected, let given): "the input has shape \(given), the network takes \(expected)"
        }
    }
}
