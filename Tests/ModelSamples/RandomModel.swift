import ModelFile

/// A random network of `operations` operations or more: any operator on any tensor made so far, all type combinations,
/// asymmetric windows, broadcasts, reshapes of inputs and outputs. One in two has a clip program.
public func randomModel(seed: UInt64, operations count: Int = 12) throws -> [UInt8] {
    var sketch = Sketch(seed: seed)
    let height = sketch.random.integer(1...9), width = sketch.random.integer(1...9)
    let input = sketch.activation([height, width, 3])
    let outputs = sketch.grow(from: [input], count: count)
    let frame = Program(inputs: [input], outputs: outputs, operations: sketch.operations)
    sketch.operations = []

    var clipProgram: Program?
    var clip: Clip?
    if sketch.random.chance(0.5) {
        let frames = sketch.random.integer(1...5)
        let inputs = outputs.map { output in
            let tensor = sketch.tensor(output)
            return sketch.activation(
                [frames] + tensor.shape, tensor.type, scale: tensor.scale, zeroPoint: tensor.zeroPoint)
        }
        let decisions = sketch.grow(from: inputs, count: count)
        clipProgram = Program(inputs: inputs, outputs: decisions, operations: sketch.operations)
        clip = Clip(frames: frames, stride: 1)
    }
    return try sketch.builder.encode(
        name: "random \(seed)", frame: frame, clipProgram: clipProgram, clip: clip,
        preprocessing: Preprocessing(width: width, height: height), tasks: [])
}

extension Sketch {
    /// Grows a program and returns its outputs, of rank 3 at most.
    fileprivate mutating func grow(from inputs: [Int], count: Int) -> [Int] {
        var pool = inputs
        while operations.count < count {
            let x = random.chance(0.6) ? pool.last! : random.pick(pool)
            pool.append(tensor(x).type == .uint16 ? rescale(x, to: random.pick([.int8, .int16])) : grow(x, pool))
        }
        let candidates = (pool.suffix(4) + [pool.last!]).filter { tensor($0).shape.count <= 3 }
        return candidates.isEmpty ? [reshape(pool.last!, [tensor(pool.last!).count])] : Array(Set(candidates)).sorted()
    }

    /// One more operation that accepts `x`.
    private mutating func grow(_ x: Int, _ pool: [Int]) -> Int {
        let shape = tensor(x).shape
        let type: ElementType = random.chance(0.65) ? .int8 : .int16
        let channels = shape.last!, rows = tensor(x).count / channels
        switch random.integer(0...25) {
        case 0...3 where shape.count == 3:
            let kernel = (random.integer(1...5), random.integer(1...5))
            guard let window = window(shape, kernel) else { return rescale(x, to: type) }
            if random.chance(0.5) { return depthwise(x, kernel: kernel, window, to: type) }
            return convolution(x, channels: random.integer(1...33), kernel: kernel, window, to: type)
        case 4 where shape.count == 3: return convolution(x, channels: random.integer(1...40), kernel: (1, 1), to: type)
        case 0...3 where shape.count == 2:
            return lstm(x, units: random.integer(1...12), cellBits: Int32(random.integer(0...15)), to: type)
        case 4 where shape.count == 2: return attention(x, units: random.integer(1...9), to: type)
        case 5, 6: return dense(x, random.integer(1...40), to: type)
        case 7:
            let partners = pool.filter { tensor($0).shape == shape && tensor($0).type != .uint16 }
            return add(x, random.pick(partners), to: type)
        case 8, 9:
            return multiply(x, factors(x, rows: rows), to: type)
        case 10:
            let partners = pool.filter { tensor($0).shape.dropLast() == shape.dropLast() && tensor($0).type != .uint16 }
            let others = (0..<random.integer(0...2)).map { _ in random.pick(partners) }
            let fixed = rows <= 4096 && random.chance(0.3) ? [constant(shape.dropLast() + [random.integer(1...5)])] : []
            return concatenate(fixed + [x] + others, to: type)
        case 11:
            return mean(x, outer: rows, count: channels, inner: 1, shape: shape.dropLast() + [1], to: type)
        case 12: return mean(x, outer: 1, count: rows, inner: channels, shape: [channels], to: type)
        case 13:
            let inner = tensor(x).count / shape[0]
            return maximum(x, outer: 1, count: shape[0], inner: inner, shape: [1] + shape.dropFirst())
        case 14: return table(x, to: type)
        case 15: return prelu(x, to: type)
        case 16: return softmax(x)
        case 17: return reshape(x, random.chance(0.5) || rows > 512 ? [tensor(x).count] : [rows, channels])
        case 19: return gather(x)
        case 20 where shape.count == 3:
            let kernel = (random.integer(1...4), random.integer(1...4))
            guard let window = window(shape, kernel, dilates: false) else { return rescale(x, to: type) }
            return maximumPool(x, kernel: kernel, window)
        case 20 where shape.count == 2:
            return gru(x, units: random.integer(1...12), resetAfter: random.chance(0.5))
        case 21:
            return interpolate(
                x, axis: random.integer(0...shape.count - 1), positions: random.integer(1...20), to: type)
        case 22 where shape.count >= 2: return product(x, pool, to: type)
        case 23 where channels < 1024: return normalize(x, to: type)
        case 24 where tensor(x).count <= 4096: return withConstant(x, multiplies: random.chance(0.5), to: type)
        default: return rescale(x, to: type)
        }
    }

