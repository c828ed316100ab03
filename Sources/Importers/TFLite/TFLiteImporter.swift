import FloatGraph
import Foundation
import TFLiteFormat

/// Translates a TFLite graph, node by node. Its tensors are channel-last already.
struct TFLiteImporter {
    /// A computed tensor: a value of the float graph that holds the same elements, and the tensor's own shape.
    ///
    /// The value's shape may differ by axes of extent 1 and by reshapes that nobody has needed yet.
    struct Activation {
        var value: ValueID
        var shape: [Int]
        /// Waits for BATCH_TO_SPACE_ND: the convolution between works on a picture spread over batches.
        var spread: Spread?

        init(_ value: ValueID, shape: [Int]) {
            self.value = value
            self.shape = shape
        }
    }

    /// A dilated convolution, as older converters write it.
    struct Spread {
        var blockY, blockX: Int
        var padTop, padLeft, padBottom, padRight: Int
        /// The node, once it is there.
        var convolution: Int?
    }

    /// What a tensor of the file stands for.
    enum Operand {
        case activation(Activation)
        case constant(TFLiteConstant)
        /// Computed by a node that could not be translated.
        case failed
    }

    let model: TFLiteModel
    let path: String
    var graph: Graph
    var operands: [Int: Operand] = [:]
    /// Weights that are already in the graph, by tensor and layout.
    var placedConstants: [String: ValueID] = [:]
    /// How many more elements of constants may be computed: a small file must not ask for the whole memory.
    private var foldingBudget = 1 << 26
    private var unsupported: [UnsupportedNode] = []

    init(_ model: TFLiteModel, path: String) {
        self.model = model
        self.path = path
        graph = Graph(name: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent)
    }

    mutating func run(_ options: ImportOptions) throws(ImportError) -> Graph {
        let outputs: [Int]
        do {
            try declareInput(options)
            outputs = try wantedOutputs(options.outputs)
        } catch {
            throw ImportError(error, path: path)
        }
        for node in neededNodes(outputs) {
            do {
                try translate(node)
            } catch .invalid(let reason) {
                throw .invalid(path: path, reason: "node \(node.name) (\(node.op)): \(reason)")
            } catch {
                if case .unsupported(let reason) = error {
                    unsupported.append(UnsupportedNode(name: node.name, op: node.op, reason: reason))
                }
                for index in node.outputs { operands[index] = .failed }
            }
        }
        guard unsupported.isEmpty else {
            throw .unsupported(path: path, nodes: unsupported, supported: BuiltinOperator.allCases.map(\.label))
        }
        do {
            try declareOutputs(outputs)
            graph.removeDeadNodes()
            try graph.validated()
            return graph
        } catch let error as ImportFailure {
            throw ImportError(error, path: path)
        } catch {
            throw .invalid(path: path, reason: "\(error)")
        }
    }

    private mutating func translate(_ node: TFLiteNode) throws(ImportFailure) {
        guard let output = node.outputs.first else { throw .invalid("computes nothing") }
        if node.op == Self.transposedConvolutionWithBias { return try transposedConvolutionWithBias(node) }
        guard let op = node.builtin else { throw .unsupported(node.hint) }
        if let folded = try fold(op, node) {
            operands[output] = .constant(folded)
        } else {
            try translate(op, node)
        }
    }

    // MARK: Input and outputs

    private mutating func declareInput(_ options: ImportOptions) throws(ImportFailure) {
        let pictures = try options.pictures(among: model.inputs.map { model.tensors[$0].name })
        let input = model.inputs.first { model.tensors[$0].name == pictures }!
        for index in model.inputs where index != input { try hold(index, options) }
        let tensor = model.tensors[input]
        let accepted: [TensorType] = [.float32, .float16, .uint8, .int8]
        guard let type = tensor.type, accepted.contains(type) else {
            throw .invalid("input \(tensor.name) has an element type other than float32, float16, uint8 and int8")
        }
        let declared = fixed(tensor, options)
        let isClip = declared.count == 5 && declared[0] == 1
        let shape = isClip ? Array(declared[1...]) : declared
        guard shape.count == 4, shape[3] == 3 || shape[3] == 1 else {
            throw .invalid(
                "input \(tensor.name) has shape \(declared), needs [N, H, W, 3] or [1, N, H, W, 3]; grey pictures 1")
        }
        try graph.declareInput(tensor.name, shape: shape)
        var value = graph.input
        if type == .uint8 || type == .int8, let grid = try tensor.grid() {
            value = try realInput(value, grid.signed(tensor.type), name: tensor.name)
        }
        operands[input] = .activation(Activation(value, shape: declared))
    }

    /// An input beside the pictures becomes a constant.
    private mutating func hold(_ index: Int, _ options: ImportOptions) throws(ImportFailure) {
        let tensor = model.tensors[index]
        guard let type = tensor.type, type == .float32 || [.int32, .int64, .bool].contains(type) else {
            throw .invalid("input \(tensor.name) has an element type other than float32, int32, int64 and bool")
        }
        let held = try options.constant(tensor.name, shape: tensor.shape, isInteger: type != .float32)
        operands[index] = .constant(TFLiteConstant(held))
    }

    /// The input's shape; extents that the file leaves open (it says 1 there) are as the options say.
    private func fixed(_ tensor: TFLiteTensor, _ options: ImportOptions) -> [Int] {
        let rank = tensor.shape.count
        guard tensor.signature.count == rank, rank == 4 || rank == 5 else { return tensor.shape }
        let frames = rank == 4 ? [options.frames ?? options.batch] : [options.batch, options.frames]
        let chosen = frames + [options.height, options.width, nil]
        return tensor.shape.indices.map { tensor.signature[$0] < 0 ? chosen[$0] ?? tensor.shape[$0] : tensor.shape[$0] }
    }

