import FloatGraph

extension ONNXImporter {
    mutating func batchNormalization(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        try require(node.integer("training_mode", default: 0) == 0, "is exported for training; export for evaluation")
        guard view.rank >= 2 else { throw .invalid("normalizes \(view.rank) axes") }
        let order = [0] + Array(2..<view.rank) + [1]
        var inputs = [try value(view, order: order)]
        for index in 1...4 {
            let parameter = try requiredConstant(node, index)
            inputs.append(place(parameter.floats, shape: parameter.shape, name: node.input(index), node))
        }
        guard graph.constant(inputs[4])!.values.allSatisfy({ $0 >= 0 }) else {
            throw .invalid("has a negative variance")
        }
        let id = try emit(.batchNormalization(epsilon: node.float("epsilon", default: 1e-5)), inputs, node)
        define(node, id, order: order)
    }

    /// Over height and width of each picture and channel.
    mutating func instanceNormalization(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        guard view.rank >= 2 else { throw .invalid("normalizes \(view.rank) axes") }
        let result = try normalized(view, over: Array(2..<view.rank), node)
        define(node, try affine(result, scale: 1, offset: 2, alongAxis: 1, node))
    }

    /// Over the channels of a group, height and width.
    mutating func groupNormalization(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let shape = view.shape(graph)
        let groups = node.integer("num_groups", default: 1)
        guard view.rank >= 2, groups >= 1, shape[1] % groups == 0 else {
            throw .invalid("makes \(groups) groups of \(shape)")
        }
        let grouped = try regrouped(view, [shape[0], groups, shape[1] / groups] + shape[2...])
        var result = try normalized(grouped, over: Array(2..<grouped.rank), node)
        // Scale and offset are given for groups before operator set 21, for channels since.
        if try requiredConstant(node, 1).count == groups, groups < shape[1] {
            result = try affine(result, scale: 1, offset: 2, alongAxis: 1, node)
            return define(node, try regrouped(result, shape))
        }
        result = try regrouped(result, shape)
        define(node, try affine(result, scale: 1, offset: 2, alongAxis: 1, node))
    }

    /// Over the axes from `axis` to the last.
    mutating func layerNormalization(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let first = try normalizedAxis(node.integer("axis", default: -1), rank: view.rank)
        for index in 1...2 {
            if let name = node.output(index), read.contains(name) {
                throw .unsupported("its output \(index) is read, supported is the normalized one")
            }
        }
        let axes = Array(first..<view.rank)
        let shape = graph.shape(view.value)
        let scale = try requiredConstant(node, 1), offset = try constant(node, 2)
        let channels = shape.last ?? 1
        let isRow = axes.flatMap { view.axes[$0] } == [shape.count - 1] && scale.count == channels
        guard isRow, offset.map({ $0.count == channels }) ?? true else {
            var result = try normalized(view, over: axes, node)
            result = try affine(result, scale: 1, offset: 2, alongAxis: nil, node)
            return define(node, result)
        }
        let ids = [
            view.value, place(scale.floats, shape: [channels], name: node.input(1), node),
            place(
                offset?.floats ?? Array(repeating: 0, count: channels), shape: [channels], name: node.input(2), node),
        ]
        let id = try emit(.layerNormalization(epsilon: node.float("epsilon", default: 1e-5)), ids, node)
        define(node, View(id, axes: view.axes))
    }

    /// x / √(mean of squares + epsilon) · scale
    mutating func rmsNormalization(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let first = try normalizedAxis(node.integer("axis", default: -1), rank: view.rank)
        let axes = Array(first..<view.rank).flatMap { view.axes[$0] }.sorted()
        let result = View(try scaled(view.value, by: axes, node), axes: view.axes)
        define(node, try affine(result, scale: 1, offset: nil, alongAxis: nil, node))
    }

    /// x / √(sum of squares)
    mutating func lpNormalization(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        try require(node.integer("p", default: 2) == 2, "supported is p = 2")
        let axis = try normalizedAxis(node.integer("axis", default: -1), rank: view.rank)
        guard axis < view.rank else { throw .invalid("normalizes a scalar") }
        let square = try emit(.unary(.square), [view.value], node, part: "square")
        let axes = view.axes[axis].sorted()
        guard !axes.isEmpty else { throw .unsupported("normalizes an axis of extent 1") }
        let sum = try emit(.reduce(.sum, axes: axes, keep: true), [square], node, part: "sum")
        let root = try emit(.unary(.squareRoot), [sum], node, part: "norm")
        define(node, View(try emit(.arithmetic(.divide), [view.value, root], node), axes: view.axes))
    }

