import FloatGraph
import TFLiteFormat

extension TFLiteImporter {
    /// What a node computes from constants alone (or from an activation's shape, which is known); `nil` if it does not.
    mutating func fold(_ op: BuiltinOperator, _ node: TFLiteNode) throws(ImportFailure) -> TFLiteConstant? {
        if op == .shape { return TFLiteConstant(ConstantTensor(try shape(node))) }
        var inputs: [ConstantTensor] = []
        for index in node.inputs where index >= 0 {
            guard case .constant(let constant) = try operand(index) else { return nil }
            inputs.append(constant.tensor)
        }
        guard let x = inputs.first, let first = node.input(0) else { return nil }
        switch op {
        // Quantized, half precision and sparse constants are floats from the beginning.
        case .dequantize, .densify: if case .constant(let constant) = try operand(first) { return constant }
        case .cast: return TFLiteConstant(cast(x, to: node))
        case .reshape, .squeeze, .expandDims:
            let shape = try changedShape(op, node, x.shape)
            guard try constantCount(shape) == x.count else { throw .invalid("reshapes \(x.shape) to \(shape)") }
            return TFLiteConstant(x.reshaped(shape))
        case .transpose:
            guard let order = inputs.last?.integers, order.sorted() == Array(x.shape.indices) else {
                throw .invalid("permutes \(x.shape)")
            }
            try allot(x.shape)
            return TFLiteConstant(x.transposed(order))
        case .pack: return TFLiteConstant(try packed(inputs, node))
        case .concatenation: return TFLiteConstant(try joined(inputs, axis: node.integer(Schema.Concatenation.axis)))
        case .slice: return TFLiteConstant(try taken(x, try sliceParts(node, x.shape), removing: []))
        case .stridedSlice:
            let (parts, removed) = try stridedParts(node, x.shape)
            return TFLiteConstant(try taken(x, parts, removing: removed))
        case .gather: return TFLiteConstant(try gathered(x, inputs[inputs.count - 1], node))
        case .reduceProd: return x.integers.map { TFLiteConstant(ConstantTensor([$0.reduce(1, &*)], shape: [])) }
        case .add, .sub, .mul, .div, .minimum, .maximum:
            return inputs.count == 2 ? TFLiteConstant(try arithmetic(op, x, inputs[1])) : nil
        case .rsqrt, .sqrt: return TFLiteConstant(try root(x, isReciprocal: op == .rsqrt))
        case .fill:
            guard let shape = x.integers, inputs.count == 2, inputs[1].count == 1 else { return nil }
            try allot(shape)
            let count = try constantCount(shape)
            return TFLiteConstant(inputs[1].gathered(Array(repeating: 0, count: count), shape: shape))
        default: break
        }
        return nil
    }

    private mutating func shape(_ node: TFLiteNode) throws(ImportFailure) -> [Int] {
        guard let tensor = node.input(0) else { throw .invalid("has no input 0") }
        switch try operand(tensor) {
        case .activation(let x): return x.shape
        case .constant(let constant): return constant.tensor.shape
        case .failed: throw .consequence
        }
    }

    private func cast(_ x: ConstantTensor, to node: TFLiteNode) -> ConstantTensor {
        switch model.tensors[node.outputs[0]].type {
        case .float32, .float16, .float64: ConstantTensor(x.floats, shape: x.shape)
        default: ConstantTensor(x.integers ?? x.floats.map { Int($0.clamped(to: -1e18...1e18)) }, shape: x.shape)
        }
    }

    private func packed(_ inputs: [ConstantTensor], _ node: TFLiteNode) throws(ImportFailure) -> ConstantTensor {
        guard inputs.allSatisfy({ $0.count == 1 && $0.shape.isEmpty }) else {
            throw .unsupported("packs constants of several numbers")
        }
        let integers = inputs.compactMap(\.integers).flatMap { $0 }
        return integers.count == inputs.count ? ConstantTensor(integers) : ConstantTensor(
            inputs.flatMap(\.floats), shape: [inputs.count])
    }

    private mutating func joined(_ inputs: [ConstantTensor], axis: Int) throws(ImportFailure) -> ConstantTensor {
        guard inputs.allSatisfy({ $0.shape.count == 1 }), [0, -1].contains(axis) else {
            throw .unsupported("joins constants of several axes")
        }
        try allot([inputs.reduce(0) { $0 + $1.count }])
        let integers = inputs.compactMap(\.integers)
        if integers.count == inputs.count { return ConstantTensor(integers.flatMap { $0 }) }
        let floats = inputs.flatMap(\.floats)
        return ConstantTensor(floats, shape: [floats.count])
    }

    private mutating func taken(
        _ x: ConstantTensor, _ parts: [Part], removing removed: Set<Int>
    ) throws(ImportFailure) -> ConstantTensor {
        try allot(parts.map(\.extent))
        let strides = rowMajorStrides(x.shape)
        let sources = parts.indices.reduce([0]) { starts, axis in
            starts.flatMap { start in
                (0..<parts[axis].extent).map { start + (parts[axis].start + $0 * parts[axis].step) * strides[axis] }
            }
        }
        return x.gathered(sources, shape: parts.indices.filter { !removed.contains($0) }.map { parts[$0].extent })
    }

    /// Along the first axis, as shapes are.
    private mutating func gathered(
        _ x: ConstantTensor, _ indices: ConstantTensor, _ node: TFLiteNode
    ) throws(ImportFailure) -> ConstantTensor {
        guard let positions = indices.integers, x.shape.count == 1, positions.allSatisfy((0..<x.count).contains) else {
            throw .unsupported("gathers constants of several axes, or beyond their end")
        }
        try allot(indices.shape)
        return x.gathered(positions, shape: indices.shape)
    }

    private mutating func arithmetic(
        _ op: BuiltinOperator, _ x: ConstantTensor, _ y: ConstantTensor
    ) throws(ImportFailure) -> ConstantTensor {
        guard x.shape == y.shape || x.count == 1 || y.count == 1 else {
            throw .unsupported("combines constants of shapes \(x.shape) and \(y.shape)")
        }
        let shape = x.count == 1 ? y.shape : x.shape
        try allot(shape)
        func pairs<T>(_ a: [T], _ b: [T]) -> [(T, T)] {
            (0..<max(a.count, b.count)).map { (a[a.count == 1 ? 0 : $0], b[b.count == 1 ? 0 : $0]) }
        }
        if let a = x.integers, let b = y.integers {
            if op == .div, b.contains(0) { throw .invalid("divides by 0") }
            return ConstantTensor(pairs(a, b).map { x, y in
                switch op {
                case .add: x &+ y
                case .sub: x &- y
                case .mul: x &* y
                case .div: x.dividedReportingOverflow(by: y).partialValue
                case .minimum: min(x, y)
                default: max(x, y)
                }
            }, shape: shape)
        }
        let values = pairs(x.floats, y.floats).map { x, y in
            switch op {
            case .add: x + y
            case .sub: x - y
            case .mul: x * y
            case .div: x / y
            case .minimum: min(x, y)
            default: max(x, y)
            }
        }
        guard values.allSatisfy(\.isFinite) else { throw .invalid("computes a constant that is not a finite number") }
        return ConstantTensor(values, shape: shape)
    }

    private func root(_ x: ConstantTensor, isReciprocal: Bool) throws(ImportFailure) -> ConstantTensor {
        let values = x.floats.map { isReciprocal ? 1 / $0.squareRoot() : $0.squareRoot() }
        guard values.allSatisfy(\.isFinite) else { throw .invalid("takes the root of a number below 0, or of 0") }
        return ConstantTensor(values, shape: x.shape)
    }
}
