import ModelFile

// Each returns the index of its output.
extension Sketch {
    public mutating func convolution(
        _ x: Int, channels: Int, kernel: (Int, Int), _ window: Window = Window(), to type: ElementType = .int8
    ) -> Int {
        let shape = tensor(x).shape, products = kernel.0 * kernel.1 * shape[2]
        let operands = weighted(
            x, shape: [channels, kernel.0, kernel.1, shape[2]], products: products, channels: channels, to: type)
        let output = activation(slide(shape, kernel, window) + [channels], type)
        return append(.convolution(window, clamp(type)), [x] + operands, output)
    }

    public mutating func depthwise(
        _ x: Int, kernel: (Int, Int), _ window: Window = Window(), to type: ElementType = .int8
    ) -> Int {
        let shape = tensor(x).shape
        let operands = weighted(
            x, shape: [kernel.0, kernel.1, shape[2]], products: kernel.0 * kernel.1, channels: shape[2], to: type)
        let output = activation(slide(shape, kernel, window) + [shape[2]], type)
        return append(.depthwise(window, clamp(type)), [x] + operands, output)
    }

    func slide(_ shape: [Int], _ kernel: (Int, Int), _ window: Window) -> [Int] {
        let reachY = (kernel.0 - 1) * Int(window.dilationY) + 1, reachX = (kernel.1 - 1) * Int(window.dilationX) + 1
        return [
            (shape[0] + Int(window.padTop + window.padBottom) - reachY) / Int(window.strideY) + 1,
            (shape[1] + Int(window.padLeft + window.padRight) - reachX) / Int(window.strideX) + 1,
        ]
    }

    public mutating func dense(
        _ x: Int, _ channels: Int, to type: ElementType = .int8, scale: Double? = nil, name: String? = nil
    ) -> Int {
        let shape = tensor(x).shape
        let operands = weighted(
            x, shape: [channels, shape.last!], products: shape.last!, channels: channels, to: type)
        let output = activation(shape.dropLast() + [channels], type, scale: scale, name: name)
        return append(.dense(clamp(type)), [x] + operands, output)
    }

    public mutating func add(_ x: Int, _ y: Int, to type: ElementType = .int8) -> Int {
        let bound = (1 << 28) / max(magnitude(x), magnitude(y))
        let mx = random.integer(bound / 2...bound), my = random.integer(bound / 2...bound) * random.pick([1, -1])
        let (multiplier, shift) = requantization(typical: typical(x) * Double(mx), to: type)
        let output = activation(tensor(x).shape, type)
        return append(
            .add(mx: Int32(mx), my: Int32(my), multiplier: multiplier, shift: shift, clamp(type)), [x, y], output)
    }

    public mutating func multiply(_ x: Int, _ y: Int, to type: ElementType = .int8) -> Int {
        let rescale = rescale(typical: typical(x) * typical(y), magnitude: magnitude(x) * magnitude(y), to: type)
        let output = activation(tensor(x).shape, type)
        return append(.multiply(rescale, clamp(type)), [x, y], output)
    }

    /// Inputs of the output's quantization are copied, others rescaled.
    public mutating func concatenate(_ inputs: [Int], to type: ElementType = .int8) -> Int {
        let channels = inputs.reduce(0) { $0 + tensor($1).shape.last! }
        let like = inputs.map(tensor).first { $0.type == type }
        let output = activation(
            tensor(inputs[0]).shape.dropLast() + [channels], type, scale: like?.scale, zeroPoint: like?.zeroPoint)
        let target = tensor(output)
        let rescales: [Rescale?] = inputs.map { input in
            let source = tensor(input)
            let isSame = source.type == type && source.scale == target.scale && source.zeroPoint == target.zeroPoint
            return isSame ? nil : rescale(typical: typical(input), magnitude: magnitude(input), to: type)
        }
        return append(.concatenate(rescales), inputs, output)
    }

    public mutating func mean(
        _ x: Int, outer: Int, count: Int, inner: Int, shape: [Int], to type: ElementType = .int8
    ) -> Int {
        let rescale = rescale(
            typical: typical(x) * Double(count).squareRoot(), magnitude: magnitude(x) * count, to: type)
        let output = activation(shape, type)
        return append(.mean(outer: Int32(outer), count: Int32(count), inner: Int32(inner), rescale), [x], output)
    }

