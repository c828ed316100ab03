import FloatGraph
import ModelFile

/// A quantized network computed in floats: with the weights of its integers, and with every value moved to the grid of
/// its tensor as soon as it is computed. Unlike the integers it can be quantized in part.
final class Simulation: @unchecked Sendable {
    /// Something that quantization changes.
    enum Site: Hashable, Sendable {
        /// The weights and the bias of a node.
        case weights(Int)
        /// The numbers of a value, and of its views.
        case value(ValueID)
    }

    /// As what a site is computed.
    enum Precision: Sendable { case float, narrow, wide }

    let graph: Graph
    /// In order of execution; what loses nothing, such as the input, is no site.
    let sites: [Site]
    private let float: FloatExecutor
    private let forms: [(form: IntegerForm, executor: FloatExecutor)]
    /// By value: the value whose integers it shares.
    private let roots: [ValueID]

    /// - Parameters:
    ///   - prepared: the graph that was lowered: `Quantizer.prepared`.
    ///   - model: what `narrow` stands for.
    ///   - wide: the same graph with int16 wherever it may be.
    init(_ prepared: Graph, _ model: Model, wide: Model? = nil) throws(QuantizerError) {
        graph = prepared
        let forms = [model, wide].compactMap { $0 }.map { IntegerForm($0, of: prepared) }
        do {
            float = try FloatExecutor(prepared, threads: 1)
            var prepared: [(IntegerForm, FloatExecutor)] = []
            for form in forms { prepared.append((form, try FloatExecutor(form.graph, threads: 1))) }
            self.forms = prepared
        } catch {
            throw .graph(error)
        }
        var roots = Array(graph.values.indices)
        for node in graph.nodes where node.sharesIntegers { roots[node.output] = roots[node.inputs[0]] }
        self.roots = roots
        sites = Simulation.sites(graph, forms[0], roots)
    }

    private static func sites(_ graph: Graph, _ form: IntegerForm, _ roots: [ValueID]) -> [Site] {
        let weighted = Set(form.weighted)
        var sites: [Site] = []
        for (index, node) in graph.nodes.enumerated() {
            if weighted.contains(index) { sites.append(.weights(index)) }
            let isExact = node.inputs.contains(graph.input) && InputNormalization(node, in: graph) != nil
            if form.grids[node.output] != nil, roots[node.output] == node.output, !isExact {
                sites.append(.value(node.output))
            }
        }
        return sites
    }

    /// The grid of a value in the model.
    func grid(_ value: ValueID) -> Grid? { forms[0].form.grids[value] }

    /// The weights that a node has in the model, and those that it had.
    func weights(_ node: Int) -> (rounded: FloatTensor, float: FloatTensor)? {
        let rounded = forms[0].form.graph.nodes[node]
        guard rounded.inputs.count > 1, let after = forms[0].form.graph.constant(rounded.inputs[1]),
            let before = graph.constant(graph.nodes[node].inputs[1])
        else { return nil }
        return (after, before)
    }

    /// The node that makes a site.
    func node(_ site: Site) -> Int? {
        switch site {
        case .weights(let node): node
        case .value(let value): graph.nodes.firstIndex { $0.output == value }
        }
    }

    /// Computes the nodes from `first` on, each site as `precision` says.
    func run(from first: Int = 0, in store: ActivationStore, _ precision: (Site) -> Precision) {
        for index in first..<graph.nodes.count { compute(index, in: store, precision) }
    }

    /// Puts an input into `store`.
    func load(_ input: FloatTensor, into store: ActivationStore) {
        _ = store[graph.input].update(fromContentsOf: input.values)
    }

    private func compute(_ index: Int, in store: ActivationStore, _ precision: (Site) -> Precision) {
        let node = graph.nodes[index]
        let output = form(precision(.value(roots[node.output])))
        if let output, let table = output.form.tables[index], let x = form(precision(.value(roots[node.inputs[0]]))),
            x.form.grids[node.inputs[0]] == table.input {
            return table.apply(store[node.inputs[0]], store[node.output])
        }
        let executor = form(precision(.weights(index)))?.executor ?? float
        executor.compute(index, in: store)
        round(node.output, in: store, output)
    }

    /// Moves a value to its grid.
    func round(_ value: ValueID, in store: ActivationStore, _ precision: Precision) {
        round(value, in: store, form(precision))
    }

    private func round(
        _ value: ValueID, in store: ActivationStore, _ form: (form: IntegerForm, executor: FloatExecutor)?
    ) {
        form?.form.grids[value]?.round(store[value])
    }

    private func form(_ precision: Precision) -> (form: IntegerForm, executor: FloatExecutor)? {
        switch precision {
        case .float: nil
        case .narrow: forms[0]
        case .wide: forms[forms.count - 1]
        }
    }

    /// The outputs that `store` holds.
    func outputs(of store: ActivationStore) -> [[Float]] { graph.outputs.map { Array(store[$0]) } }
}

extension Node {
    /// Whether the output is the first input's integers, seen or chosen in another way.
    var sharesIntegers: Bool {
        switch kind {
        case .reshape, .reduce(.maximum, _, _), .pool(.maximum, _, _, _), .slice, .transpose: true
        default: false
        }
    }
}

extension InputNormalization {
    fileprivate init?(_ node: Node, in graph: Graph) {
        guard let affine = Affine(node, in: graph) else { return nil }
        self.init(affine)
    }
}
