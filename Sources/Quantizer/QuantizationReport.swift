import FloatGraph
import ModelFile

import func Foundation.log10
import func Foundation.pow

/// One node of the network as it was quantized.
public struct LayerReport: Sendable, Equatable {
    /// The node and the value that it computes, as the trained network calls them.
    public var node: String
    public var value: String
    /// The operators that it became.
    public var operations: [String]
    /// "frame" or "clip".
    public var program: String
    public var type: ElementType
    public var shape: [Int]
    public var scale: Double
    public var zeroPoint: Int32
    /// What calibration saw; `nil` for values with a fixed scale.
    public var range: ClosedRange<Double>?
    /// Signal to rounding noise of the weights, dB.
    public var weightSQNR: Double?
    public var multiplyAdds: Int
}

/// What was done to a network.
public struct QuantizationReport: Sendable, Equatable {
    public var passes: [PassRecord] = []
    /// What each pass brings, where it was measured; see `Quantizer.gains`.
    public var gains: [PassGain] = []
    public var layers: [LayerReport] = []
    /// Per decision (the newest frame and the clip program), by the element type of the layers' inputs.
    public var multiplyAdds: [(type: ElementType, count: Int)] = []
    public var featureNames: [String] = []
    public var calibrationInputs = 0
    public var byteCount = 0
    /// What calibration leaves doubtful, such as values that were always zero.
    public var warnings: [String] = []

    public static func == (a: QuantizationReport, b: QuantizationReport) -> Bool {
        a.passes == b.passes && a.gains == b.gains && a.layers == b.layers && a.multiplyAdds.elementsEqual(b.multiplyAdds, by: ==)
            && a.featureNames == b.featureNames && a.calibrationInputs == b.calibrationInputs
            && a.byteCount == b.byteCount && a.warnings == b.warnings
    }
}

/// 10 · log₁₀(signal / noise).
func decibels(signal: Double, noise: Double) -> Double { 10 * log10(signal / noise) }

/// The ratio that `decibels` stand for.
func power(_ decibels: Double) -> Double { pow(10, decibels / 10) }

extension Lowering {
    /// Records a lowered node.
    mutating func report(_ node: Node, _ value: ValueID, _ emitted: ArraySlice<Operation>) {
        defer { weightSQNR = nil }
        let operand = operands[value]!
        let statistics = calibration.statistics[value]
        if let statistics, statistics.isConstant {
            let constant = statistics.histogram.minimum
            warnings.append("\(graph.values[value].name) is always \(constant) in calibration")
        }
        layers.append(
            LayerReport(
                node: node.name, value: graph.values[value].name, operations: emitted.map(\.kind.label),
                program: isClipProgram ? "clip" : "frame", type: operand.quantization.type, shape: operand.shape,
                scale: operand.quantization.scale, zeroPoint: operand.quantization.zeroPoint, range: statistics?.full,
                weightSQNR: weightSQNR, multiplyAdds: graph.multiplyAdds(node)))
    }
}

extension Lowering {
    /// Per decision, by the element type of the weighted layers' inputs.
    func multiplyAdds() -> [(type: ElementType, count: Int)] {
        let frames = graph.shape(graph.input)[0]
        var counts: [ElementType: Int] = [:]
        for (steps, share) in [(plan.frame, frames), (plan.clip, 1)] {
            for step in steps {
                let node = graph.nodes[step.node]
                let work = graph.multiplyAdds(node) / share * (plan.wideWeights.contains(step.node) ? 2 : 1)
                if work > 0 { counts[plan.types[node.inputs[0]] == .int8 ? .int8 : .int16, default: 0] += work }
            }
        }
        return [ElementType.int8, .int16].map { ($0, counts[$0] ?? 0) }
    }
}
