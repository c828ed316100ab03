import ModelFile

// Each returns the index of its output.
extension Sketch {
    /// A random rearrangement: slices, steps backwards, repetitions, padding and transpositions of x's axes.
    public mutating func gather(_ x: Int) -> Int {
        let source = tensor(x)
        var tables: [(axis: Int, offsets: [Int32])] = []
        var stride = source.count
        for (axis, extent) in source.shape.enumerated() {
            stride /= extent
            let length = random.chance(0.5) ? extent : random.integer(1...min(2 * extent, 64))
            let isWhole = length == extent && random.chance(0.6)
            tables.append((axis, (0..<length).map { position in
                if isWhole { return Int32(position * stride) }
                return random.chance(0.1) ? -1 : Int32(random.integer(0...extent - 1) * stride)
            }))
        }
        if random.chance(0.4) { tables.reverse() }
        let fill: Int32 = source.type == .int8 ? source.zeroPoint : 0
        return gather(x, tables.map(\.offsets), fill: fill)
    }

    public mutating func gather(_ x: Int, _ tables: [[Int32]], fill: Int32) -> Int {
        let source = tensor(x)
        let operands = tables.map { builder.addConstant(name: "t", shape: [$0.count], $0) }
        let output = activation(tables.map(\.count), source.type, scale: source.scale, zeroPoint: source.zeroPoint)
        return append(.gather(fill: fill), [x] + operands, output)
    }

    public mutating func maximumPool(_ x: Int, kernel: (Int, Int), _ window: Window = Window()) -> Int {
        let source = tensor(x)
        let shape = slide(source.shape, kernel, window) + [source.shape[2]]
        let output = activation(shape, source.type, scale: source.scale, zeroPoint: source.zeroPoint)
        return append(.maximumPool(window, kernelY: Int32(kernel.0), kernelX: Int32(kernel.1)), [x], output)
    }

    /// Axis `axis` of x at `positions` random places.
    public mutating func interpolate(_ x: Int, axis: Int, positions: Int, to type: ElementType = .int8) -> Int {
        let shape = tensor(x).shape, count = shape[axis]
        let outer = shape[..<axis].reduce(1, *), inner = shape[(axis + 1)...].reduce(1, *)
        func index() -> Int32 { Int32(random.integer(0...count - 1)) }
        let operands = [
            builder.addConstant(name: "lower", shape: [positions], (0..<positions).map { _ in index() }),
            builder.addConstant(name: "upper", shape: [positions], (0..<positions).map { _ in index() }),
            builder.addConstant(
                name: "fraction", shape: [positions],
                (0..<positions).map { _ in Int16(random.pick([0, 1 << 14, random.integer(0...1 << 14)])) }),
        ]
        let (multiplier, shift) = requantization(typical: typical(x) * 16_384, to: type)
        var output = shape
        output[axis] = positions
        return append(
            .interpolate(
                outer: Int32(outer), count: Int32(count), inner: Int32(inner), multiplier: multiplier, shift: shift),
            [x] + operands, activation(output, type))
    }

    /// x `[…, M, K]` times int8 y with zero point 0.
    public mutating func matmul(_ x: Int, _ y: Int, transposed: Bool, to type: ElementType = .int8) -> Int {
        let left = tensor(x).shape, right = tensor(y).shape
        let scale = requantization(typical: typical(x) * 70 * Double(left.last!).squareRoot(), to: type)
        let columns = transposed ? right.last! : right[right.count - 2]
        let kind = Operator.matmul(
            transposed: transposed, multiplier: scale.multiplier, shift: scale.shift, clamp(type))
        return append(kind, [x, y], activation(left.dropLast() + [columns], type))
    }

    /// x as int8 with zero point 0.
    public mutating func symmetric(_ x: Int) -> Int {
        let rescale = rescale(typical: typical(x), magnitude: magnitude(x), to: .int8)
        return append(.rescale(rescale), [x], activation(tensor(x).shape, .int8, zeroPoint: 0))
    }

    public mutating func normalize(_ x: Int, to type: ElementType = .int8) -> Int {
        let kind = Operator.normalize(
            centres: random.chance(0.7), epsilon: random.pick([0, 1, 12_345, 1 << 59]),
            multiplier: Int32(random.integer(1 << 30...(1 << 31) - 1)), shift: Int32(random.integer(10...24)))
        return append(kind, [x], activation(tensor(x).shape, type))
    }

    public mutating func gru(_ x: Int, units: Int, resetAfter: Bool) -> Int {
        let shape = tensor(x).shape, gates = 3 * units
        let input = weighted(x, shape: [gates, shape[1]], products: shape[1], channels: gates, to: .int16)
        let output = activation([shape[0], units], .int16, scale: 0x1p-15, zeroPoint: 0)
        let recurrent = weighted(output, shape: [gates, units], products: units, channels: gates, to: .int16)
        return append(
            .gru(resetAfter: resetAfter),
            [x, input[0], recurrent[0]] + input[1...] + recurrent[1...] + activations(), output)
    }

    /// Random numbers, int8 or int16.
    public mutating func constant(_ shape: [Int]) -> Int {
        let count = shape.reduce(1, *)
        if random.chance(0.5) { return builder.addConstant(name: "c", shape: shape, random.bytes(count)) }
        return builder.addConstant(
            name: "c", shape: shape, (0..<count).map { _ in Int16(random.integer(-32_768...32_767)) })
    }

    /// x plus or times a constant of its shape.
    public mutating func withConstant(_ x: Int, multiplies: Bool, to type: ElementType = .int8) -> Int {
        let constant = constant(tensor(x).shape)
        return multiplies ? multiply(x, constant, to: type) : add(x, constant, to: type)
    }
}
