import ModelFile

// Operators that move elements, and products of two activations. Pictures have their channels put last first: the
// constants of these operators count elements in that order.
extension ONNXExporter {
    /// One Gather on the flat tensor, behind which stands the number that fills.
    mutating func gather(_ operation: Operation, _ fill: Int32) {
        let x = source.tensor(operation.inputs[0]), shape = source.tensor(operation.output).shape
        let (positions, fills) = source.positions(of: operation)
        let name = operation.name
        var flat = reshaped(channelLast(real(operation.inputs[0]), x.shape, name), to: [x.count], name)
        if fills {
            let pads = writer.integers([0, 0, 0, 1], name: "\(name) pads")
            let value = writer.floats([Double(fill - x.zeroPoint) * x.scale], shape: [], name: "\(name) fill")
            flat = writer.add("Pad", [flat, pads, value], name: "\(name) filled")
        }
        let indices = writer.integers(positions, name: "\(name) positions")
        let result = writer.add("Gather", [flat, indices], name: name, ["axis": .int(1)])
        reals[operation.output] = channelFirst(reshaped(result, to: shape, name), shape, name)
    }

    /// Both neighbours' elements, weighed and added.
    mutating func interpolate(_ operation: Operation, _ view: [Int], _ factor: Double) {
        let (input, output) = (operation.inputs[0], operation.output)
        let name = operation.name, shape = source.tensor(output).shape
        let viewed = reshaped(channelLast(real(input), source.tensor(input).shape, name), to: view, name)
        let upper = source.int16s(operation.inputs[3]).map { Double($0) * 0x1p-14 }
        var parts: [String] = []
        for (operand, shares) in [(1, upper.map { 1 - $0 }), (2, upper)] {
            let side = operand == 1 ? "lower" : "upper"
            let positions = source.int32s(operation.inputs[operand]).map(Int.init)
            let indices = writer.integers(positions, name: "\(name) \(side) positions")
            let elements = writer.add("Gather", [viewed, indices], name: "\(name) \(side)", ["axis": .int(2)])
            let weights = writer.floats(shares, shape: [shares.count, 1], name: "\(name) \(side) weights")
            parts.append(writer.add("Mul", [elements, weights], name: "\(name) \(side) part"))
        }
        let result = reshaped(writer.add("Add", parts, name: name), to: shape, name)
        let gain = factor * 0x1p14 * ratio(output, input)
        store(scaled(channelFirst(result, shape, name), by: gain, name), output)
    }

    mutating func matmul(_ operation: Operation, _ transposed: Bool, _ factor: Double, _ clamp: Clamp) {
        let (x, y, output) = (operation.inputs[0], operation.inputs[1], operation.output)
        let name = operation.name, shape = source.tensor(output).shape
        let left = channelLast(real(x), source.tensor(x).shape, name)
        var right = channelLast(real(y), source.tensor(y).shape, name)
        if !transposed {
            let rank = shape.count + 1
            let order = Array(0..<(rank - 2)) + [rank - 1, rank - 2]
            right = writer.add("Transpose", [right], name: "\(name) columns", ["perm": .ints(order)])
        }
        let result = writer.add("MatMul", [left, right], name: name)
        let gain = factor * source.tensor(output).scale / (source.tensor(x).scale * source.tensor(y).scale)
        let scaled = scaled(channelFirst(result, shape, name), by: gain, name)
        store(scaled, output, bounds: clamp.bounds(source.tensor(output)))
    }

    /// Rows divided by their spread, √C·2⁻²⁹ of which is in our factor.
    mutating func normalize(_ operation: Operation, centres: Bool, _ epsilon: Int64, _ factor: Double) {
        let (input, output) = (operation.inputs[0], operation.output)
        let name = operation.name, x = source.tensor(input)
        var rows = channelLast(real(input), x.shape, name)
        let axis = writer.integers([x.shape.count], name: "\(name) axis")
        if centres {
            let mean = writer.add("ReduceMean", [rows, axis], name: "\(name) mean", ["keepdims": .int(1)])
            rows = writer.add("Sub", [rows, mean], name: "\(name) centred")
        }
        let squares = writer.add("Mul", [rows, rows], name: "\(name) squares")
        let variance = writer.add("ReduceMean", [squares, axis], name: "\(name) variance", ["keepdims": .int(1)])
        let small = writer.floats([x.epsilon(epsilon)], shape: [], name: "\(name) epsilon")
        let spread = writer.add("Sqrt", [
            writer.add("Add", [variance, small], name: "\(name) lifted"),
        ], name: "\(name) spread")
        let result = channelFirst(writer.add("Div", [rows, spread], name: name), x.shape, name)
        let gain = factor * 0x1p29 / Double(x.shape.last!).squareRoot() * source.tensor(output).scale
        store(scaled(result, by: gain, name), output)
    }
}
