import FloatGraph
import Foundation

/// Arithmetic on constants: mostly shapes on their way to a Reshape, Resize or Slice.
extension ONNXImporter {
    mutating func foldArithmetic(
        _ op: ONNXOperator, _ inputs: [ConstantTensor], _ node: ONNXNode
    ) throws(ImportFailure) -> ConstantTensor? {
        let x = inputs[0]
        if let function = unaryFunction(op) { return try finite(x.floats.map(function), shape: x.shape, of: x) }
        if let (integers, floats) = binaryFunctions(op) {
            var result = x
            for y in inputs.dropFirst() { result = try zipped(result, y, integers, floats) }
            return result
        }
        if let reduction = Reduction(op) { return try reduced(x, reduction, node) }
        switch op {
        case .reciprocal: return try zipped(ConstantTensor([1], shape: []).asFloats, x, { $1 == 0 ? nil : $0 / $1 }, /)
        case .not: return ConstantTensor(x.floats.map { $0 == 0 ? 1 : 0 }, shape: x.shape)
        case .clip:
            let low = try constant(node, 1)?.floats.first ?? node.float("min", default: -.greatestFiniteMagnitude)
            let high = try constant(node, 2)?.floats.first ?? node.float("max", default: .greatestFiniteMagnitude)
            return try finite(x.floats.map { max(low, min(high, $0)) }, shape: x.shape, of: x)
        case .whereElse: return inputs.count == 3 ? try selected(x, inputs[1], inputs[2]) : nil
        default: return nil
        }
    }

    mutating func arithmetic(
        _ function: ArithmeticFunction, _ x: ConstantTensor, _ y: ConstantTensor
    ) throws(ImportFailure) -> ConstantTensor {
        let op: ONNXOperator = switch function {
        case .add: .add
        case .subtract: .sub
        case .multiply: .mul
        case .divide: .div
        case .minimum: .min
        case .maximum: .max
        }
        let (integers, floats) = binaryFunctions(op)!
        return try zipped(x, y, integers, floats)
    }

    private func unaryFunction(_ op: ONNXOperator) -> ((Float) -> Float)? {
        switch op {
        case .neg: { -$0 }
        case .sqrt: { $0.squareRoot() }
        case .abs: { abs($0) }
        case .floor: { $0.rounded(.down) }
        case .ceil: { $0.rounded(.up) }
        case .round: { $0.rounded(.toNearestOrEven) }
        case .exp: { exp($0) }
        case .log: { log($0) }
        case .erf: { erf($0) }
        case .tanh: { tanh($0) }
        case .sigmoid: { 1 / (1 + exp(-$0)) }
        case .relu: { max(0, $0) }
        default: nil
        }
    }

    /// For integers (`nil` where it is undefined) and for floats; truth is 1.
    private func binaryFunctions(_ op: ONNXOperator) -> ((Int, Int) -> Int?, (Float, Float) -> Float)? {
        switch op {
        case .add, .sum: ({ $0 &+ $1 }, +)
        case .sub: ({ $0 &- $1 }, -)
        case .mul: ({ $0 &* $1 }, *)
        case .div: ({ $1 == 0 ? nil : $0.dividedReportingOverflow(by: $1).partialValue }, /)
        case .mod: (remainder, { fmod($0, $1) })
        case .pow: ({ Int(exactly: Foundation.pow(Double($0), Double($1)).rounded()) }, { powf($0, $1) })
        case .min: ({ min($0, $1) }, { min($0, $1) })
        case .max: ({ max($0, $1) }, { max($0, $1) })
        case .equal: comparison(==, ==)
        case .greater: comparison(>, >)
        case .greaterOrEqual: comparison(>=, >=)
        case .less: comparison(<, <)
        case .lessOrEqual: comparison(<=, <=)
        case .and: comparison({ $0 != 0 && $1 != 0 }, { $0 != 0 && $1 != 0 })
        case .or: comparison({ $0 != 0 || $1 != 0 }, { $0 != 0 || $1 != 0 })
        default: nil
        }
    }