    public mutating func maximum(_ x: Int, outer: Int, count: Int, inner: Int, shape: [Int]) -> Int {
        let source = tensor(x)
        let output = activation(shape, source.type, scale: source.scale, zeroPoint: source.zeroPoint)
        return append(.maximum(outer: Int32(outer), count: Int32(count), inner: Int32(inner)), [x], output)
    }

    public mutating func rescale(_ x: Int, to type: ElementType) -> Int {
        let rescale = rescale(typical: typical(x), magnitude: magnitude(x), to: type)
        return append(.rescale(rescale), [x], activation(tensor(x).shape, type))
    }

    public mutating func table(_ x: Int, to type: ElementType = .int8) -> Int {
        let table = tensor(x).type == .int8
            ? builder.addConstant(name: "table", shape: [256], random.bytes(256))
            : builder.addConstant(
                name: "table", shape: [513], (0..<513).map { _ in Int16(random.integer(-32_768...32_767)) })
        return append(.table, [x, table], activation(tensor(x).shape, tensor(x).type == .int8 ? .int8 : type))
    }

    public mutating func prelu(_ x: Int, to type: ElementType = .int8) -> Int {
        let rescale = rescale(typical: typical(x), magnitude: magnitude(x), to: type)
        let slopes = (0..<tensor(x).shape.last!).map { _ in
            (multiplier: Int32(random.integer(1 << 30...(1 << 31) - 1)) * Int32(random.pick([1, -1])),
             shift: min(31, rescale.shift + Int32(random.integer(0...4))))
        }
        let operands = requantizations(slopes)
        return append(.prelu(rescale), [x] + operands, activation(tensor(x).shape, type))
    }

    public mutating func softmax(_ x: Int) -> Int {
        let (high, low) = exponentials(scale: tensor(x).type == .int8 ? 0.05 : 0.0002)
        return append(.softmax, [x, high, low], activation(tensor(x).shape, .uint16, scale: 0x1p-16))
    }

    public mutating func lstm(_ x: Int, units: Int, cellBits: Int32, to type: ElementType = .int8) -> Int {
        let shape = tensor(x).shape
        let input = weighted(x, shape: [4 * units, shape[1]], products: shape[1], channels: 4 * units, to: .int16)
        let output = activation([shape[0], units], type, scale: type == .int8 ? 0x1p-7 : 0x1p-15, zeroPoint: 0)
        let recurrent = weights([4 * units, units], products: units, of: output)
        let scales = (0..<4 * units).map { _ in requantization(typical: recurrent.typical, to: .int16) }
        let operands = [input[0], recurrent.index, input[1], input[2], input[3]] + requantizations(scales)
        return append(.lstm(cellBits: cellBits), [x] + operands + activations(), output)
    }

    public mutating func attention(_ x: Int, units: Int, to type: ElementType = .int8) -> Int {
        let query = dense(x, units, to: .int16, scale: 0x1p-12), key = dense(x, units, to: .int16, scale: 0x1p-12)
        let weights = weights([units], products: units, of: query)
        let bias = builder.addConstant(name: "b", shape: [1], [Int32(random.integer(-1000...1000))])
        let score = requantization(typical: weights.typical, to: .int16)
        let scale = requantization(typical: typical(x) * 65_536, to: type)
        let (high, low) = exponentials(scale: 0x1p-15)
        let output = activation(tensor(x).shape, type)
        return append(
            .attention(
                scoreMultiplier: score.multiplier, scoreShift: score.shift, outputMultiplier: scale.multiplier,
                outputShift: scale.shift),
            [x, query, key, weights.index, bias] + activations() + [high, low], output)
    }

    public mutating func reshape(_ x: Int, _ shape: [Int]) -> Int {
        let source = tensor(x)
        return append(.reshape, [x], activation(shape, source.type, scale: source.scale, zeroPoint: source.zeroPoint))
    }

    mutating func activations() -> [Int] {
        [
            builder.addConstant(name: "sigmoid", shape: [513], Tables.sigmoid),
            builder.addConstant(name: "tanh", shape: [513], Tables.tanh),
        ]
    }

    private mutating func exponentials(scale: Double) -> (Int, Int) {
        let (high, low) = Tables.exponentials(scale: scale)
        return (
            builder.addConstant(name: "high", shape: [256], high), builder.addConstant(name: "low", shape: [256], low)
        )
    }
}
