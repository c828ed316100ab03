import FloatGraph
import ModelFile

/// What is decided before any integer is computed: which activations fuse, and which element type every value has.
struct LoweringPlan {
    /// A node together with the ReLU or clip that becomes its clamp.
    struct Step {
        var node: Int
        var output: ValueID
        var clip: ClosedRange<Double>?
    }

    let split: ProgramSplit
    private(set) var frame: [Step] = []
    private(set) var clip: [Step] = []
    /// The node that only says what the input's integers mean.
    private(set) var normalization: (node: Int, meaning: InputNormalization)?
    /// By value.
    private(set) var types: [ElementType] = []
    /// Values that become tensors with a range of their own.
    private(set) var watched: Set<ValueID> = []
    /// Inputs of weighted layers.
    private(set) var averaged: Set<ValueID> = []
    /// Outputs of the graph, and what they are the softmax or another function of.
    private(set) var decisive: Set<ValueID> = []
    /// Dense layers whose weights are two int8 tensors.
    private(set) var wideWeights: Set<Int> = []

    init(_ graph: Graph, _ options: QuantizerOptions) {
        split = ProgramSplit(graph)
        let consumers = graph.consumers
        if consumers[graph.input].count == 1, let reader = consumers[graph.input].first,
            let meaning = graph.affine(reader).flatMap(InputNormalization.init) {
            normalization = (reader, meaning)
        }
        var fused: Set<Int> = []
        let steps = (split.frame + split.clip).map { step(at: $0, graph, consumers) }
        for step in steps where step.output != graph.nodes[step.node].output {
            fused.formUnion(consumers[graph.nodes[step.node].output])
        }
        let isFrame = Set(split.frame)
        for step in steps where !fused.contains(step.node) && step.node != normalization?.node {
            if isFrame.contains(step.node) { frame.append(step) } else { clip.append(step) }
        }
        let kept = frame + clip
        watched = Set(kept.map(\.output)).union([graph.input])
        averaged = Set(kept.map { graph.nodes[$0.node] }.filter(graph.isWeighted).map { $0.inputs[0] })
        wideWeights = LoweringPlan.wideWeights(graph, split, kept, share: options.wideWeightShare)
        let share = LoweringPlan.wideShare(graph, split, kept, options, wideWeights)
        types = ElementTypes(graph, split, kept, options, wideWeights, share).types
        let deciding = kept.filter { graph.outputs.contains($0.output) }
        decisive = Set(deciding.map(\.output) + deciding.flatMap { graph.nodes[$0.node].inputs })
    }

    /// The share of all multiply-adds up to which a value is int16: what is asked for, or less where many such values
    /// together would have layers read more than `wideTotal` as int16.
    private static func wideShare(
        _ graph: Graph, _ split: ProgramSplit, _ steps: [Step], _ options: QuantizerOptions, _ wideWeights: Set<Int>
    ) -> Double {
        // values that were asked for by name or kind are not limited
        var options = options
        options.wideValues = []
        options.keepsProductsWide = false
        let frames = graph.shape(graph.input)[0], perFrame = Set(split.frame)
        let costs = steps.map { step in
            graph.multiplyAdds(graph.nodes[step.node]) / (perFrame.contains(step.node) ? frames : 1)
        }
        let limit = options.wideTotal * Double(costs.reduce(0, +))
        var share = options.wideShare
        while share > 1e-4 {
            let types = ElementTypes(graph, split, steps, options, wideWeights, share).types
            let wide = zip(steps, costs).reduce(0) { sum, layer in
                types[graph.nodes[layer.0.node].inputs[0]] == .int8 ? sum : sum + layer.1
            }
            if Double(wide) <= limit { break }
            share *= 0.8
        }
        return share
    }

    /// The dense layers with the fewest multiply-adds, as many as cost at most this share of all again.
    private static func wideWeights(_ graph: Graph, _ split: ProgramSplit, _ steps: [Step], share: Double) -> Set<Int> {
        let frames = graph.shape(graph.input)[0], perFrame = Set(split.frame)
        let costs = steps.compactMap { step -> (node: Int, work: Int)? in
            guard case .dense = graph.nodes[step.node].kind else { return nil }
            return (step.node, graph.multiplyAdds(graph.nodes[step.node]) / (perFrame.contains(step.node) ? frames : 1))
        }
        var left = share * Double(split.multiplyAdds(graph))
        var chosen: Set<Int> = []
        for (node, work) in costs.sorted(by: { ($0.work, $0.node) < ($1.work, $1.node) }) {
            left -= Double(work)
            guard left >= 0 else { break }
            chosen.insert(node)
        }
        return chosen
    }

    private func step(at index: Int, _ graph: Graph, _ consumers: [[Int]]) -> Step {
        let node = graph.nodes[index]
        var step = Step(node: index, output: node.output)
        guard index != normalization?.node, canClamp(node), consumers[node.output].count == 1,
            !graph.outputs.contains(node.output),
            case .unary(let function) = graph.nodes[consumers[node.output][0]].kind
        else { return step }
        switch function {
        case .relu: step.clip = 0...Double.greatestFiniteMagnitude
        case .clip(let low, let high) where low <= high: step.clip = Double(low)...Double(high)
        default: return step
        }
        step.output = graph.nodes[consumers[node.output][0]].output
        return step
    }

