/// One node, ready to run: constants packed, sizes known. Pointers are in the order of the node's inputs.
typealias Kernel = (
    _ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ parallel: Parallel
) -> Void

/// The kernel of a validated node.
func makeKernel(_ node: Node, in graph: Graph) -> Kernel {
    let shapes = node.inputs.map(graph.shape)
    let output = graph.shape(node.output)
    let count = output.reduce(1, *)
    let channels = output.last ?? 1
    func weights(_ index: Int) -> [Float] { graph.constant(node.inputs[index])!.values }
    func bias() -> [Float]? { node.inputs.count > 2 ? weights(2) : nil }

    switch node.kind {
    case .convolution(let window):
        let sizes = ConvolutionSizes(x: shapes[0], kernel: shapes[1][1...2], output: output, window)
        return convolution(sizes, weights(1), bias())
    case .depthwise(let window):
        let sizes = ConvolutionSizes(x: shapes[0], kernel: shapes[1][0...1], output: output, window)
        return depthwise(sizes, weights(1), bias())
    case .transposedConvolution(let window, _, _):
        let sizes = ConvolutionSizes(x: shapes[0], kernel: shapes[1][1...2], output: output, window)
        return transposedConvolution(sizes, weights(1), bias())
    case .pool(let function, let kernelY, let kernelX, let window):
        return pool(function, ConvolutionSizes(x: shapes[0], kernel: [kernelY, kernelX], output: output, window))
    case .dense:
        let matrix = PackedMatrix(weights: weights(1), bias: bias(), columns: shapes[1][0], depth: shapes[1][1])
        return { inputs, output, parallel in
            matrix.multiply(inputs[0], rows: count / channels, into: output, parallel)
        }
    case .batchNormalization(let epsilon):
        return batchNormalization(
            scale: weights(1), offset: weights(2), mean: weights(3), variance: weights(4), epsilon, count: count)
    case .layerNormalization(let epsilon):
        return layerNormalization(scale: weights(1), offset: weights(2), epsilon, count: count)
    case .matmul(let transposeB):
        return matmul(shapes[0], shapes[1], output, transposeB: transposeB)
    case .arithmetic(let function):
        return arithmetic(function, shapes[0], shapes[1], output)
    case .unary(let function):
        return unary(function, count: count)
    case .prelu:
        return prelu(slope: weights(1), channels: channels, count: count)
    case .concatenate(let axis):
        return concatenate(shapes.map { $0[axis...].reduce(1, *) }, rows: output[..<axis].reduce(1, *))
    case .transpose, .slice, .pad, .resize(.nearest, _, _):
        return Gather(node, in: graph)!.kernel()
    case .resize(.linear(let coordinates), _, _):
        return resizeLinear(shapes[0], output, coordinates)
    case .reduce(let function, let axes, _):
        return reduce(function, shapes[0], axes)
    case .softmax:
        return softmax(rows: count / channels, channels: channels)
    case .lstm(let hidden):
        return lstm(
            PackedMatrix(weights: weights(1), bias: weights(3), columns: 4 * hidden, depth: shapes[0][1]),
            PackedMatrix(weights: weights(2), bias: nil, columns: 4 * hidden, depth: hidden),
            steps: output[0], hidden: hidden)
    case .gru(let hidden, let resetAfter):
        return gru(
            PackedMatrix(
                weights: weights(1), bias: Array(weights(3)[..<(3 * hidden)]), columns: 3 * hidden,
                depth: shapes[0][1]),
            recurrent: weights(2), Array(weights(3)[(3 * hidden)...]), steps: output[0], hidden: hidden,
            resetAfter: resetAfter)
    case .selfAttention(let units):
        return selfAttention(
            query: PackedMatrix(weights: weights(1), bias: weights(3), columns: units, depth: channels),
            key: PackedMatrix(weights: weights(2), bias: nil, columns: units, depth: channels),
            score: weights(4), scoreBias: weights(5)[0], steps: output[0], channels: channels)
    case .reshape:
        return { inputs, output, _ in
            if inputs[0] != UnsafePointer(output) { output.update(from: inputs[0], count: count) }
        }
    }
}
