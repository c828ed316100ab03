import FloatGraph
import ModelFile

/// Why a network cannot be quantized.
public enum QuantizerError: Error, CustomStringConvertible {
    /// The recipe and the graph do not fit together.
    case recipe(reason: String)
    /// Nodes that have no integer form, all at once.
    case unsupported([UnsupportedNode])
    /// No input was given to `calibrate`.
    case emptyCalibration
    /// Every calibration input is one and the same constant.
    case constantCalibration(value: Float)
    /// A value became NaN or infinite (beyond 10³⁰) for a calibration input, or a weight is: then `input` is `nil`.
    case notFinite(value: String, input: Int?)
    /// The integers of a node do not fit the fixed-point rules at any allowed scale.
    case range(node: String, reason: String)
    case graph(GraphError)
    case modelFile(ModelFileError)
    /// The integer network cannot be run for a comparison.
    case runtime(String)

    public struct UnsupportedNode: Sendable, Equatable {
        public var node: String
        public var operation: String
        public var reason: String
    }

    public var description: String {
        switch self {
        case .recipe(let reason):
            "the recipe does not fit the network: \(reason)"
        case .unsupported(let nodes):
            "no integer form for: "
                + nodes.map { "node \($0.node) (\($0.operation)): \($0.reason)" }.joined(separator: "; ")
        case .emptyCalibration:
            "no calibration input: give 100 to 500 pictures of what the camera will see"
        case .constantCalibration(let value):
            "every calibration input is the constant \(value): give 100 to 500 pictures of what the camera will see"
        case .notFinite(let value, nil):
            "the weights \(value) hold NaN, infinity or numbers beyond 10³⁰: train or export the network again"
        case .notFinite(let value, let input?):
            "value \(value) is NaN or infinite for calibration input \(input): check the weights and that input"
        case .range(let node, let reason):
            "node \(node) cannot be computed with 32-bit accumulators: \(reason)"
        case .graph(let error): error.description
        case .modelFile(let error): error.description
        case .runtime(let reason): reason
        }
    }
}
