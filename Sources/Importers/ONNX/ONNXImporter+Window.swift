import FloatGraph

/// Kernel, strides, padding and dilation of a window, as the attributes of convolutions and pools give them; windows
/// over one axis are windows of height 1.
struct WindowAttributes {
    var kernel: [Int]
    var strides: [Int]
    var dilations: [Int]
    /// Both axes' beginnings, then both ends.
    var pads: [Int]
    let automatic: String

    /// - Parameter dimensions: 1 or 2.
    init(_ node: ONNXNode, kernel: [Int], dimensions: Int) throws(ImportFailure) {
        let ones = Array(repeating: 1, count: dimensions)
        self.kernel = kernel
        strides = node.integers("strides") ?? ones
        dilations = node.integers("dilations") ?? ones
        pads = node.integers("pads") ?? ones.map { _ in 0 } + ones.map { _ in 0 }
        automatic = node.string("auto_pad") ?? "NOTSET"
        let positive = 1...Graph.extentLimit
        guard kernel.count == dimensions, strides.count == dimensions, dilations.count == dimensions,
            pads.count == 2 * dimensions, (kernel + strides + dilations).allSatisfy(positive.contains),
            pads.allSatisfy((0...Graph.extentLimit).contains), (node.integers("kernel_shape") ?? kernel) == kernel
        else {
            throw .invalid(
                "kernel \(kernel), strides \(strides), dilations \(dilations) and pads \(pads) do not fit together")
        }
        if dimensions == 1 {
            self.kernel.insert(1, at: 0)
            strides.insert(1, at: 0)
            dilations.insert(1, at: 0)
            pads = [0, pads[0], 0, pads[1]]
        }
        for axis in 0..<2 where self.kernel[axis] == 1 { dilations[axis] = 1 }
    }

    /// The pixels that a kernel reaches over.
    func reach(_ axis: Int) -> Int { dilations[axis] * (kernel[axis] - 1) + 1 }

    /// Resolves `auto_pad` for a picture of these extents.
    mutating func resolve(_ extents: [Int]) throws(ImportFailure) {
        switch automatic {
        case "NOTSET", "": break
        case "VALID": pads = [0, 0, 0, 0]
        case "SAME_UPPER", "SAME_LOWER":
            for axis in 0..<2 {
                let outputs = (extents[axis] + strides[axis] - 1) / strides[axis]
                let total = max(0, (outputs - 1) * strides[axis] + reach(axis) - extents[axis])
                pads[axis] = automatic == "SAME_UPPER" ? total / 2 : total - total / 2
                pads[axis + 2] = total - pads[axis]
            }
        case let other: throw .unsupported("pads by \(other)")
        }
    }

    /// Lets the last window of each axis reach over the end, as `ceil_mode` does.
    ///
    /// - Returns: how far.
    mutating func roundUp(_ extents: [Int]) -> [Int] {
        (0..<2).map { axis in
            let padded = extents[axis] + pads[axis] + pads[axis + 2]
            var outputs = (padded - reach(axis) + strides[axis] - 1) / strides[axis] + 1
            // A window never begins behind the picture and its leading padding.
            if (outputs - 1) * strides[axis] >= extents[axis] + pads[axis] { outputs -= 1 }
            let extra = max(0, (outputs - 1) * strides[axis] + reach(axis) - padded)
            pads[axis + 2] += extra
            return extra
        }
    }

    var window: ConvolutionWindow {
        ConvolutionWindow(
            strideY: strides[0], strideX: strides[1], padTop: pads[0], padLeft: pads[1], padBottom: pads[2],
            padRight: pads[3], dilationY: dilations[0], dilationX: dilations[1])
    }
}

extension ONNXImporter {
    /// A picture `[N, H, W, C]` from N×C×H×W or N×C×L, which has height 1.
    mutating func picture(_ view: View) throws(ImportFailure) -> ValueID {
        let order = view.rank == 3 ? [0, 2, 1] : View.channelLast(rank: 4)
        let id = try value(view, order: order)
        let shape = graph.shape(id)
        return view.rank == 3 ? reshape(id, to: [shape[0], 1, shape[1], shape[2]]) : id
    }

    /// Lets a node's result stand for a picture, as N×C×H×W or, without its height, N×C×L.
    mutating func definePicture(_ node: ONNXNode, _ id: ValueID, rank: Int) {
        define(node, View(id, axes: rank == 3 ? [[0], [3], [2]] : [[0], [3], [1], [2]]))
    }

    /// The extents that a window runs over: height 1 for one axis.
    func windowedExtents(_ view: View) throws(ImportFailure) -> [Int] {
        try require((3...4).contains(view.rank), "runs over \(view.rank - 2) axes, supported are one and two")
        let extents = Array(view.shape(graph)[2...])
        return view.rank == 3 ? [1] + extents : extents
    }
}
