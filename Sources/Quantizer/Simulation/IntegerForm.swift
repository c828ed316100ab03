import FloatGraph
import ModelFile

/// What a model's integers stand for, in terms of the float graph that it was lowered from.
struct IntegerForm {
    /// By value: the numbers that its tensor can hold; values that fused into others have none.
    private(set) var grids: [ValueID: Grid] = [:]
    /// The graph with weights and biases as the integers say them.
    private(set) var graph: Graph
    /// The nodes whose constants were replaced.
    private(set) var weighted: [Int] = []
    /// By node: the tables of its unary function.
    private(set) var tables: [Int: InterpolatedTable] = [:]

    private let model: Model

    /// - Parameter prepared: the graph that was lowered: `Quantizer.prepared`.
    init(_ model: Model, of prepared: Graph) {
        self.model = model
        graph = prepared
        let values = Dictionary(
            prepared.values.indices.filter { prepared.constant($0) == nil }.map { (prepared.values[$0].name, $0) },
            uniquingKeysWith: { $1 })
        for tensor in model.description.tensors where !tensor.isConstant {
            if let value = values[tensor.name] { grids[value] = Grid(tensor) }
        }
        // two nodes of one name are told apart by their order
        var nodes: [String: ArraySlice<Int>] = [:]
        for (index, node) in prepared.nodes.enumerated() { nodes[node.name, default: []].append(index) }
        let description = model.description
        for operation in description.frame.operations + (description.clipProgram?.operations ?? []) {
            read(operation, &nodes)
        }
    }

    private mutating func read(_ operation: Operation, _ nodes: inout [String: ArraySlice<Int>]) {
        switch operation.kind {
        case .convolution, .depthwise, .dense:
            if let index = nodes[operation.name]?.popFirst() { return replace(index, operation) }
            if operation.name.hasSuffix(".coarse") || operation.name.hasSuffix(".fine") { return addPart(operation, nodes) }
            for (suffix, weights, bias) in [(".query", 1, nil), (".key", 2, 3)] as [(String, Int, Int?)]
            where operation.name.hasSuffix(suffix) {
                guard let index = nodes[String(operation.name.dropLast(suffix.count))]?.first else { continue }
                set(index, weights, bias, rows(operation, outputScale: tensor(operation.output).scale))
            }
        case .lstm:
            guard let index = nodes[operation.name]?.popFirst() else { return }
            let gates = 0x1p-12
            set(index, 1, 3, rows(operation, outputScale: gates))
            let state = Rows(
                numbers(operation.inputs[2]), nil, numbers(operation.inputs[6]), numbers(operation.inputs[7]),
                ratio: gates / 0x1p-15)
            set(index, 2, nil, state)
            weighted.append(index)
        case .attention(let multiplier, let shift, _, _):
            guard let index = nodes[operation.name]?.popFirst() else { return }
            let score = Rows(
                numbers(operation.inputs[3]), numbers(operation.inputs[4]), [multiplier], [shift],
                ratio: 0x1p-12 / 0x1p-15, inputScale: 0x1p-15)
            set(index, 4, 5, score)
            weighted.append(index)
        case .add:
            // the sum of a layer's two parts ends the node
            guard let index = nodes[operation.name]?.first, case .dense = graph.nodes[index].kind else { return }
            nodes[operation.name]?.removeFirst()
        case .table:
            guard let index = nodes[operation.name]?.popFirst(), case .unary = graph.nodes[index].kind else { return }
            let x = tensor(operation.inputs[0]), y = tensor(operation.output)
            // what an int8 value becomes in front of a table to int16 is a tensor, but no value of the graph
            guard grids[graph.nodes[index].inputs[0]] == Grid(x) else { return }
            tables[index] = InterpolatedTable(
                input: Grid(x), output: Grid(y), entries: numbers(operation.inputs[1]))
        default:
            break
        }
    }

    /// A weighted node, or an affine function that became a depthwise convolution of one tap.
    private mutating func replace(_ index: Int, _ operation: Operation) {
        let node = graph.nodes[index]
        if graph.isWeighted(node), node.inputs.count == 2 {
            let bias = FloatTensor(shape: [graph.shape(node.output).last!])
            graph.nodes[index].inputs.append(graph.addConstant(node.name + ".bias", bias))
        }
        guard graph.isWeighted(node) || graph.affine(index) != nil else { return }
        set(index, 1, 2, rows(operation, outputScale: tensor(operation.output).scale))
        weighted.append(index)
    }

