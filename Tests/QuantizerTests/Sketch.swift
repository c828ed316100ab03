import FloatGraph
import GraphSamples

/// Draws small float graphs with random weights.
struct Sketch {
    var graph: Graph
    var random: SeededGenerator
    /// Weights and biases on a grid that int8 weights and int32 biases hold exactly.
    var isExact = false

    init(_ shape: [Int] = [1, 9, 8, 3], seed: UInt64 = 1) {
        graph = Graph(name: "sketch")
        random = SeededGenerator(seed)
        graph.input = graph.addValue("input", shape: shape)
    }

    mutating func constant(_ shape: [Int], _ range: ClosedRange<Float> = -1...1) -> ValueID {
        var tensor = random.tensor(shape, range)
        if isExact {
            for i in tensor.values.indices { tensor.values[i] = (tensor.values[i] * 100).rounded() / 128 }
        }
        return graph.addConstant("constant\(graph.values.count)", tensor)
    }

    @discardableResult
    mutating func node(_ kind: FloatOperator, _ inputs: [ValueID], shape: [Int]? = nil) throws -> ValueID {
        try graph.append(kind, inputs, name: "\(kind.label)\(graph.nodes.count)", shape: shape)
    }

    /// (x − 127) / 128.
    mutating func normalized() throws -> ValueID {
        let centre = graph.addConstant("centre", FloatTensor(shape: [1], values: [127]))
        let scale = graph.addConstant("scale", FloatTensor(shape: [1], values: [1 / 128]))
        let centred = try node(.arithmetic(.subtract), [graph.input, centre])
        return try node(.arithmetic(.multiply), [centred, scale])
    }

    mutating func convolution(
        _ x: ValueID, _ channels: Int, kernel: Int = 3, stride: Int = 1, bias: Bool = true
    ) throws -> ValueID {
        let pad = kernel / 2
        let window = ConvolutionWindow(
            strideY: stride, strideX: stride, padTop: pad, padLeft: pad, padBottom: pad, padRight: pad)
        let inputs = graph.shape(x)[3]
        let spread = Float(1.5) / Float(kernel * kernel * inputs).squareRoot()
        let weights = constant([channels, kernel, kernel, inputs], isExact ? -1...1 : -spread...spread)
        return try node(.convolution(window), [x, weights] + (bias ? [constant([channels])] : []))
    }

    mutating func depthwise(_ x: ValueID, kernel: Int = 3) throws -> ValueID {
        let pad = kernel / 2, channels = graph.shape(x)[3]
        let window = ConvolutionWindow(padTop: pad, padLeft: pad, padBottom: pad, padRight: pad)
        return try node(.depthwise(window), [x, constant([kernel, kernel, channels]), constant([channels])])
    }

    mutating func dense(_ x: ValueID, _ outputs: Int) throws -> ValueID {
        try node(.dense, [x, constant([outputs, graph.shape(x).last!]), constant([outputs])])
    }

    mutating func batchNormalization(_ x: ValueID) throws -> ValueID {
        let shape = [graph.shape(x).last!]
        let parameters = [
            constant(shape, 0.5...1.5), constant(shape), constant(shape), constant(shape, 0.5...2),
        ]
        return try node(.batchNormalization(epsilon: 1e-3), [x] + parameters)
    }

    mutating func pooled(_ x: ValueID) throws -> ValueID { try node(.reduce(.mean, axes: [1, 2], keep: false), [x]) }

    /// The graph with these outputs.
    mutating func finished(_ outputs: ValueID...) throws -> Graph {
        graph.outputs = outputs
        try graph.validated()
        return graph
    }
}

/// Random pictures for a graph: smooth enough to have structure, over the full range of pixels.
func pictures(for graph: Graph, _ count: Int, seed: UInt64 = 7) -> [FloatTensor] {
    var random = SeededGenerator(seed)
    let shape = graph.shape(graph.input)
    return (0..<count).map { _ in
        let base = random.real(40...210), slope = random.real(-8...8)
        return FloatTensor(
            shape: shape,
            values: (0..<shape.reduce(1, *)).map { index in
                let x = Float(index / shape[3] % shape[2])
                return min(max((base + slope * x + random.real(-60...60)).rounded(), 0), 255)
            })
    }
}