    /// x times itself or another tensor, the second factor narrowed to int8.
    private mutating func product(_ x: Int, _ pool: [Int], to type: ElementType) -> Int {
        let shape = tensor(x).shape, isWide = tensor(x).type != .int8
        let transposed = random.chance(0.5)
        let inner = shape.last!, rows = shape[shape.count - 2]
        guard inner <= (isWide ? 250 : 2000) else { return rescale(x, to: type) }
        let y = transposed
            ? gather(x, [(0..<shape.dropLast(2).reduce(1, *)).map { Int32($0 * rows * inner) },
                         (0..<inner).map { _ in 0 }, (0..<random.integer(1...9)).map { _ in 0 }], fill: 0)
            : x
        let reshaped = transposed ? reshape(y, shape.dropLast(2) + tensor(y).shape.suffix(2)) : y
        return matmul(x, symmetric(reshaped), transposed: transposed, to: type)
    }

    /// Factors for `x`: of its shape, one a channel, or one a position.
    private mutating func factors(_ x: Int, rows: Int) -> Int {
        let shape = tensor(x).shape
        let type: ElementType = random.chance(0.5) ? .int16 : .int8
        switch random.integer(0...2) {
        case 0: return rescale(x, to: type)
        case 1: return mean(x, outer: 1, count: rows, inner: shape.last!, shape: [shape.last!], to: type)
        default: return mean(x, outer: rows, count: shape.last!, inner: 1, shape: shape.dropLast() + [1], to: type)
        }
    }

    /// Random strides and asymmetric padding; `nil` where the kernel does not fit.
    private mutating func window(_ shape: [Int], _ kernel: (Int, Int), dilates: Bool = true) -> Window? {
        func pad(_ reach: Int) -> Int32 { Int32(random.integer(0...reach - 1)) }
        let dilation = dilates && random.chance(0.3) ? (random.integer(1...3), random.integer(1...3)) : (1, 1)
        let reach = ((kernel.0 - 1) * dilation.0 + 1, (kernel.1 - 1) * dilation.1 + 1)
        let window = Window(
            strideY: Int32(random.integer(1...3)), strideX: Int32(random.integer(1...3)), padTop: pad(reach.0),
            padLeft: pad(reach.1), padBottom: pad(reach.0), padRight: pad(reach.1), dilationY: Int32(dilation.0),
            dilationX: Int32(dilation.1))
        let fits = shape[0] + Int(window.padTop + window.padBottom) >= reach.0
            && shape[1] + Int(window.padLeft + window.padRight) >= reach.1
        return fits ? window : nil
    }
}
