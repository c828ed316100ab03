import FloatGraph
import ModelFile

/// A value's tensor in the program that is being written.
struct Operand {
    var tensor: Int
    var shape: [Int]
    var quantization: Quantization
}

/// Writes the integer programs of a planned and calibrated graph, node by node.
struct Lowering {
    let graph: Graph
    let plan: LoweringPlan
    let calibration: Calibration
    let options: QuantizerOptions

    var builder = ModelBuilder()
    private(set) var isClipProgram = false
    var operations: [Operation] = []
    /// By value, in the current program.
    var operands: [ValueID: Operand] = [:]
    var layers: [LayerReport] = []
    var warnings: [String] = []
    /// Of the node being lowered, for the report.
    var weightSQNR: Double?
    /// Int16 forms of values that are something else, and tables, each made once a program or file.
    var wideForms: [ValueID: Operand] = [:]
    var sharedTables: [String: Int] = [:]

    init(_ graph: Graph, _ plan: LoweringPlan, _ calibration: Calibration, _ options: QuantizerOptions) {
        self.graph = graph
        self.plan = plan
        self.calibration = calibration
        self.options = options
    }

    /// The two programs; the second is `nil` for single pictures.
    mutating func run() throws(QuantizerError) -> (frame: Program, clip: Program?) {
        let input = defineInput()
        for step in plan.frame { try lower(step) }
        guard frames > 1 else {
            let outputs = graph.outputs.map { operands[$0]!.tensor }
            return (Program(inputs: [input], outputs: outputs, operations: operations), nil)
        }
        let features = plan.split.features.map { (value: $0, operand: operands[$0]!) }
        let frame = Program(inputs: [input], outputs: features.map(\.operand.tensor), operations: operations)
        startClip(features)
        for step in plan.clip { try lower(step) }
        let clip = Program(
            inputs: features.map { operands[$0.value]!.tensor }, outputs: graph.outputs.map { operands[$0]!.tensor },
            operations: operations)
        return (frame, clip)
    }

    /// Pixels − 128, whose scale and zero point absorb the normalization.
    private mutating func defineInput() -> Int {
        var value = graph.input
        var quantization = Quantization(type: .int8, scale: 1, zeroPoint: -128)
        if let (node, meaning) = plan.normalization {
            value = graph.nodes[node].output
            quantization.scale = meaning.scale
            quantization.zeroPoint = Int32(meaning.centre - 128)
        }
        return define(value, quantization).tensor
    }

    private mutating func startClip(_ features: [(value: ValueID, operand: Operand)]) {
        isClipProgram = true
        operations = []
        operands = [:]
        wideForms = [:]
        for (value, operand) in features {
            let sequence = [frames] + operand.shape
            add(graph.values[value].name + ":sequence", sequence, operand.quantization, as: value)
        }
    }

    // MARK: Tensors and operations

    var frames: Int { graph.shape(graph.input)[0] }

    /// Whether axis 0 of the graph's values counts frames, of which the current program sees one.
    var seesOneFrame: Bool { !isClipProgram && frames > 1 }

    /// The extents that a value has in the current program: an axis 0 that counts frames is there only where frames
    /// are together.
    func extents(_ value: ValueID) -> [Int] {
        let shape = graph.shape(value)
        let kept = seesOneFrame || shape.first == 1 ? Array(shape.dropFirst()) : shape
        return kept.isEmpty ? [1] : kept
    }

    /// The shape of a value's tensor: its extents, the smallest neighbours joined until a model file can hold them.
    func shape(_ value: ValueID) -> [Int] { Lowering.joined(extents(value)) }

    static func joined(_ extents: [Int]) -> [Int] {
        var shape = extents
        while shape.count > 4 {
            let products = zip(shape, shape.dropFirst()).map { $0 * $1 }
            let axis = products.firstIndex(of: products.min()!)!
            shape[axis] = products[axis]
            shape.remove(at: axis + 1)
        }
        return shape
    }

    /// The tensor of a value that an operation will compute.
    @discardableResult
    mutating func define(_ value: ValueID, _ quantization: Quantization) -> Operand {
        add(graph.values[value].name, shape(value), quantization, as: value)
    }

    @discardableResult
    mutating func add(
        _ name: String, _ shape: [Int], _ quantization: Quantization, as value: ValueID? = nil
    ) -> Operand {
        let tensor = builder.addActivation(
            Tensor(
                name: name, type: quantization.type, shape: shape, scale: quantization.scale,
                zeroPoint: quantization.zeroPoint))
        let operand = Operand(tensor: tensor, shape: shape, quantization: quantization)
        if let value { operands[value] = operand }
        return operand
    }

    mutating func emit(_ node: Node, _ kind: Operator, _ inputs: [Int], _ output: Operand) {
        operations.append(Operation(name: node.name, kind: kind, inputs: inputs, output: output.tensor))
    }

    /// The same elements under another shape.
    mutating func view(_ operand: Operand, as shape: [Int], _ node: Node) -> Operand {
        guard operand.shape != shape else { return operand }
        let result = add(builder.tensors[operand.tensor].name + ":view", shape, operand.quantization)
        emit(node, .reshape, [operand.tensor], result)
        return result
    }

