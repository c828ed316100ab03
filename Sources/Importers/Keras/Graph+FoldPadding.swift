import FloatGraph

extension Graph {
    /// Zeros around height and width that only convolutions read become their own padding.
    mutating func foldPadding() {
        let readers = consumers
        for node in nodes {
            guard case .pad(let before, let after, .constant(0)) = node.kind, before.count == 4,
                [before[0], before[3], after[0], after[3]] == [0, 0, 0, 0], !outputs.contains(node.output),
                readers[node.output].allSatisfy({ nodes[$0].takesPadding })
            else { continue }
            for reader in readers[node.output] {
                nodes[reader].pad(top: before[1], left: before[2], bottom: after[1], right: after[2])
                nodes[reader].inputs[0] = node.inputs[0]
            }
        }
    }
}

extension Node {
    fileprivate var takesPadding: Bool {
        switch kind {
        case .convolution, .depthwise: true
        default: false
        }
    }

    fileprivate mutating func pad(top: Int, left: Int, bottom: Int, right: Int) {
        func padded(_ window: ConvolutionWindow) -> ConvolutionWindow {
            var window = window
            window.padTop += top
            window.padLeft += left
            window.padBottom += bottom
            window.padRight += right
            return window
        }
        switch kind {
        case .convolution(let window): kind = .convolution(padded(window))
        case .depthwise(let window): kind = .depthwise(padded(window))
        default: break
        }
    }
}
