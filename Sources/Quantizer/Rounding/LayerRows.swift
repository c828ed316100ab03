import FloatGraph

/// What a weighted layer multiplies its weights with, row by row: the inputs under the kernel at an output position.
struct LayerRows: Sendable {
    let input: [Int]
    /// Output positions of one run.
    let positions: Int
    /// Numbers of a row.
    let width: Int
    /// Channels of the layer's output.
    let outputs: Int
    /// Whether every channel is a layer of its own.
    let isDepthwise: Bool
    private let kernel: (height: Int, width: Int)
    private let window: ConvolutionWindow
    private let outputWidth: Int
    private let outputHeight: Int
    private let isPlain: Bool

    /// Whether a node's outputs are products of its weights with such rows.
    static func describe(_ node: Node) -> Bool {
        switch node.kind {
        case .convolution, .depthwise, .dense: true
        default: false
        }
    }

    /// - Precondition: `describe(node)`.
    init(_ node: Node, in graph: Graph) {
        input = graph.shape(node.inputs[0])
        let output = graph.shape(node.output), weights = graph.shape(node.inputs[1])
        outputs = output.last!
        positions = output.dropLast().reduce(1, *)
        switch node.kind {
        case .convolution(let window):
            (kernel, self.window, isDepthwise) = ((weights[1], weights[2]), window, false)
        case .depthwise(let window):
            (kernel, self.window, isDepthwise) = ((weights[0], weights[1]), window, true)
        default:
            (kernel, window, isDepthwise) = ((1, 1), ConvolutionWindow(), false)
        }
        isPlain = kernel == (1, 1) && window == ConvolutionWindow()
        width = kernel.height * kernel.width * input.last!
        outputHeight = output.count == 4 ? output[1] : 1
        outputWidth = output.count == 4 ? output[2] : 1
    }

    /// `count` positions spread evenly over one run, at other places for every `seed`.
    func chosen(_ count: Int, seed: Int) -> [Int] {
        guard count < positions else { return Array(0..<positions) }
        let golden = 0.618_033_988_749_895
        return (0..<count).map { i in
            let place = Double(i + 31 * seed) * golden
            let offset = Double(i) + place - place.rounded(.down)
            return min(positions - 1, Int(offset * Double(positions) / Double(count)))
        }
    }

    /// The row of a position, zeros outside the picture: `[kh, kw, C]`.
    func gather(_ position: Int, of x: UnsafePointer<Float>, into row: UnsafeMutablePointer<Float>) {
        let channels = input.last!
        if isPlain { return row.update(from: x + position * channels, count: channels) }
        let (height, width) = (input[1], input[2])
        let image = position / (outputHeight * outputWidth)
        let top = position / outputWidth % outputHeight * window.strideY - window.padTop
        let left = position % outputWidth * window.strideX - window.padLeft
        for ky in 0..<kernel.height {
            for kx in 0..<kernel.width {
                let target = row + (ky * kernel.width + kx) * channels
                let (y, x0) = (top + ky * window.dilationY, left + kx * window.dilationX)
                if y >= 0, y < height, x0 >= 0, x0 < width {
                    target.update(from: x + ((image * height + y) * width + x0) * channels, count: channels)
                } else {
                    target.update(repeating: 0, count: channels)
                }
            }
        }
    }
}