    /// A pixel 0…255 is the integer 128 lower; what that stands for is given by the grid.
    private mutating func realInput(
        _ pixels: ValueID, _ grid: ValueQuantization, name: String
    ) throws(ImportFailure) -> ValueID {
        guard grid.scales.count == 1 else { throw .invalid("input \(name) has \(grid.scales.count) scales") }
        let zero = Float(grid.zeroPoints[0]) + 128, scale = grid.scales[0]
        graph.values[pixels].quantization = ValueQuantization(scales: [1], zeroPoints: [-128])
        var value = pixels
        for (function, constant) in [(ArithmeticFunction.subtract, zero), (.multiply, scale)]
        where constant != (function == .subtract ? 0 : 1) {
            let id = graph.addConstant("\(name) \(function)", FloatTensor(shape: [1], values: [constant]))
            value = try append(.arithmetic(function), [value, id], name: "\(name) \(function)")
        }
        if value != pixels { graph.values[value].quantization = grid }
        return value
    }

    /// The outputs that are wanted, in order.
    private mutating func wantedOutputs(_ names: [String]) throws(ImportFailure) -> [Int] {
        var producers: [Int: (op: String, input: Int)] = [:]
        for node in model.nodes {
            for output in node.outputs { producers[output] = node.input(0).map { (node.op, $0) } }
        }
        return Decisions.cut(from: try chosenOutputs(names), producer: { producers[$0] }) { output, op, scores in
            graph.notes.append(Decisions.note(model.tensors[output].name, op, model.tensors[scores].name))
        }
    }

    /// The file's outputs, or the tensors of these names, which may stand anywhere.
    private func chosenOutputs(_ names: [String]) throws(ImportFailure) -> [Int] {
        guard !names.isEmpty else { return model.outputs }
        var chosen: [Int] = []
        for name in names {
            guard let index = model.outputs.first(where: { model.tensors[$0].name == name })
                ?? model.tensors.firstIndex(where: { $0.name == name })
            else { throw .invalid("has no output \(name)") }
            chosen.append(index)
        }
        return chosen
    }

    /// What the outputs depend on, in order of execution.
    private func neededNodes(_ outputs: [Int]) -> [TFLiteNode] {
        var needed = Set(outputs)
        return model.nodes.reversed().filter { node in
            guard node.outputs.contains(where: needed.contains) else { return false }
            needed.formUnion(node.inputs)
            return true
        }.reversed()
    }

    private mutating func declareOutputs(_ outputs: [Int]) throws(ImportFailure) {
        guard !outputs.isEmpty else { throw .invalid("has no output") }
        for index in outputs {
            let name = model.tensors[index].name
            guard case .activation(let x)? = operands[index], x.spread == nil, x.value != graph.input else {
                throw .invalid("output \(name) is not computed from the input")
            }
            try graph.declareOutput(name, value(x))
        }
    }

    // MARK: Looking up tensors

    mutating func operand(_ index: Int) throws(ImportFailure) -> Operand {
        if let operand = operands[index] {
            if case .failed = operand { throw .consequence }
            return operand
        }
        let tensor = model.tensors[index]
        if tensor.sparsity != nil { try allot(tensor.shape) }
        let constant = Operand.constant(try TFLiteConstant(tensor, in: model.bytes))
        operands[index] = constant
        return constant
    }

    /// Takes from the budget before anything is allocated.
    mutating func allot(_ shape: [Int]) throws(ImportFailure) {
        foldingBudget -= try constantCount(shape)
        guard foldingBudget >= 0 else { throw .invalid("the file's constants grow beyond reason here, to \(shape)") }
    }

    /// An input that has to be computed from the picture.
    mutating func activation(_ node: TFLiteNode, _ index: Int) throws(ImportFailure) -> Activation {
        guard let tensor = node.input(index) else { throw .invalid("has no input \(index)") }
        guard case .activation(let x) = try operand(tensor) else {
            throw .unsupported("input \(index) (\(model.tensors[tensor].name)) is a constant, supported is a computed one")
        }
        guard x.spread == nil else {
            throw .unsupported("stands between SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND; supported is one convolution")
        }
        return x
    }

    /// An input that has to be known now; `nil` where it is left out.
    mutating func constant(_ node: TFLiteNode, _ index: Int) throws(ImportFailure) -> TFLiteConstant? {
        guard let tensor = node.input(index) else { return nil }
        guard case .constant(let constant) = try operand(tensor) else {
            throw .unsupported("input \(index) (\(model.tensors[tensor].name)) is computed, supported is a constant")
        }
        return constant
    }

    mutating func requiredConstant(_ node: TFLiteNode, _ index: Int) throws(ImportFailure) -> TFLiteConstant {
        guard let constant = try constant(node, index) else { throw .invalid("has no input \(index)") }
        return constant
    }

    /// Shapes, axes and indices.
    mutating func integers(_ node: TFLiteNode, _ index: Int) throws(ImportFailure) -> [Int] {
        guard let integers = try requiredConstant(node, index).tensor.integers else {
            throw .invalid("input \(index) must hold integers")
        }
        return integers
    }
}

extension TFLiteNode {
    /// Why it has no translation, and what would help.
    fileprivate var hint: String {
        switch op {
        case "WHILE", "IF", "CALL", "CALL_ONCE":
            "has a graph of its own; convert recurrent layers with a fixed batch of 1, so that they become one operator"
        case let custom where custom.hasPrefix("CUSTOM"):
            "only its own runtime knows what it computes; convert without custom operators, or cut the network before it"
        case "ARG_MAX", "ARG_MIN", "TOPK_V2", "NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5":
            "decides on scores; end the network with the scores"
        default: "no such operator here"
        }
    }
}