    /// Computes into a tensor of `shape` and lets `value` be its view.
    mutating func result(_ value: ValueID, _ quantization: Quantization, as shape: [Int], _ node: Node,
                         _ body: (inout Lowering, Operand) throws(QuantizerError) -> Void) throws(QuantizerError) {
        guard shape != self.shape(value) else { return try body(&self, define(value, quantization)) }
        let raw = add(graph.values[value].name + ":view", shape, quantization)
        try body(&self, raw)
        emit(node, .reshape, [raw.tensor], define(value, quantization))
    }

    // MARK: Quantization of values

    /// The quantization of a value from its range, with a scale of at least `least`.
    mutating func quantization(of value: ValueID, atLeast least: Double = 0) -> Quantization {
        guard let statistics = calibration.statistics[value] else { return .int16(magnitude: 1, atLeast: least) }
        if plan.types[value] == .int16 {
            let headroom = plan.decisive.contains(value) ? 2 * Lowering.headroom : Lowering.headroom
            let magnitude = expectationBound(value) ?? statistics.magnitude * headroom
            let wide = Quantization.int16(magnitude: magnitude, atLeast: least)
            return .int16(magnitude: magnitude, atLeast: max(least, windowScale(value, wide)))
        }
        if let given = graph.values[value].quantization.flatMap({ Quantization($0, seen: statistics.full) }),
            given.scale >= least {
            return given
        }
        return .int8(statistics.range(options.ranges), atLeast: least)
    }

    /// Int16 has resolution to spare, and calibration never sees everything: least of all of what a network decides.
    static let headroom = 2.0

    /// The scale at which kernels hold the tables to int8 that read `value` in registers.
    private mutating func windowScale(_ value: ValueID, _ candidate: Quantization) -> Double {
        var scale = candidate.scale
        for node in graph.consumers[value].map({ graph.nodes[$0] }) where plan.types[node.output] == .int8 {
            guard case .unary(let function) = node.kind else { continue }
            let table = FunctionTable.windowed(function, from: candidate, to: quantization(of: node.output))
            scale = max(scale, table.scale)
        }
        return scale
    }

    /// The largest magnitude of an expectation, a dense layer over probabilities, whatever calibration saw of it.
    private func expectationBound(_ value: ValueID) -> Double? {
        guard let node = graph.nodes.first(where: { $0.output == value }), case .dense = node.kind,
            operands[node.inputs[0]]?.quantization == .probabilities
        else { return nil }
        let weights = graph.constant(node.inputs[1])!.values.reduce(0) { max($0, abs($1)) }
        return Double(weights) + graph.bias(node).reduce(0) { max($0, abs($1)) }
    }

    /// The finest quantization of `value` for which `body` finds a representable form: scales double until it does.
    mutating func fit<T>(
        _ value: ValueID, _ node: Node, _ body: (Quantization) -> T?
    ) throws(QuantizerError) -> (Quantization, T) {
        var candidate = quantization(of: value)
        for _ in 0..<48 {
            if let form = body(candidate) { return (candidate, form) }
            candidate = quantization(of: value, atLeast: candidate.scale * 2)
        }
        throw .range(node: node.name, reason: "no output scale from \(quantization(of: value).scale) on fits")
    }

    /// The value as int16: itself, or rescaled without loss.
    mutating func wide(_ value: ValueID, _ node: Node) -> Operand {
        let operand = operands[value]!
        guard operand.quantization.type != .int16 else { return operand }
        if let form = wideForms[value] { return form }
        let isProbability = operand.quantization.type == .uint16
        let lift = isProbability ? 0.5 : 64.0
        let scale = operand.quantization.scale / lift
        let form = add(graph.values[value].name + ":int16", operand.shape, Quantization(type: .int16, scale: scale))
        let rescale = Rescale(factor: lift, bound: operand.quantization.magnitude)!
        emit(node, .rescale(rescale), [operand.tensor], form)
        wideForms[value] = form
        return form
    }

    /// The value as int8 with zero point 0: itself, or rescaled.
    mutating func symmetric(_ value: ValueID, _ node: Node) -> Operand {
        let operand = readable(value, node)
        guard operand.quantization.type != .int8 || operand.quantization.zeroPoint != 0 else { return operand }
        let reached = calibration.statistics[value].map(\.magnitude) ?? .infinity
        let held = operand.quantization.magnitude * operand.quantization.scale
        let target = Quantization(type: .int8, scale: max(min(reached, held), held * 0x1p-20) / 127)
        let form = add(graph.values[value].name + ":int8", operand.shape, target)
        let factor = operand.quantization.scale / target.scale
        emit(node, .rescale(Rescale(factor: factor, bound: operand.quantization.magnitude)!), [operand.tensor], form)
        return form
    }

    /// What a weighted layer reads: int8 or int16.
    mutating func readable(_ value: ValueID, _ node: Node) -> Operand {
        operands[value]!.quantization.type == .uint16 ? wide(value, node) : operands[value]!
    }

    /// A 513-entry table or pair of exponent tables, shared by name.
    mutating func shared(_ name: String, _ make: (inout ModelBuilder) -> Int) -> Int {
        if let index = sharedTables[name] { return index }
        let index = make(&builder)
        sharedTables[name] = index
        return index
    }
}
