import ModelFile

extension ONNXExporter {
    /// `fx`, `fy`: what our integers of x and y are multiplied by. They have few bits beside an int16 operand, and are
    /// kept as they are.
    mutating func add(_ operation: Operation, _ fx: Double, _ fy: Double, _ clamp: Clamp) {
        let (x, y, output) = (operation.inputs[0], operation.inputs[1], operation.output)
        let (a, b) = (fx * ratio(output, x), fy * ratio(output, y))
        let isDifference = b < 0
        let inputs = [real(x, times: a), real(y, times: abs(b))]
        let result = writer.add(isDifference ? "Sub" : "Add", inputs, name: operation.name)
        store(result, output, bounds: clamp.bounds(source.tensor(output)))
    }

    /// y may be one factor a channel, or one a position.
    mutating func multiply(_ operation: Operation, _ factor: Double, _ clamp: Clamp) {
        let (x, y, output) = (operation.inputs[0], operation.inputs[1], operation.output)
        let shape = source.tensor(x).shape
        var other = real(y)
        if source.tensor(y).shape.count < shape.count {
            let spread = layout([0] + Array(repeating: 1, count: shape.count - 1) + [shape.last!])
            other = reshaped(other, to: Array(spread.dropFirst()), "\(operation.name) factors")
        }
        let result = writer.add("Mul", [real(x), other], name: operation.name)
        let gain = factor * source.tensor(output).scale / (source.tensor(x).scale * source.tensor(y).scale)
        store(
            scaled(result, by: gain, operation.name), output, bounds: clamp.bounds(source.tensor(output)))
    }

    mutating func concatenate(_ operation: Operation) {
        let rank = source.tensor(operation.output).shape.count
        guard case .concatenate(let rescales) = operation.kind else { return }
        var inputs: [String] = []
        for (input, rescale) in zip(operation.inputs, rescales) {
            let gain = rescale.map { $0.factor * ratio(operation.output, input) } ?? 1
            inputs.append(real(input, times: gain))
        }
        let axis = axis(rank - 1, rank: rank)
        store(writer.add("Concat", inputs, name: operation.name, ["axis": .int(axis)]), operation.output)
    }

    /// - Parameter factor: what our sum's mean is multiplied by; `nil` for integers that are only compared.
    mutating func reduce(_ operation: Operation, _ op: String, outer: Int, count: Int, factor: Double?) {
        let (input, output) = (operation.inputs[0], operation.output)
        let shape = source.tensor(input).shape, target = source.tensor(output).shape
        let (first, end) = axes(of: shape, outer: outer, count: count)
        let rank = shape.count
        // Pictures stay as they are where what is left keeps its order; otherwise the channels are put last.
        let keepsOrder = rank < 3 || end <= rank - 3 || first == rank - 1 || first <= rank - 3 && end >= rank - 1
        var result: String
        if first < end, keepsOrder {
            let axes = (first..<end).map { axis($0, rank: rank) }.sorted()
            result = self.reduce(real(input), op, axes, operation.name)
            result = reshaped(result, to: Array(layout([0] + target).dropFirst()), operation.name)
        } else {
            let view = [outer, count, shape.reduce(1, *) / outer / count]
            result = reshaped(channelLast(real(input), shape, operation.name), to: view, operation.name)
            result = self.reduce(result, op, [2], operation.name)
            result = channelFirst(reshaped(result, to: target, operation.name), target, operation.name)
        }
        let gain = factor.map { $0 * ratio(output, input) } ?? 1
        store(scaled(result, by: gain, operation.name), output)
    }

    /// The axes that a view `[outer, count, inner]` reduces; none where it does not keep to the shape's.
    private func axes(of shape: [Int], outer: Int, count: Int) -> (first: Int, end: Int) {
        var first = 0
        while first < shape.count, shape[..<first].reduce(1, *) < outer || shape[first] == 1 { first += 1 }
        var end = first
        while end < shape.count, shape[first..<end].reduce(1, *) < count { end += 1 }
        let fits = shape[..<first].reduce(1, *) == outer && shape[first..<end].reduce(1, *) == count
        return fits ? (first, end) : (0, 0)
    }

    private mutating func reduce(_ real: String, _ op: String, _ axes: [Int], _ name: String) -> String {
        let listed = writer.integers(axes, name: "\(name) axes")
        return writer.add(op, [real, listed], name: name, ["keepdims": .int(1)])
    }

    mutating func prelu(_ operation: Operation, _ positive: Rescale) {
        let (x, output) = (operation.inputs[0], operation.output)
        let rank = source.tensor(x).shape.count
        let gain = positive.factor * ratio(output, x)
        let lift = Double(sign: .plus, exponent: Int(positive.left), significand: 1)
        let slopes = source.factors(operation.inputs[1], operation.inputs[2]).map { $0 * lift * ratio(output, x) / gain }
        let shape = [slopes.count] + Array(repeating: 1, count: rank >= 3 ? 2 : 0)
        let constant = writer.floats(slopes, shape: shape, name: "\(operation.name).slopes")
        let result = writer.add("PRelu", [real(x), constant], name: operation.name)
        store(scaled(result, by: gain, operation.name), output)
    }

    mutating func softmax(_ operation: Operation) {
        let rank = source.tensor(operation.output).shape.count
        let axis = axis(rank - 1, rank: rank)
        let result = writer.add("Softmax", [real(operation.inputs[0])], name: operation.name, ["axis": .int(axis)])
        store(result, operation.output)
    }

    /// Row-major, channels last.
    mutating func reshape(_ operation: Operation) {
        let (x, y) = (source.tensor(operation.inputs[0]).shape, source.tensor(operation.output).shape)
        let flat = channelLast(real(operation.inputs[0]), x, operation.name)
        reals[operation.output] = channelFirst(reshaped(flat, to: y, operation.name), y, operation.name)
    }
}