    private func canClamp(_ node: Node) -> Bool {
        switch node.kind {
        case .convolution, .depthwise, .dense, .batchNormalization, .arithmetic, .matmul: true
        default: false
        }
    }
}

/// Chooses int8 or int16 for every value.
///
/// Int16 goes where int8 costs accuracy and int16 costs little time: in front of tables, PReLU, softmax and LSTM; on
/// small values whose readers do little work (gates, pooled features, heads); on residual sums and what they add.
private struct ElementTypes {
    private(set) var types: [ElementType]
    private let graph: Graph
    private let options: QuantizerOptions
    private let consumers: [[Int]]
    /// Dense layers whose weights are two tensors: their precision would be lost on int8 inputs.
    private let wideWeights: Set<Int>
    /// In multiply-adds: what readers of an int16 value may cost, those layers and all others.
    private let budgets: (wideWeights: Double, others: Double)
    /// By value: how many weighted layers lie before it on the longest way, itself included.
    private var depths: [Int]

    /// - Parameter share: the share of all multiply-adds that readers may cost, where they are not `wideWeights`.
    init(
        _ graph: Graph, _ split: ProgramSplit, _ steps: [LoweringPlan.Step], _ options: QuantizerOptions,
        _ wideWeights: Set<Int>, _ share: Double
    ) {
        self.graph = graph
        self.options = options
        types = Array(repeating: .int8, count: graph.values.count)
        depths = Array(repeating: 0, count: graph.values.count)
        consumers = graph.consumers
        self.wideWeights = wideWeights
        let total = Double(split.multiplyAdds(graph))
        budgets = (options.wideShare * total, share * total)
        for step in steps {
            let node = graph.nodes[step.node]
            depths[step.output] = (node.inputs.map { depths[$0] }.max() ?? 0) + (graph.isWeighted(node) ? 1 : 0)
            if Self.sharesQuantization(node) {
                types[step.output] = types[node.inputs[0]]
            } else if case .softmax = node.kind {
                types[step.output] = .uint16
            } else if Self.isRecurrent(node) {
                types[step.output] = .int16
            } else {
                types[step.output] = isWide(step.output, producer: node) ? .int16 : .int8
            }
        }
    }

    /// Whether the output is the input's integers.
    static func sharesQuantization(_ node: Node) -> Bool {
        switch node.kind {
        case .reshape, .reduce(.maximum, _, _), .pool(.maximum, _, _, _), .transpose, .slice, .pad,
            .resize(.nearest, _, _):
            true
        default: false
        }
    }

    private static func isRecurrent(_ node: Node) -> Bool {
        switch node.kind {
        case .lstm, .gru: true
        default: false
        }
    }

    private func isWide(_ value: ValueID, producer: Node) -> Bool {
        let group = aliases(of: value)
        let readers = group.flatMap { consumers[$0] }.map { graph.nodes[$0] }
        if group.contains(where: { options.wideValues.contains(graph.values[$0].name) }) { return true }
        if group.contains(where: graph.outputs.contains) { return true }
        let hasTable = readers.contains { if case .unary = $0.kind { true } else { false } }
        if hasTable { return !options.narrowPreactivations }
        if readers.contains(where: readsWide) { return true }
        if options.keepsProductsWide, readers.contains(where: multipliesWithoutMixing) { return true }
        if options.keepsResidualsWide, readers.contains(where: graph.isResidualSum) { return true }
        // what belongs to every frame counts once: a decision computes one new frame
        let clip = graph.shape(graph.input)[0]
        let frames = Double(graph.shape(value).first == clip ? clip : 1)
        let work = readers.reduce(0.0) { $0 + Double(graph.multiplyAdds($1)) } / frames
        let count = Double(graph.shape(value).reduce(1, *)) / frames
        let isPrecise = group.flatMap { consumers[$0] }.allSatisfy(wideWeights.contains)
        if work > (isPrecise ? budgets.wideWeights : budgets.others) { return false }
        return count <= Double(options.wideElements) || (depths[value] > 0 && depths[value] <= options.wideDepth)
    }

    /// Depthwise layers and products of activations: few multiply-adds, and int8 on their inputs loses much.
    private func multipliesWithoutMixing(_ node: Node) -> Bool {
        switch node.kind {
        case .depthwise, .arithmetic(.multiply): true
        default: false
        }
    }

    private func readsWide(_ node: Node) -> Bool {
        switch node.kind {
        case .prelu: !options.narrowPreactivations
        case .softmax, .lstm, .gru, .layerNormalization, .matmul: true
        default: false
        }
    }

    /// The value and everything that is the same integers.
    private func aliases(of value: ValueID) -> [ValueID] {
        let views = consumers[value].map { graph.nodes[$0] }.filter(Self.sharesQuantization)
        return [value] + views.flatMap { aliases(of: $0.output) }
    }
}
