import FloatGraph
import Foundation

/// Translates an ONNX graph, node by node.
struct ONNXImporter {
    /// What a name of the ONNX graph stands for.
    enum Operand {
        case activation(View)
        case constant(ConstantTensor)
        /// Computed by a node that could not be translated.
        case failed
    }

    let source: Onnx_GraphProto
    let opset: Int
    let path: String
    let folder: URL
    var graph: Graph
    var operands: [String: Operand] = [:]
    /// Names that some node or the graph's output reads.
    let read: Set<String>
    /// Weights that are already in the graph, by name and layout.
    var placedConstants: [String: ValueID] = [:]
    /// How many more elements of constants may be computed: a small file must not ask for the whole memory.
    var foldingBudget = 1 << 26
    private let initializers: [String: Onnx_TensorProto]
    private var unsupported: [UnsupportedNode] = []

    init(_ source: Onnx_GraphProto, opset: Int, path: String) {
        self.source = source
        self.opset = opset
        self.path = path
        let url = URL(fileURLWithPath: path)
        folder = url.deletingLastPathComponent()
        graph = Graph(name: url.deletingPathExtension().lastPathComponent)
        read = Set(source.node.flatMap(\.input) + source.output.map(\.name))
        initializers = Dictionary(source.initializer.map { ($0.name, $0) }) { $1 }
    }

    mutating func run(_ options: ImportOptions) throws(ImportError) -> Graph {
        do {
            try declareInput(options)
        } catch {
            throw importError(error)
        }
        for (index, proto) in source.node.enumerated() {
            let node = ONNXNode(proto, index: index)
            do {
                try translate(node)
            } catch .invalid(let reason) {
                throw .invalid(path: path, reason: "node \(node.name) (\(node.op)): \(reason)")
            } catch {
                if case .unsupported(let reason) = error {
                    unsupported.append(UnsupportedNode(name: node.name, op: node.op, reason: reason))
                }
                for name in node.outputs { operands[name] = .failed }
            }
        }
        guard unsupported.isEmpty else {
            throw .unsupported(path: path, nodes: unsupported, supported: ONNXOperator.allCases.map(\.rawValue))
        }
        do {
            try declareOutputs()
            graph.foldBiases()
            graph.removeDeadNodes()
            try graph.validated()
            try requireFiniteConstants()
            return graph
        } catch let error as ImportFailure {
            throw importError(error)
        } catch {
            throw .invalid(path: path, reason: "\(error)")
        }
    }

    private func importError(_ failure: ImportFailure) -> ImportError {
        switch failure {
        case .invalid(let reason), .unsupported(let reason): .invalid(path: path, reason: reason)
        case .consequence: .invalid(path: path, reason: "a node reads a value that could not be translated")
        }
    }

    private mutating func translate(_ node: ONNXNode) throws(ImportFailure) {
        guard let op = ONNXOperator(rawValue: node.op) else { throw .unsupported("no such operator here") }
        guard node.output(0) != nil else { throw .invalid("computes nothing") }
        guard node.hasFiniteAttributes else { throw .invalid("has an attribute that is not a finite number") }
        if let folded = try fold(op, node) {
            operands[node.outputs[0]] = .constant(folded)
        } else {
            try translate(op, node)
        }
    }

    // MARK: Input and outputs

    private mutating func declareInput(_ options: ImportOptions) throws(ImportFailure) {
        let inputs = source.input.filter { initializers[$0.name] == nil }
        guard inputs.count == 1, let input = inputs.first else {
            let names = inputs.map(\.name).joined(separator: ", ")
            throw .invalid("has \(inputs.count) inputs (\(names)), needs one, the pictures")
        }
        let type = input.type.tensorType
        let accepted: [ONNXElementType] = [.float, .float16, .uint8]
        guard let element = ONNXElementType(rawValue: type.elemType), accepted.contains(element) else {
            throw .invalid("input \(input.name) has element type \(type.elemType), needs float")
        }
        var shape: [Int] = []
        for (axis, dim) in type.shape.dim.enumerated() {
            if case .dimValue(let extent) = dim.value {
                shape.append(Int(extent))
            } else if axis == 0 {
                shape.append(options.frames ?? options.batch ?? 1)
            } else {
                throw .invalid("input \(input.name) leaves its axis \(axis) open; export with a fixed picture size")
            }
        }
        guard shape.count == 4, shape[1] == 3 || shape[3] == 3 else {
            throw .invalid("input \(input.name) has shape \(shape), needs [N, 3, H, W] or [N, H, W, 3]")
        }
        let order = shape[1] == 3 ? [0, 2, 3, 1] : [0, 1, 2, 3]
        let channelLast = order.map { shape[$0] }
        do {
            _ = try Graph.elementCount(channelLast)
        } catch {
            throw .invalid("input \(input.name): \(error)")
        }
        graph.input = graph.addValue(input.name, shape: channelLast)
        operands[input.name] = .activation(View(graph.input, shape: channelLast, order: order))
    }

    private mutating func declareOutputs() throws(ImportFailure) {
        guard !source.output.isEmpty else { throw .invalid("has no output") }
        for output in source.output {
            guard case .activation(let view)? = operands[output.name], view.padding == nil, view.value != graph.input
            else {
                throw .invalid("output \(output.name) is not computed from the input")
            }
            // Pictures stay channel-last; what the view alone has made of rows and vectors becomes their shape.
            let order = Array(0..<view.rank)
            let isReshaped = (2...3).contains(view.rank) && view.isInMemoryOrder(order)
            let id = isReshaped ? try value(view, order: order) : view.value
            guard !graph.outputs.contains(id) else {
                throw .unsupported(
                    "outputs \(graph.values[id].name) and \(output.name) are the same value; leave one out")
            }
            graph.values[id].name = output.name
            graph.outputs.append(id)
        }
    }

    /// Weights are finite as they are read; scaling them may have overflown.
    private func requireFiniteConstants() throws(ImportFailure) {
        for id in Set(graph.nodes.flatMap(\.inputs)) {
            guard let constant = graph.constant(id), !constant.values.allSatisfy(\.isFinite) else { continue }
            throw .invalid("constant \(graph.values[id].name) holds values that are not finite numbers")
        }
    }

    // MARK: Looking up names

    mutating func operand(_ name: String) throws(ImportFailure) -> Operand {
        if let operand = operands[name] {
            if case .failed = operand { throw .consequence }
            return operand
        }
        guard let proto = initializers[name] else { throw .invalid("reads \(name), which nothing before it computes") }
        let constant = try ConstantTensor(proto, folder: folder)
        operands[name] = .constant(constant)
        return .constant(constant)
    }

    /// An input that has to be computed from the picture.
    mutating func activation(
        _ node: ONNXNode, _ index: Int, allowsPadding: Bool = false
    ) throws(ImportFailure) -> View {
        guard let name = node.input(index) else { throw .invalid("has no input \(index)") }
        guard case .activation(let view) = try operand(name) else {
            throw .unsupported("input \(index) (\(name)) is a constant, supported is a computed one")
        }
        guard allowsPadding || view.padding == nil else {
            throw .unsupported("reads the result of a Pad; Pad is supported in front of Conv only")
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
}