    /// Has the divisor's sign.
    private func remainder(_ x: Int, _ y: Int) -> Int? {
        if y == 0 || y == -1 { return y == 0 ? nil : 0 }
        let rest = x % y
        return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
    }

    private func comparison(
        _ integers: @escaping (Int, Int) -> Bool, _ floats: @escaping (Float, Float) -> Bool
    ) -> ((Int, Int) -> Int?, (Float, Float) -> Float) {
        ({ integers($0, $1) ? 1 : 0 }, { floats($0, $1) ? 1 : 0 })
    }

    private mutating func zipped(
        _ x: ConstantTensor, _ y: ConstantTensor, _ integers: (Int, Int) -> Int?, _ floats: (Float, Float) -> Float
    ) throws(ImportFailure) -> ConstantTensor {
        let shape = try broadcastShape(x.shape, y.shape)
        try allot(shape)
        let (i, j) = (x.broadcastOffsets(to: shape), y.broadcastOffsets(to: shape))
        if let a = x.integers, let b = y.integers {
            let values = zip(i, j).compactMap { integers(a[$0], b[$1]) }
            guard values.count == i.count else { throw .invalid("divides by 0, or leaves the integers' range") }
            return ConstantTensor(values, shape: shape)
        }
        let (a, b) = (x.floats, y.floats)
        return try finite(zip(i, j).map { floats(a[$0], b[$1]) }, shape: shape, of: nil)
    }

    /// - Parameter source: where it holds integers, the result does.
    private func finite(
        _ values: [Float], shape: [Int], of source: ConstantTensor?
    ) throws(ImportFailure) -> ConstantTensor {
        guard values.allSatisfy(\.isFinite) else { throw .invalid("computes a constant that is not a finite number") }
        let tensor = ConstantTensor(values, shape: shape)
        return source?.integers == nil ? tensor : tensor.asIntegers
    }

    private mutating func reduced(
        _ x: ConstantTensor, _ reduction: Reduction, _ node: ONNXNode
    ) throws(ImportFailure) -> ConstantTensor? {
        guard reduction.before == nil, reduction.after == nil, x.count > 0 else { return nil }
        let listed = try axes(node, input: 1, rank: x.shape.count) ?? []
        let axes = listed.isEmpty ? Array(x.shape.indices) : listed
        let strides = rowMajorStrides(x.shape)
        let kept = x.shape.indices.filter { !axes.contains($0) }
        let starts = offsets(kept.map { (x.shape[$0], strides[$0]) })
        let steps = offsets(axes.map { (x.shape[$0], strides[$0]) })
        try allot(x.shape)
        let keep = node.integer("keepdims", default: 1) != 0
        let shape = x.shape.indices.compactMap { axes.contains($0) ? (keep ? 1 : nil) : x.shape[$0] }
        let source = x.floats
        let values = starts.map { start in
            let terms = steps.map { source[start + $0] }
            return switch reduction.function {
            case .sum: terms.reduce(0, +)
            case .mean: terms.reduce(0, +) / Float(terms.count)
            case .product: terms.reduce(1, *)
            case .minimum: terms.min()!
            case .maximum: terms.max()!
            }
        }
        return try finite(values, shape: shape, of: x)
    }

    private mutating func selected(
        _ condition: ConstantTensor, _ x: ConstantTensor, _ y: ConstantTensor
    ) throws(ImportFailure) -> ConstantTensor {
        let shape = try broadcastShape(try broadcastShape(condition.shape, x.shape), y.shape)
        try allot(shape)
        let places = zip(
            condition.broadcastOffsets(to: shape), zip(x.broadcastOffsets(to: shape), y.broadcastOffsets(to: shape)))
        let isTrue = condition.floats.map { $0 != 0 }
        if let a = x.integers, let b = y.integers {
            return ConstantTensor(places.map { isTrue[$0] ? a[$1.0] : b[$1.1] }, shape: shape)
        }
        let (a, b) = (x.floats, y.floats)
        return ConstantTensor(places.map { isTrue[$0] ? a[$1.0] : b[$1.1] }, shape: shape)
    }
}
