import FloatGraph

extension ONNXImporter {
    mutating func globalPool(_ function: ReduceFunction, _ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        guard view.rank > 2 else { throw .invalid("pools \(view.rank) axes") }
        try reduce(function, view, Array(2..<view.rank), keep: true, node)
    }

    mutating func maximumPool(_ node: ONNXNode) throws(ImportFailure) {
        if let indices = node.output(1), read.contains(indices) {
            throw .unsupported("its indices are read, supported is its result")
        }
        let view = try activation(node, 0)
        let (attributes, _) = try poolWindow(node, view)
        if coversAll(attributes, try windowedExtents(view)) { return try globalPool(.maximum, node) }
        try pool(.maximum, try picture(view), attributes, view, node)
    }

    mutating func averagePool(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        var (attributes, overhang) = try poolWindow(node, view)
        if coversAll(attributes, try windowedExtents(view)) { return try globalPool(.mean, node) }
        let countsPadding = node.integer("count_include_pad", default: 0) != 0
        var x = try picture(view)
        // What hangs over by rounding up is never counted: padding that counts becomes zeros of the picture's own.
        let isMixed = countsPadding && overhang != [0, 0] && attributes.window.isPadded
        if isMixed {
            let pads = attributes.pads
            let after = [pads[2] - overhang[0], pads[3] - overhang[1]]
            x = try emit(
                .pad(before: [0, pads[0], pads[1], 0], after: [0, after[0], after[1], 0], .constant(0)), [x], node,
                part: "padded")
            attributes.pads = [0, 0] + overhang
        }
        try pool(.average(countsPadding: countsPadding && !isMixed), x, attributes, view, node)
    }

    private mutating func pool(
        _ function: PoolFunction, _ x: ValueID, _ attributes: WindowAttributes, _ view: View, _ node: ONNXNode
    ) throws(ImportFailure) {
        let kernel = attributes.kernel
        let id = try emit(.pool(function, kernelY: kernel[0], kernelX: kernel[1], attributes.window), [x], node)
        definePicture(node, id, rank: view.rank)
    }

    private func poolWindow(
        _ node: ONNXNode, _ view: View
    ) throws(ImportFailure) -> (attributes: WindowAttributes, overhang: [Int]) {
        let extents = try windowedExtents(view)
        guard let kernel = node.integers("kernel_shape") else { throw .invalid("has no kernel_shape") }
        var attributes = try WindowAttributes(node, kernel: kernel, dimensions: view.rank - 2)
        try attributes.resolve(extents)
        let overhang = node.integer("ceil_mode", default: 0) != 0 ? attributes.roundUp(extents) : [0, 0]
        return (attributes, overhang)
    }

    private func coversAll(_ attributes: WindowAttributes, _ extents: [Int]) -> Bool {
        attributes.kernel == extents && !attributes.window.isPadded && !attributes.window.isDilated
    }
}
