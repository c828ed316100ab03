/// The rules of single operators.
extension Graph {
    static func product(_ a: [Int], _ b: [Int], transposeB: Bool) throws(GraphError) -> [Int] {
        try require(a.count >= 2 && b.count >= 2, "needs a […, M, K] and b […, K, N], has \(a), \(b)")
        let (rows, columns) = transposeB ? (b[b.count - 1], b[b.count - 2]) : (b[b.count - 2], b[b.count - 1])
        try require(a[a.count - 1] == rows, "the inner extents of \(a) and \(b) differ")
        let batch = try broadcast(a.dropLast(2), b.dropLast(2))
        return batch + [a[a.count - 2], columns]
    }

    static func recurrent(_ inputs: [[Int]], _ hidden: Int, gates: Int, bias: [Int]) throws(GraphError) -> [Int] {
        let x = inputs[0]
        try require((1...extentLimit).contains(hidden), "has \(hidden) hidden units")
        try require(x.count == 2, "needs x [T, C], has \(x)")
        let expected = [[gates * hidden, x[1]], [gates * hidden, hidden], bias + [gates * hidden]]
        try require(
            Array(inputs[1...]) == expected,
            "needs weights, recurrent weights and bias \(expected), has \(Array(inputs[1...]))")
        return [x[0], hidden]
    }

    static func reduced(_ x: [Int], _ axes: [Int], keep: Bool) throws(GraphError) -> [Int] {
        try require(
            !axes.isEmpty && Set(axes).count == axes.count && axes.allSatisfy(x.indices.contains),
            "axes \(axes) do not fit x \(x)"
        )
        return keep
            ? x.indices.map { axes.contains($0) ? 1 : x[$0] }
            : x.indices.filter { !axes.contains($0) }.map { x[$0] }
    }

    static func pooled(
        _ x: [Int], _ kernelY: Int, _ kernelX: Int, _ window: ConvolutionWindow
    ) throws(GraphError) -> [Int] {
        try require(x.count == 4, "needs x [N, H, W, C], has \(x)")
        let extents = try window.outputExtents(x[1], x[2], kernelY, kernelX)
        let axes = [
            (x[1], extents[0], kernelY, window.strideY, window.dilationY, window.padTop),
            (x[2], extents[1], kernelX, window.strideX, window.dilationX, window.padLeft),
        ]
        for (extent, count, kernel, step, dilation, pad) in axes {
            // Without dilation the first and the last window are the outermost ones.
            for index in stride(from: 0, to: count, by: dilation > 1 ? 1 : max(1, count - 1)) {
                let taps = WindowTaps(kernel, start: index * step - pad, dilation: dilation, extent: extent)
                try require(!taps.range.isEmpty, "a window of the pool lies in the padding alone")
            }
        }
        return [x[0]] + extents + [x[3]]
    }

    static func concatenated(_ inputs: [[Int]], _ axis: Int) throws(GraphError) -> [Int] {
        var output = inputs[0]
        try require(output.indices.contains(axis), "has no axis \(axis) in \(output)")
        for shape in inputs.dropFirst() {
            var aligned = shape
            if aligned.indices.contains(axis) { aligned[axis] = output[axis] }
            try require(aligned == output, "\(inputs[0]) and \(shape) differ beside axis \(axis)")
            output[axis] += shape[axis]
        }
        return output
    }

    static func sliced(_ x: [Int], _ starts: [Int], _ extents: [Int], _ steps: [Int]) throws(GraphError) -> [Int] {
        try require(
            starts.count == x.count && extents.count == x.count && steps.count == x.count,
            "needs start, extent and step for each axis of \(x), has \(starts), \(extents), \(steps)")
        for (axis, extent) in x.enumerated() {
            try require(
                (1...extentLimit).contains(extents[axis]) && steps[axis] != 0
                    && (-extentLimit...extentLimit).contains(steps[axis]),
                "takes \(extents[axis]) elements in steps of \(steps[axis])")
            let first = starts[axis]
            try require(
                (0..<extent).contains(first)
                    && (0..<extent).contains(first + (extents[axis] - 1) * steps[axis]),
                "takes \(extents[axis]) elements from \(first) in steps of \(steps[axis]) of an axis of \(extent)")
        }
        return extents
    }

    static func padded(_ x: [Int], _ before: [Int], _ after: [Int], _ mode: PadMode) throws(GraphError) -> [Int] {
        try require(
            before.count == x.count && after.count == x.count
                && (before + after).allSatisfy((0...extentLimit).contains),
            "needs padding ≥ 0 for each axis of \(x), has \(before), \(after)")
        switch mode {
        case .constant(let value): try require(value.isFinite, "pads with \(value)")
        case .edge: break
        case .reflect:
            for (axis, extent) in x.enumerated() {
                try require(
                    max(before[axis], after[axis]) < extent, "mirrors more than the \(extent) elements there are")
            }
        }
        return x.indices.map { before[$0] + x[$0] + after[$0] }
    }
}
