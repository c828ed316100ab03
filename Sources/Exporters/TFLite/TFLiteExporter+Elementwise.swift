import ModelFile
import TFLiteFormat

extension TFLiteExporter {
    /// `fx`, `fy`: what our integers of x and y are multiplied by.
    mutating func add(_ operation: Operation, _ fx: Double, _ fy: Double, _ clamp: Clamp) {
        let (x, y, output) = (operation.inputs[0], operation.inputs[1], operation.output)
        let (a, b) = (fx * ratio(output, x), fy * ratio(output, y))
        let op: BuiltinOperator = b < 0 ? .sub : .add
        if isNarrow([x, y, output]), abs(a - 1) < 1e-5, abs(abs(b) - 1) < 1e-5, let activation = fused(clamp, output) {
            return writer.add(op, [integer(x), integer(y)], narrow(output), [0: .int8(activation)])
        }
        let inputs = [scaled(real(x), by: a, x), scaled(real(y), by: abs(b), y)]
        let result = float(output, " sum")
        writer.add(op, inputs, result, [0: .int8(0)])
        store(result, output, bounds: clamp.bounds(source.tensor(output)))
    }

    /// y may be one factor a channel, or one a position.
    mutating func multiply(_ operation: Operation, _ factor: Double, _ clamp: Clamp) {
        let (x, y, output) = (operation.inputs[0], operation.inputs[1], operation.output)
        let gain = factor * source.tensor(output).scale / (source.tensor(x).scale * source.tensor(y).scale)
        let isNarrow = isNarrow([x, y, output]) && plain(gain) == 1 && fused(clamp, output) != nil
        var other = isNarrow ? integer(y) : real(y)
        let rank = source.tensor(x).shape.count, tensor = source.tensor(y)
        if tensor.shape.count < rank {
            let spread = Array(repeating: 1, count: rank - 1) + tensor.shape
            let grid = TFLiteGraphWriter.Grid(scales: [tensor.scale], zeroPoint: Int(tensor.zeroPoint))
            let batch = tensor.isConstant ? 1 : batch
            let view = writer.tensor(
                "\(tensor.name) spread", isNarrow ? .int8 : .float32, [batch] + spread, isNarrow ? grid : nil)
            writer.add(.reshape, [other, writer.integers("shape", [batch] + spread)], view)
            other = view
        }
        if isNarrow {
            return writer.add(.mul, [integer(x), other], narrow(output), [0: .int8(fused(clamp, output)!)])
        }
        let result = float(output, " product")
        writer.add(.mul, [real(x), other], result, [0: .int8(0)])
        store(scaled(result, by: gain, output), output, bounds: clamp.bounds(source.tensor(output)))
    }

    mutating func concatenate(_ operation: Operation) {
        let output = operation.output
        let options: [Int: FlatValue] = [
            Schema.Concatenation.axis: .int32(Int32(source.tensor(output).shape.count)),
            Schema.Concatenation.activation: .int8(0),
        ]
        guard case .concatenate(let rescales) = operation.kind else { return }
        let isNarrow = isNarrow(operation.inputs + [output]) && rescales.allSatisfy { $0 == nil }
        var inputs: [Int] = []
        for (input, rescale) in zip(operation.inputs, rescales) {
            let gain = rescale.map { $0.factor * ratio(output, input) } ?? 1
            inputs.append(isNarrow ? integer(input) : scaled(real(input), by: gain, input))
        }
        if isNarrow { return writer.add(.concatenation, inputs, narrow(output), options) }
        let result = float(output, " joined")
        writer.add(.concatenation, inputs, result, options)
        store(result, output)
    }

    /// - Parameter factor: what our sum's mean is multiplied by; `nil` for integers that are only compared.
    mutating func reduce(_ operation: Operation, _ op: BuiltinOperator, outer: Int, count: Int, factor: Double?) {
        let (input, output) = (operation.inputs[0], operation.output)
        let gain = factor.map { $0 * ratio(output, input) } ?? 1
        let isNarrow = isNarrow([input, output]) && plain(gain) == 1
        let inner = source.tensor(input).count / outer / count
        let name = source.tensor(output).name, tensor = source.tensor(input)
        let grid = TFLiteGraphWriter.Grid(scales: [tensor.scale], zeroPoint: Int(tensor.zeroPoint))
        let type: TensorType = isNarrow ? .int8 : .float32
        let view = writer.tensor("\(name) view", type, [batch, outer, count, inner], isNarrow ? grid : nil)
        reshape(isNarrow ? integer(input) : real(input), into: view, [outer, count, inner])
        let target = source.tensor(output)
        let reduced = writer.tensor(
            "\(name) reduced", type, [batch, outer, inner],
            isNarrow ? .init(scales: [target.scale], zeroPoint: Int(target.zeroPoint)) : nil)
        writer.add(
            op, [view, writer.integers("\(name) axis", [2])], reduced, [Schema.Reducer.keepsAxes: .bool(false)])
        if isNarrow { return reshape(reduced, into: narrow(output), target.shape) }
        let result = float(output, " \(op == .mean ? "mean" : "maximum")")
        reshape(reduced, into: result, target.shape)
        store(scaled(result, by: gain, output), output)
    }

    mutating func prelu(_ operation: Operation, _ positive: Rescale) {
        let (x, output) = (operation.inputs[0], operation.output)
        let gain = positive.factor * ratio(output, x)
        let lift = Double(sign: .plus, exponent: Int(positive.left), significand: 1)
        let slopes = source.factors(operation.inputs[1], operation.inputs[2]).map { $0 * lift * ratio(output, x) / gain }
        let rank = source.tensor(x).shape.count
        let shape = Array(repeating: 1, count: rank - 1) + [slopes.count]
        let result = float(output, " activated")
        writer.add(.prelu, [real(x), writer.floats("\(operation.name).slopes", slopes, shape: shape)], result)
        store(scaled(result, by: gain, output), output)
    }

    mutating func softmax(_ operation: Operation) {
        let result = float(operation.output, " shares")
        writer.add(.softmax, [real(operation.inputs[0])], result, [Schema.Softmax.beta: .float(1)])
        store(result, operation.output)
    }
}