    /// Weights in two parts: the first replaces the node's, the second is added.
    private mutating func addPart(_ operation: Operation, _ nodes: [String: ArraySlice<Int>]) {
        let isFirst = operation.name.hasSuffix(".coarse")
        let name = String(operation.name.dropLast(isFirst ? ".coarse".count : ".fine".count))
        guard let index = nodes[name]?.first else { return }
        let before = isFirst ? nil : graph.constant(graph.nodes[index].inputs[1])?.values
        if isFirst { return replace(index, operation) }
        set(index, 1, nil, rows(operation, outputScale: tensor(operation.output).scale))
        let id = graph.nodes[index].inputs[1]
        guard let before, let after = graph.constant(id) else { return }
        graph.nodes[index].inputs[1] = graph.addConstant(
            graph.values[id].name, FloatTensor(shape: after.shape, values: zip(before, after.values).map { $0 + $1 }))
    }

    private func tensor(_ index: Int) -> Tensor { model.description.tensors[index] }

    private func numbers(_ index: Int) -> [Int32] {
        let bytes = model.constant(index)
        return (0..<tensor(index).count).map { i in
            switch tensor(index).type {
            case .int8: Int32(bytes.load(fromByteOffset: i, as: Int8.self))
            case .int16: Int32(bytes.load(fromByteOffset: 2 * i, as: Int16.self))
            case .uint16: Int32(bytes.load(fromByteOffset: 2 * i, as: UInt16.self))
            case .int32: bytes.load(fromByteOffset: 4 * i, as: Int32.self)
            }
        }
    }

    /// The constants of an operation on x, weights, bias, multiplier, shift (an LSTM: recurrent weights before bias).
    private func rows(_ operation: Operation, outputScale: Double) -> Rows {
        let inputs = operation.inputs
        var first = 2
        if case .lstm = operation.kind { first = 3 }
        let x = tensor(inputs[0])
        return Rows(
            numbers(inputs[1]), numbers(inputs[first]), numbers(inputs[first + 1]), numbers(inputs[first + 2]),
            ratio: outputScale / x.scale, inputScale: x.scale)
    }

    /// Gives the node's inputs at these positions the numbers of `rows`.
    private mutating func set(_ index: Int, _ weights: Int, _ bias: Int?, _ rows: Rows) {
        let node = graph.nodes[index]
        guard let old = graph.constant(node.inputs[weights]), old.count == rows.weights.count else { return }
        var isDepthwise = false
        switch node.kind {
        case .depthwise, .batchNormalization: isDepthwise = true
        default: break
        }
        let perRow = rows.weights.count / rows.scales.count
        let values = rows.weights.indices.map { i in
            Float(Double(rows.weights[i]) * rows.scales[isDepthwise ? i % rows.scales.count : i / perRow])
        }
        graph.nodes[index].inputs[weights] = graph.addConstant(
            graph.values[node.inputs[weights]].name, FloatTensor(shape: old.shape, values: values))
        guard let bias, let offsets = rows.offsets else { return }
        let shape = graph.shape(node.inputs[bias])
        guard shape.reduce(1, *) == offsets.count else { return }
        graph.nodes[index].inputs[bias] = graph.addConstant(
            graph.values[node.inputs[bias]].name, FloatTensor(shape: shape, values: offsets))
    }
}

/// Rounded weights with the real value of each row's step: from multiplier · 2^−(31+shift) = s_in · s_w / s_out.
private struct Rows {
    let weights: [Int32]
    let scales: [Double]
    let offsets: [Float]?

    /// - Parameter ratio: s_out / s_in.
    init(
        _ weights: [Int32], _ bias: [Int32]?, _ multiplier: [Int32], _ shift: [Int32], ratio: Double,
        inputScale: Double = 1
    ) {
        self.weights = weights
        let scales = zip(multiplier, shift).map { m, s in
            Double(m) * Double(sign: .plus, exponent: Int(-31 - s), significand: 1) * ratio
        }
        self.scales = scales
        offsets = bias.map { zip($0, scales).map { Float(Double($0) * $1 * inputScale) } }
    }
}