    /// x / (bias + alpha / size · sum of squares of the neighbouring channels)^beta: the sum is an average pool along
    /// the channels.
    mutating func localResponseNormalization(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let size = node.integer("size", default: 1)
        guard view.rank >= 2, (1...Graph.extentLimit).contains(size) else {
            throw .invalid("sums \(size) channels of \(view.rank) axes")
        }
        let order = [0] + Array(2..<view.rank) + [1]
        let x = try value(view, order: order)
        let shape = graph.shape(x), channels = shape.last!
        let line = [1, shape.dropLast().reduce(1, *), channels, 1]
        let square = try emit(.unary(.square), [x], node, part: "square")
        let window = ConvolutionWindow(padLeft: (size - 1) / 2, padRight: size - 1 - (size - 1) / 2)
        let mean = try emit(
            .pool(.average(countsPadding: true), kernelY: 1, kernelX: size, window), [reshape(square, to: line)], node,
            part: "mean")
        let scaled = try emit(
            .arithmetic(.multiply), [reshape(mean, to: shape), place(node.float("alpha", default: 1e-4), node)], node,
            part: "scaled")
        let sum = try emit(
            .arithmetic(.add), [scaled, place(node.float("bias", default: 1), node)], node, part: "sum")
        let norm = try emit(.unary(.power(node.float("beta", default: 0.75))), [sum], node, part: "norm")
        define(node, try emit(.arithmetic(.divide), [x, norm], node), order: order)
    }

    // MARK: Parts

    /// (x − mean) / √(variance + epsilon) over ONNX axes.
    private mutating func normalized(_ view: View, over axes: [Int], _ node: ONNXNode) throws(ImportFailure) -> View {
        let reduced = axes.flatMap { view.axes[$0] }.sorted()
        try require(!reduced.isEmpty, "normalizes a single number")
        let mean = try emit(.reduce(.mean, axes: reduced, keep: true), [view.value], node, part: "mean")
        let centred = try emit(.arithmetic(.subtract), [view.value, mean], node, part: "centred")
        return View(try scaled(centred, by: reduced, node), axes: view.axes)
    }

    /// x / √(mean of squares + epsilon) over a value's axes.
    private mutating func scaled(_ x: ValueID, by axes: [Int], _ node: ONNXNode) throws(ImportFailure) -> ValueID {
        let square = try emit(.unary(.square), [x], node, part: "square")
        let variance = try emit(.reduce(.mean, axes: axes, keep: true), [square], node, part: "variance")
        let epsilon = place(node.float("epsilon", default: 1e-5), node)
        let sum = try emit(.arithmetic(.add), [variance, epsilon], node, part: "variance + epsilon")
        let deviation = try emit(.unary(.squareRoot), [sum], node, part: "deviation")
        return try emit(.arithmetic(.divide), [x, deviation], node, part: "normalized")
    }

    /// x · scale + offset, parameters along an ONNX axis, or broadcast as they are.
    private mutating func affine(
        _ view: View, scale: Int, offset: Int?, alongAxis axis: Int?, _ node: ONNXNode
    ) throws(ImportFailure) -> View {
        func parameter(_ index: Int) throws(ImportFailure) -> ConstantTensor? {
            guard let tensor = try constant(node, index) else { return nil }
            guard let axis else { return tensor }
            let extent = view.shape(graph)[axis]
            guard tensor.count == extent else {
                throw .invalid("has \(tensor.count) parameters for \(extent) channels")
            }
            return tensor.reshaped([extent] + Array(repeating: 1, count: view.rank - axis - 1))
        }
        let gain = try parameter(scale)
        var shift: ConstantTensor?
        if let offset { shift = try parameter(offset) }
        var result = view
        if let gain {
            let part = shift == nil ? nil : "scaled"
            result = try combine(.multiply, .activation(result), .constant(gain), node, part: part)
        }
        if let shift { result = try combine(.add, .activation(result), .constant(shift), node, part: nil) }
        return result
    }
}
