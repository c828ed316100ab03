import FloatGraph

/// A rewriting of the float graph that keeps what it computes.
protocol GraphPass {
    /// What the report calls it.
    static var name: String { get }
    /// Rewrites `graph`; returns how many nodes were changed.
    static func run(on graph: inout Graph) throws(GraphError) -> Int
}

/// What a pass did.
public struct PassRecord: Equatable, Sendable {
    public var name: String
    public var changes: Int
    /// By how much the layers' noise on inputs kept back fell, dB; `nil` for a pass that keeps what the graph computes.
    public var gain: Double?

    public init(name: String, changes: Int, gain: Double? = nil) {
        self.name = name
        self.changes = changes
        self.gain = gain
    }
}

enum PassPipeline {
    private static func passes(_ options: QuantizerOptions) -> [any GraphPass.Type] {
        let fold: [any GraphPass.Type] = [FoldAffineForward.self, AffineAfterMean.self, FoldAffineForward.self]
        return [EvaluateConstants.self, ExpandOperators.self, NormalizeAffine.self, MergeAffine.self]
            + (options.foldsAffine ? [FoldAffineBackward.self] : [])
            + [ExpandTransposedConvolutions.self, SplitInputNormalization.self]
            + (options.foldsAffine ? fold : [])
            + (options.equalizesChannels ? [EqualizeChannels.self] : [])
            + (options.keepsResidualsWide ? [SeparateResiduals.self] : [])
    }

    /// Runs every pass in order; dead nodes are removed after each.
    static func run(
        on graph: inout Graph, _ options: QuantizerOptions = QuantizerOptions()
    ) throws(GraphError) -> [PassRecord] {
        var records: [PassRecord] = []
        for pass in passes(options) {
            let changes = try pass.run(on: &graph)
            graph.removeDeadNodes()
            if changes > 0 { records.append(PassRecord(name: pass.name, changes: changes)) }
        }
        try graph.validated()
        return records
    }
}
