import FloatGraph
import TFLiteFormat

extension TFLiteImporter {
    /// Adds a node to the float graph.
    mutating func append(
        _ kind: FloatOperator, _ inputs: [ValueID], name: String
    ) throws(ImportFailure) -> ValueID {
        do {
            return try graph.append(kind, inputs, name: name)
        } catch {
            throw .invalid(error.description)
        }
    }

    mutating func append(
        _ kind: FloatOperator, _ inputs: [ValueID], _ node: TFLiteNode
    ) throws(ImportFailure) -> ValueID {
        try append(kind, inputs, name: node.name)
    }

    /// Lets a node's output stand for a value, after its fused activation.
    mutating func define(
        _ node: TFLiteNode, output index: Int = 0, _ value: ValueID, shape: [Int]? = nil, activation: Int = 0
    ) throws(ImportFailure) {
        guard node.outputs.indices.contains(index) else { throw .invalid("has no output \(index)") }
        guard let activation = FusedActivation(rawValue: activation) else {
            throw .invalid("names activation \(activation)")
        }
        var id = value
        switch activation {
        case .none: break
        case .relu: id = try append(.unary(.relu), [id], name: "\(node.name) relu")
        case .reluN1To1: id = try append(.unary(.clip(-1, 1)), [id], name: "\(node.name) relu")
        case .relu6: id = try append(.unary(.clip(0, 6)), [id], name: "\(node.name) relu6")
        case .tanh: id = try append(.unary(.tanh), [id], name: "\(node.name) tanh")
        case .signBit: throw .unsupported("applies the activation SIGN_BIT")
        }
        let tensor = model.tensors[node.outputs[index]]
        if id != graph.input, graph.values[id].constant == nil {
            if graph.nodes.last?.output == id { graph.values[id].name = tensor.name }
            if graph.values[id].quantization == nil {
                graph.values[id].quantization = try tensor.grid()?.signed(tensor.type)
            }
        }
        operands[node.outputs[index]] = .activation(Activation(id, shape: shape ?? graph.shape(id)))
    }

    /// Gives a tensor's elements another shape; nothing is computed for that before someone needs it.
    mutating func alias(
        _ node: TFLiteNode, output index: Int = 0, _ x: Activation, shape: [Int]
    ) throws(ImportFailure) {
        guard node.outputs.indices.contains(index) else { throw .invalid("has no output \(index)") }
        guard try constantCount(shape) == x.shape.reduce(1, *) else {
            throw .invalid("reshapes \(x.shape) to \(shape)")
        }
        operands[node.outputs[index]] = .activation(Activation(x.value, shape: shape))
    }

    /// The shape of the float graph for a tensor's: axis 0 is time where there is one, so a clip's batch of 1 in front
    /// of it goes.
    func canonical(_ shape: [Int]) -> [Int] {
        let frames = graph.shape(graph.input)[0]
        let isClip = frames > 1 && shape.count > 2 && shape[0] == 1 && shape[1] == frames
        return isClip ? Array(shape.dropFirst()) : shape.isEmpty ? [1] : shape
    }

    /// How many leading axes a tensor loses in the float graph.
    func dropped(_ shape: [Int]) -> Int { max(0, shape.count - canonical(shape).count) }

    /// A tensor as a value of its canonical shape.
    mutating func value(_ x: Activation) -> ValueID { reshape(x.value, to: canonical(x.shape)) }

    /// The same elements under another shape; chains of reshapes become one, or none.
    mutating func reshape(_ id: ValueID, to shape: [Int]) -> ValueID {
        if graph.shape(id) == shape { return id }
        if let node = graph.nodes.last(where: { $0.output == id }), node.kind == .reshape {
            return reshape(node.inputs[0], to: shape)
        }
        if let twin = graph.nodes.first(where: {
            $0.kind == .reshape && $0.inputs[0] == id && graph.shape($0.output) == shape
        }) {
            return twin.output
        }
        let name = "\(graph.values[id].name) as \(shape)"
        let output = graph.addValue(name, shape: shape)
        graph.values[output].quantization = graph.values[id].quantization
        graph.nodes.append(Node(name: name, kind: .reshape, inputs: [id], output: output))
        return output
    }

    /// A constant as a value of the float graph.
    ///
    /// - Parameters:
    ///   - layout: tells apart the ways one constant may be laid out.
    ///   - axis: the axis of `shape` that takes the place of the grid's.
    mutating func place(
        _ constant: TFLiteConstant, _ values: [Float], shape: [Int], axis: Int? = nil, layout: String = "",
        _ node: TFLiteNode, input: Int
    ) -> ValueID {
        let tensor = node.input(input)
        let key = "\(tensor ?? -1) \(layout) \(shape)"
        if let id = placedConstants[key], graph.constant(id)?.values == values { return id }
        let name = tensor.map { model.tensors[$0].name } ?? "\(node.name) parameter"
        let id = graph.addConstant(name, FloatTensor(shape: shape, values: values))
        var grid = constant.quantization
        if grid?.axis != nil { grid?.axis = axis }
        graph.values[id].quantization = grid
        placedConstants[key] = id
        return id
    }

    mutating func place(_ values: [Float], shape: [Int], name: String) -> ValueID {
        graph.addConstant(name, FloatTensor(shape: shape, values: values))
    }

    /// Throws unless something has the value that is implemented.
    func require(_ holds: Bool, _ reason: @autoclosure () -> String) throws(ImportFailure) {
        if !holds { throw .unsupported(reason()) }
    }
}
