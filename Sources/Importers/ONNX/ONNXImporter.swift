import FloatGraph
import Foundation
import ONNXFormat

/// Translates an ONNX graph, node by node.
struct ONNXImporter {
    /// What a name of the ONNX graph stands for.
    enum Operand {
        case activation(View)
        case constant(ConstantTensor)
        /// Computed by a node that could not be translated.
        case failed
        /// Not computed here: why not, for the node that reads it.
        case missing(String)
    }

    let source: Onnx_GraphProto
    let opset: Int
    let path: String
    let folder: URL
    let options: ImportOptions
    var graph: Graph
    var operands: [String: Operand] = [:]
    /// Names that some node or the graph's output reads.
    let read: Set<String>
    /// What the outputs that are asked for depend on, as far as branches are chosen by now.
    private var wanted: Set<String> = []
    /// Activations above a number, by the name of the node's result.
    var comparisons: [String: (view: View, bound: Float)] = [:]
    /// Weights that are already in the graph, by name and layout.
    var placedConstants: [String: ValueID] = [:]
    /// Reshapes and transposes that are already in the graph, by their input and what they do.
    var moved: [String: ValueID] = [:]
    var producerIndex: [ValueID: Int] = [:]
    var notedNodes = 0
    /// How many more elements of constants may be computed: a small file must not ask for the whole memory.
    var foldingBudget = 1 << 26
    /// How many more nodes may be translated, those of branches included.
    private var nodeBudget = 1 << 17
    let initializers: [String: Onnx_TensorProto]
    private var unsupported: [UnsupportedNode] = []

    init(_ source: Onnx_GraphProto, opset: Int, path: String, options: ImportOptions = ImportOptions()) {
        self.source = source
        self.opset = opset
        self.path = path
        self.options = options
        let url = URL(fileURLWithPath: path)
        folder = url.deletingLastPathComponent()
        graph = Graph(name: url.deletingPathExtension().lastPathComponent)
        read = source.namesRead.union(source.output.map(\.name) + options.outputs)
        initializers = Dictionary(source.initializer.map { ($0.name, $0) }) { $1 }
    }

    mutating func run() throws(ImportError) -> Graph {
        do {
            let outputs = try outputNames()
            try declareInput()
            try translate(source.node, outputs: outputs)
            guard unsupported.isEmpty else {
                throw ImportError.unsupported(
                    path: path, nodes: unsupported, supported: ONNXOperator.allCases.map(\.rawValue))
            }
            try declareOutputs(outputs)
            graph.foldBiases()
            graph.recogniseActivations()
            graph.recogniseLayerNormalization()
            graph.removeDeadNodes()
            graph.foldPads()
            try graph.validated()
            try requireFiniteConstants()
            return graph
        } catch let error as ImportError {
            throw error
        } catch let error as ImportFailure {
            throw ImportError(error, path: path)
        } catch {
            throw .invalid(path: path, reason: "\(error)")
        }
    }

    // MARK: Nodes

    /// Translates the nodes that the outputs depend on.
    mutating func translate(_ nodes: [Onnx_NodeProto], outputs: [String]) throws(ImportError) {
        var needed = Set(outputs)
        var live: [ONNXNode] = []
        for (index, proto) in nodes.enumerated().reversed() where proto.output.contains(where: needed.contains) {
            needed.formUnion(proto.input)
            let node = ONNXNode(proto, index: index)
            for branch in node.graphs { needed.formUnion(branch.namesRead) }
            live.append(node)
        }
        wanted.formUnion(needed)
        for node in live.reversed() { try translateOrNote(node) }
    }

    private mutating func translateOrNote(_ node: ONNXNode) throws(ImportError) {
        do {
            nodeBudget -= 1
            guard nodeBudget >= 0 else { throw ImportFailure.invalid("the file has more nodes than can be meant") }
            try translate(node)
        } catch let error as ImportError {
            throw error
        } catch ImportFailure.invalid(let reason) {
            throw .invalid(path: path, reason: "node \(node.name) (\(node.op)): \(reason)")
        } catch {
            if case ImportFailure.unsupported(let reason) = error {
                unsupported.append(UnsupportedNode(name: node.name, op: node.op, reason: reason))
            }
            for name in node.outputs { operands[name] = .failed }
        }
    }

