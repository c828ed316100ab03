import FloatGraph

extension Graph {
    /// Zeros around a picture become the padding of the layers that read it: convolutions, and maxima of what is never
    /// negative.
    mutating func foldPads() {
        let (consumers, producers) = (consumers, producers)
        for node in nodes {
            guard case .pad(let before, let after, .constant(0)) = node.kind, before.count == 4, before[0] == 0,
                before[3] == 0, after[0] == 0, after[3] == 0, !outputs.contains(node.output)
            else { continue }
            let readers = consumers[node.output]
            let isPositive = producers[node.inputs[0]].map { nodes[$0].isNeverNegative } ?? false
            let widest = max(before.max()!, after.max()!)
            guard readers.allSatisfy({ nodes[$0].takes(padding: widest, isPositive: isPositive) }) else { continue }
            for reader in readers {
                nodes[reader].kind.widen(before, after)
                nodes[reader].inputs[0] = node.inputs[0]
            }
        }
        removeDeadNodes()
    }
}

extension Node {
    fileprivate var isNeverNegative: Bool {
        switch kind {
        case .unary(.relu), .unary(.sigmoid), .unary(.square), .unary(.absolute), .unary(.exp): true
        case .unary(.clip(let low, _)): low >= 0
        default: false
        }
    }

    fileprivate func takes(padding: Int, isPositive: Bool) -> Bool {
        switch kind {
        case .convolution, .depthwise: true
        case .pool(.maximum, let kernelY, let kernelX, let window):
            // Every window keeps a pixel of the picture under it as long as the padding is narrower than the kernel.
            isPositive && !window.isPadded && !window.isDilated && padding < min(kernelY, kernelX)
        default: false
        }
    }
}

extension FloatOperator {
    fileprivate mutating func widen(_ before: [Int], _ after: [Int]) {
        func widened(_ window: ConvolutionWindow) -> ConvolutionWindow {
            var window = window
            window.padTop += before[1]
            window.padLeft += before[2]
            window.padBottom += after[1]
            window.padRight += after[2]
            return window
        }
        switch self {
        case .convolution(let window): self = .convolution(widened(window))
        case .depthwise(let window): self = .depthwise(widened(window))
        case .pool(let function, let kernelY, let kernelX, let window):
            self = .pool(function, kernelY: kernelY, kernelX: kernelX, widened(window))
        default: break
        }
    }
}
