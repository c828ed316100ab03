import FloatGraph
import ModelFile

/// Where a quantized network loses accuracy: its weights and values by what each costs the outputs.
public struct Ranking: Sendable, Equatable {
    public enum Kind: String, Sendable { case weights, values }

    /// One node's weights, or one value.
    public struct Entry: Sendable, Equatable {
        /// The node, and the value that it computes, as the trained network calls them.
        public var node: String
        public var value: String
        /// The node's operator.
        public var operation: String
        public var kind: Kind
        public var type: ElementType
        /// By output: signal to noise when nothing but this is quantized, dB.
        public var alone: [Double]
        /// By output: dB gained when everything but this is quantized.
        public var leftOut: [Double]
        /// The largest share of an output's noise, all noise alone taken together: 0…1.
        public var share: Double
        /// Multiply-adds a decision that read the value: what making it int16 would cost; 0 for weights.
        public var readerMultiplyAdds: Int
    }

    /// The outputs' names.
    public var outputs: [String] = []
    /// How many inputs were tried.
    public var inputs = 0
    /// By output: signal to noise with everything quantized, dB.
    public var whole: [Double] = []
    /// The most costly first.
    public var entries: [Entry] = []
}

extension Quantizer {
    /// Ranks the parts of a model by what they cost the outputs.
    ///
    /// Alone: the float network with one part quantized. Left out: the quantized network, simulated, with one part in
    /// floats. Both run again only what follows the part.
    ///
    /// - Parameters:
    ///   - model: what `quantize` made of this network.
    ///   - inputs: shaped as the graph's; some dozen pictures or a few clips tell enough.
    ///   - progress: takes the share of the work that is done, 0…1; one call at a time.
    public func rank(
        _ model: Model, with inputs: [FloatTensor], progress: @escaping (Double) -> Void = { _ in }
    ) throws(QuantizerError) -> Ranking {
        guard !inputs.isEmpty else { throw .emptyCalibration }
        let simulation = try Simulation(prepared, model)
        let measured = SensitivityMeasurement(simulation, inputs, threads: options.threads, progress).run()
        return Ranking(simulation, measured, split: ProgramSplit(prepared), inputs: inputs.count)
    }
}

extension Ranking {
    init(_ simulation: Simulation, _ measured: Sensitivities, split: ProgramSplit, inputs: Int) {
        let graph = simulation.graph
        self.inputs = inputs
        outputs = graph.outputs.map { graph.values[$0].name }
        whole = zip(measured.signal, measured.whole).map(sqnr)
        let readers = ReaderCosts(graph, split)
        entries = simulation.sites.enumerated().map { index, site in
            let node = graph.nodes[simulation.node(site)!]
            let kind: Kind
            let type: ElementType
            var cost = 0
            switch site {
            case .weights: (kind, type) = (.weights, .int8)
            case .value(let value):
                (kind, type) = (.values, simulation.grid(value)!.type)
                cost = readers.multiplyAdds(of: value)
            }
            return Entry(
                node: node.name, value: graph.values[node.output].name, operation: node.kind.label, kind: kind,
                type: type, alone: zip(measured.signal, measured.alone[index]).map(sqnr),
                leftOut: zip(measured.whole, measured.leftOut[index]).map { gain(from: $0, to: $1) },
                share: measured.share(index), readerMultiplyAdds: cost)
        }
        let order = entries.indices.sorted { (entries[$1].share, $0) < (entries[$0].share, $1) }
        entries = order.map { entries[$0] }
    }
}

private func sqnr(_ signal: Double, _ noise: Double) -> Double {
    noise == 0 ? .infinity : decibels(signal: signal, noise: noise)
}

private func gain(from noise: Double, to rest: Double) -> Double {
    noise == rest ? 0 : rest == 0 ? .infinity : decibels(signal: noise, noise: rest)
}

/// What making a value int16 costs.
struct ReaderCosts {
    private let graph: Graph
    private let consumers: [[Int]]
    private let isFrame: Set<Int>
    private let frames: Int

    init(_ graph: Graph, _ split: ProgramSplit) {
        self.graph = graph
        consumers = graph.consumers
        isFrame = Set(split.frame)
        frames = graph.shape(graph.input)[0]
    }

    /// Multiply-adds a decision of the weighted nodes that read the value, or its views.
    func multiplyAdds(of value: ValueID) -> Int {
        consumers[value].reduce(0) { sum, index in
            let node = graph.nodes[index]
            if node.sharesIntegers { return sum + multiplyAdds(of: node.output) }
            return sum + graph.multiplyAdds(node) / (isFrame.contains(index) ? frames : 1)
        }
    }
}
