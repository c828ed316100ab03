import FloatGraph

extension ONNXImporter {
    /// QuantizeLinear and DequantizeLinear of activations: the numbers stay floats, and the grid is noted on the value. The
    /// bounds of the integers stay where they mean something: many quantizers leave a ReLU to them.
    mutating func quantization(_ node: ONNXNode) throws(ImportFailure) {
        var view = try activation(node, 0)
        define(node, view)
        guard let scale = try constant(node, 1) else { return }
        if node.op == "DequantizeLinear" {
            if let name = node.input(0), source.input.contains(where: { $0.name == name }) {
                define(node, try dequantizedInput(view, scale, node))
            }
            return
        }
        guard scale.count == 1, scale.floats[0] > 0 else {
            throw .unsupported("quantizes an activation with \(scale.count) scales, supported is one above 0")
        }
        let zeroPoint = try quantizedZero(node)
        if let integers = zeroPoint.range, isUnbounded(view.value) {
            let low = Float(integers.lowerBound - zeroPoint.value) * scale.floats[0]
            let high = Float(integers.upperBound - zeroPoint.value) * scale.floats[0]
            view = View(try emit(.unary(.clip(low, high)), [view.value], node), axes: view.axes)
            define(node, view)
        }
        graph.values[view.value].quantization = ValueQuantization(
            scales: [scale.floats[0]], zeroPoints: [Int32(clamping: zeroPoint.signed)], bits: zeroPoint.bits)
    }

    /// The network's own input, given as integers: (x − zero point) · scale.
    private mutating func dequantizedInput(
        _ view: View, _ scale: ConstantTensor, _ node: ONNXNode
    ) throws(ImportFailure) -> View {
        try require(scale.count == 1, "gives the input \(scale.count) scales, supported is one")
        let zero = Float(try constant(node, 2)?.integers?.first ?? 0)
        var id = view.value
        if zero != 0 { id = try emit(.arithmetic(.subtract), [id, place(zero, node)], node, part: "centred") }
        return View(try emit(.arithmetic(.multiply), [id, place(scale.floats[0], node)], node), axes: view.axes)
    }

    /// The zero point, the same for signed integers, and the range of the file's integers; uint8 without one.
    private mutating func quantizedZero(
        _ node: ONNXNode
    ) throws(ImportFailure) -> (value: Int, signed: Int, range: ClosedRange<Int>?, bits: Int) {
        let value = try constant(node, 2)?.integers?.first ?? 0
        var type = ONNXElementType(rawValue: Int32(truncatingIfNeeded: node.integer("output_dtype", default: 0)))
        if let name = node.input(2), let initializer = initializers[name] {
            type = ONNXElementType(rawValue: initializer.dataType)
        } else if node.input(2) != nil, value < 0 {
            type = .int8
        }
        switch type {
        case .int8: return (value, value, -128...127, 8)
        case .uint8, nil: return (value, value - 128, 0...255, 8)
        case .int16: return (value, value, -32_768...32_767, 16)
        case .uint16: return (value, value - 32_768, 0...65_535, 16)
        default: return (value, value, nil, 16)
        }
    }

    /// Whether a value comes from an operator whose results reach beyond those of its inputs.
    private func isUnbounded(_ id: ValueID) -> Bool {
        switch producer(id)?.kind {
        case .convolution, .depthwise, .transposedConvolution, .dense, .matmul, .batchNormalization, .layerNormalization,
            .arithmetic(.add), .arithmetic(.subtract), .arithmetic(.multiply): true
        default: false
        }
    }

    /// DequantizeLinear of a constant: (x − zero point) · scale, along an axis or for all.
    mutating func dequantized(_ x: ConstantTensor, _ node: ONNXNode) throws(ImportFailure) -> ConstantTensor {
        let scale = try requiredConstant(node, 1)
        let zero = try constant(node, 2) ?? ConstantTensor([Float(0)], shape: [1])
        let block = node.integer("block_size", default: 0)
        try require(block == 0, "has a scale for each block of \(block), supported is each channel")
        func along(_ tensor: ConstantTensor) throws(ImportFailure) -> ConstantTensor {
            if tensor.count == 1 { return ConstantTensor(tensor.floats, shape: []) }
            let axis = try normalizedAxis(node.integer("axis", default: 1), rank: x.shape.count)
            guard axis < x.shape.count, tensor.count == x.shape[axis] else {
                throw .invalid("has \(tensor.count) scales for \(x.shape)")
            }
            let trailing = Array(repeating: 1, count: x.shape.count - axis - 1)
            return ConstantTensor(tensor.floats, shape: [tensor.count] + trailing)
        }
        let floats = ConstantTensor(x.floats, shape: x.shape)
        return try arithmetic(.multiply, try arithmetic(.subtract, floats, try along(zero)), try along(scale))
    }
}
