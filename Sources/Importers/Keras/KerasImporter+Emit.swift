import FloatGraph

extension KerasImporter {
    /// Adds a node to the float graph, named after the layer that is being translated.
    mutating func emit(_ kind: FloatOperator, _ inputs: [ValueID]) throws(ImportFailure) -> ValueID {
        do {
            return try graph.append(kind, inputs, name: nodeName(kind.label.prefix { $0 != "(" }.description))
        } catch {
            throw .invalid(error.description)
        }
    }

    /// A node whose only computed input has the same shape as its output.
    mutating func emit(_ kind: FloatOperator, on x: KerasTensor, _ constants: [ValueID] = []) throws(ImportFailure)
        -> KerasTensor
    {
        KerasTensor(value: try emit(kind, [x.value] + constants), shape: x.shape)
    }

    /// A value as a tensor of a shape with as many elements.
    mutating func tensor(_ value: ValueID, _ shape: [Int]) -> KerasTensor {
        KerasTensor(value: see(value, as: KerasTensor.graphShape(shape)), shape: shape)
    }

    /// A tensor's elements as a value of the float graph of the shape that an operator wants.
    mutating func value(_ x: KerasTensor, as shape: [Int]) -> ValueID { see(x.value, as: shape) }

    /// The same elements under another shape; chains of reshapes become one, or none.
    private mutating func see(_ id: ValueID, as shape: [Int]) -> ValueID {
        if graph.shape(id) == shape { return id }
        if let node = graph.nodes.last(where: { $0.output == id }), node.kind == .reshape {
            return see(node.inputs[0], as: shape)
        }
        if let twin = graph.nodes.last(where: {
            $0.kind == .reshape && $0.inputs[0] == id && graph.shape($0.output) == shape
        }) {
            return twin.output
        }
        let name = "\(graph.values[id].name) as \(shape)"
        let output = graph.addValue(name, shape: shape)
        graph.nodes.append(Node(name: name, kind: .reshape, inputs: [id], output: output))
        return output
    }

    /// A weight of the layer; a layer that is used twice has it once.
    ///
    /// - Parameters:
    ///   - shape: as Keras stores it.
    ///   - layout: for axis `i` of the graph's constant the axis of the stored weight; unchanged without it.
    mutating func weight(
        _ name: String, _ layer: KerasLayer, shape: [Int], layout: [Int]? = nil, as graphShape: [Int]? = nil
    ) throws(ImportFailure) -> ValueID? {
        guard let values = try weights.weight(name, of: layer, shape: shape) else { return nil }
        var tensor = ConstantTensor(values, shape: shape)
        if let layout { tensor = tensor.transposed(layout) }
        return place(tensor.floats, shape: graphShape ?? tensor.shape, "\(name) of \(layer.name)")
    }

    mutating func requiredWeight(
        _ name: String, _ layer: KerasLayer, shape: [Int], layout: [Int]? = nil, as graphShape: [Int]? = nil
    ) throws(ImportFailure) -> ValueID {
        guard let id = try weight(name, layer, shape: shape, layout: layout, as: graphShape) else {
            throw .invalid("has no \(name)")
        }
        return id
    }

    /// A constant; the same one is placed once.
    mutating func place(_ values: [Float], shape: [Int], _ name: String) -> ValueID {
        let key = "\(name) \(shape)"
        if let id = placedConstants[key], graph.constant(id)?.values == values { return id }
        let id = graph.addConstant(name, FloatTensor(shape: shape, values: values))
        placedConstants[key] = id
        return id
    }

    /// A number, for arithmetic.
    mutating func number(_ value: Float) -> ValueID { place([value], shape: [1], "\(scope) constant \(value)") }

    /// Throws unless an option has a value that is implemented.
    func require(_ holds: Bool, _ reason: @autoclosure () -> String) throws(ImportFailure) {
        if !holds { throw .unsupported(reason()) }
    }
}
