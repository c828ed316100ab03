// Operators that move elements or read windows of them, and products of two activations.

extension Operator {
    /// Whether any element type passes through unchanged.
    var movesAny: Bool {
        switch self {
        case .reshape, .gather: true
        default: false
        }
    }
}

extension OperationCheck {
    /// Tables whose sums are elements of x, and as many of them as the output has.
    func gather(_ fill: Int32, _ output: Tensor) throws(ModelFileError) {
        let tables = operation.inputs.count - 1
        try require((1...Limit.gatherTables).contains(tables), "\(tables) tables instead of 1…\(Limit.gatherTables)")
        let x = try activation(0, [.int8, .int16, .uint16])
        try require(x.hasQuantization(of: output), "input and output differ in quantization")
        try require(output.type.range.contains(fill), "fill \(fill) is outside \(output.type.label)")
        var count = 1, farthest = 0
        for operand in 1...tables {
            let length = tensors[operation.inputs[operand]].count
            let table = try constant(operand, .int32, [length]).assumingMemoryBound(to: Int32.self)
            var largest: Int32 = 0
            for index in 0..<length {
                try require(table[index] >= -1, "an entry of table \(operand) is \(table[index])")
                largest = max(largest, table[index])
            }
            farthest += Int(largest)
            // both factors are at most 2^28, the bound of activations and of a table's extent
            count = min(count * length, 1 << 32)
        }
        try require(farthest < x.count, "element \(farthest) of \(x.count) is read")
        try require(count == output.count, "\(count) elements are given to \(output.shape)")
    }

    func maximumPool(
        _ window: Window, _ kernelY: Int32, _ kernelX: Int32, _ output: Tensor
    ) throws(ModelFileError) {
        try operandCount(1)
        let x = try activation(0)
        try require(x.shape.count == 3, "input has the wrong rank")
        try require(x.hasQuantization(of: output), "input and output differ in quantization")
        let extents = 1...Int32(Limit.extent)
        try require(extents.contains(kernelY) && extents.contains(kernelX), "a window of \(kernelY)×\(kernelX)")
        try require(window.dilationY == 1 && window.dilationX == 1, "a maximum has no dilation")
        try slide(
            window, kernel: (Int(kernelY), Int(kernelX)), input: x.shape, output: output, channels: x.shape[2])
        let work = output.count.multipliedReportingOverflow(by: Int(kernelY) * Int(kernelX))
        try require(!work.overflow && work.partialValue <= Limit.multiplyAdds, "more than 2^36 comparisons")
    }

    func interpolate(_ outer: Int32, _ count: Int32, _ inner: Int32, _ output: Tensor) throws(ModelFileError) {
        try operandCount(4)
        let x = try activation(0)
        let length = tensors[operation.inputs[1]].count, view = [Int(outer), Int(count), Int(inner)]
        try require(
            view.allSatisfy { $0 >= 1 && $0 <= x.count } && view[0] * view[1] <= x.count
                && view[0] * view[1] * view[2] == x.count && view[0] * view[2] * length == output.count,
            "\(view) is no view of \(x.shape), or does not give \(output.shape) with \(length) positions")
        let lower = try constant(1, .int32, [length]).assumingMemoryBound(to: Int32.self)
        let upper = try constant(2, .int32, [length]).assumingMemoryBound(to: Int32.self)
        let fraction = try constant(3, .int16, [length]).assumingMemoryBound(to: Int16.self)
        for index in 0..<length {
            try require(
                (0..<count).contains(lower[index]) && (0..<count).contains(upper[index]),
                "position \(index) lies between \(lower[index]) and \(upper[index]) of \(count)")
            try require((0...1 << 14).contains(fraction[index]), "fraction \(fraction[index]) is outside 0…2^14")
        }
        try accumulator(x.magnitude << 14)
    }

    func matmul(_ transposed: Bool, _ output: Tensor) throws(ModelFileError) {
        try operandCount(2)
        let x = try activation(0), y = try activation(1, [.int8])
        let rank = x.shape.count
        try require(
            rank >= 2 && y.shape.count == rank && output.shape.count == rank
                && x.shape.dropLast(2) == y.shape.dropLast(2) && x.shape.dropLast(2) == output.shape.dropLast(2),
            "\(x.shape) and \(y.shape) do not give \(output.shape)")
        try require(y.zeroPoint == 0, "the second factor's zero point is \(y.zeroPoint), not 0")
        let products = y.shape[transposed ? rank - 2 : rank - 1], columns = y.shape[transposed ? rank - 1 : rank - 2]
        try require(
            x.shape[rank - 1] == products && output.shape[rank - 2] == x.shape[rank - 2]
                && output.shape[rank - 1] == columns,
            "\(x.shape) and \(y.shape) do not give \(output.shape)")
        try accumulator(products * x.magnitude * 127)
    }

    func normalize(_ epsilon: Int64, _ output: Tensor) throws(ModelFileError) {
        let x = try unary(output)
        let channels = x.shape.last!
        try require((0..<1 << 60).contains(epsilon), "epsilon \(epsilon) is outside 0..<2^60")
        // extents are below 2^16 and magnitudes at most 2^15, so that only the last product could overflow
        let (sum, overflow) = (channels * channels * channels).multipliedReportingOverflow(by: x.magnitude * x.magnitude)
        try require(!overflow && sum < 1 << 61, "rows of \(channels) are too long")
    }

    func gru(_ output: Tensor) throws(ModelFileError) {
        try operandCount(11)
        let x = try activation(0)
        try require(x.shape.count == 2 && output.shape.count == 2 && x.shape[0] == output.shape[0], "wrong shapes")
        try require(
            output.type == .int16 && output.scale == 0x1p-15, "the hidden state must be int16 in units of 2⁻¹⁵")
        let gates = 3 * output.shape[1]
        let input = WeightOrder(channels: gates, products: x.shape[1])
        try accumulators(x, weights: 1, shape: [gates, x.shape[1]], bias: 3, input)
        let recurrent = WeightOrder(channels: gates, products: output.shape[1])
        try accumulators(output, weights: 2, shape: [gates, output.shape[1]], bias: 6, recurrent)
        try requantizations(4, 5, channels: gates)
        try requantizations(7, 8, channels: gates)
        try constant(9, .int16, [513])
        try constant(10, .int16, [513])
    }
}