    private mutating func translate(_ node: ONNXNode) throws {
        guard let op = ONNXOperator(rawValue: node.op) else { throw ImportFailure.unsupported(try hint(for: node)) }
        guard !node.outputs.allSatisfy(\.isEmpty) else { throw ImportFailure.invalid("computes nothing") }
        guard node.hasFiniteAttributes else {
            throw ImportFailure.invalid("has an attribute that is not a finite number")
        }
        if op == .ifElse {
            try branch(node)
        } else if let folded = try fold(op, node) {
            for (index, tensor) in folded.enumerated() {
                if let name = node.output(index) { operands[name] = .constant(tensor) }
            }
        } else {
            try translate(op, node)
        }
    }

    /// If with a condition that is known: the branch's nodes stand in its place.
    private mutating func branch(_ node: ONNXNode) throws {
        guard let name = node.input(0), case .constant(let condition) = try operand(name), condition.count == 1 else {
            throw ImportFailure.unsupported("its condition depends on the picture; export without it")
        }
        guard let body = node.graph(condition.floats[0] != 0 ? "then_branch" : "else_branch"),
            body.output.count >= node.outputs.count
        else { throw ImportFailure.invalid("has no such branch") }
        for tensor in body.initializer {
            operands[tensor.name] = .constant(try ConstantTensor(tensor, folder: folder))
        }
        let results = zip(node.outputs, body.output.map(\.name)).filter { wanted.contains($0.0) }
        try translate(body.node, outputs: results.map(\.1))
        for (name, result) in results { operands[name] = try operand(result) }
    }

    // MARK: Looking up names

    mutating func operand(_ name: String) throws(ImportFailure) -> Operand {
        if let operand = operands[name] {
            if case .failed = operand { throw .consequence }
            if case .missing(let reason) = operand { throw .unsupported(reason) }
            return operand
        }
        guard let proto = initializers[name] else {
            let isLater = source.node.contains { $0.output.contains(name) }
            throw .invalid(
                "reads \(name), which nothing before it computes"
                    + (isLater ? "; a node after it does: the graph runs in a circle, or its nodes are not in order" : ""))
        }
        let constant = try ConstantTensor(proto, folder: folder)
        operands[name] = .constant(constant)
        return .constant(constant)
    }

    /// An input that has to be computed from the picture.
    mutating func activation(_ node: ONNXNode, _ index: Int) throws(ImportFailure) -> View {
        guard let name = node.input(index) else { throw .invalid("has no input \(index)") }
        guard case .activation(let view) = try operand(name) else {
            throw .unsupported("input \(index) (\(name)) is a constant, supported is a computed one")
        }
        return view
    }

    /// An input that has to be known now; `nil` where it is left out.
    mutating func constant(_ node: ONNXNode, _ index: Int) throws(ImportFailure) -> ConstantTensor? {
        guard let name = node.input(index) else { return nil }
        guard case .constant(let tensor) = try operand(name) else {
            throw .unsupported("input \(index) (\(name)) is computed, supported is a constant")
        }
        return tensor
    }

    /// As `constant`, for shapes, axes and indices.
    mutating func integers(_ node: ONNXNode, _ index: Int) throws(ImportFailure) -> [Int]? {
        guard let tensor = try constant(node, index) else { return nil }
        guard let integers = tensor.integers else { throw .invalid("input \(index) must hold integers") }
        return integers
    }

    /// Integers that older operator sets hold in an attribute and newer ones take as an input.
    mutating func integers(_ node: ONNXNode, _ attribute: String, orInput index: Int) throws(ImportFailure) -> [Int]? {
        if let listed = node.integers(attribute) { return listed }
        return try integers(node, index)
    }

    mutating func requiredConstant(_ node: ONNXNode, _ index: Int) throws(ImportFailure) -> ConstantTensor {
        guard let tensor = try constant(node, index) else { throw .invalid("has no input \(index)") }
        return tensor
    }

    /// Weights are finite as they are read; scaling them may have overflown.
    private func requireFiniteConstants() throws(ImportFailure) {
        for id in Set(graph.nodes.flatMap(\.inputs)) {
            guard let constant = graph.constant(id), !constant.values.allSatisfy(\.isFinite) else { continue }
            throw .invalid("constant \(graph.values[id].name) holds values that are not finite numbers")
        }
    }
}
