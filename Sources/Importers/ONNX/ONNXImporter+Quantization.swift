import FloatGraph

extension ONNXImporter {
    /// QuantizeLinear and DequantizeLinear of activations: the numbers stay floats, and the grid is noted on the value.
    mutating func quantization(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        define(node, view)
        guard node.op == "QuantizeLinear", let scale = try constant(node, 1) else { return }
        guard scale.count == 1, scale.floats[0] > 0 else {
            throw .unsupported("quantizes an activation with \(scale.count) scales, supported is one above 0")
        }
        let zeroPoint = try constant(node, 2)
        graph.values[view.value].quantization = ValueQuantization(
            scales: [scale.floats[0]], zeroPoints: [Int32(clamping: zeroPoint?.integers?.first ?? 0)])
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
