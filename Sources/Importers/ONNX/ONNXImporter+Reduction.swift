import FloatGraph

/// A reduction of the format: a function of the elements, their sum or the like, a function of that.
struct Reduction {
    var before: UnaryFunction?
    var function: ReduceFunction
    var after: UnaryFunction?

    init?(_ op: ONNXOperator) {
        switch op {
        case .reduceMean: function = .mean
        case .reduceMax: function = .maximum
        case .reduceMin: function = .minimum
        case .reduceSum: function = .sum
        case .reduceProd: function = .product
        case .reduceL1: (before, function) = (.absolute, .sum)
        case .reduceL2: (before, function, after) = (.square, .sum, .squareRoot)
        case .reduceSumSquare: (before, function) = (.square, .sum)
        case .reduceLogSum: (function, after) = (.sum, .logarithm)
        case .reduceLogSumExp: (before, function, after) = (.exp, .sum, .logarithm)
        default: return nil
        }
    }
}

extension ONNXImporter {
    mutating func reduce(_ reduction: Reduction, _ node: ONNXNode) throws(ImportFailure) {
        var view = try activation(node, 0)
        let listed = try axes(node, input: 1, rank: view.rank) ?? []
        let isNothing = listed.isEmpty && node.integer("noop_with_empty_axes", default: 0) != 0
        let axes = isNothing ? [] : listed.isEmpty ? Array(0..<view.rank) : listed
        if let before = reduction.before { view.value = try emit(.unary(before), [view.value], node, part: "terms") }
        let keep = node.integer("keepdims", default: 1) != 0
        try reduce(reduction.function, view, axes, keep: keep, node)
        if let after = reduction.after, let name = node.output(0), case .activation(let sum)? = operands[name] {
            define(node, View(try emit(.unary(after), [sum.value], node), axes: sum.axes))
        }
    }

    /// The ONNX axes `axes` reduced. The float graph's axis 0 stays, with extent 1, whatever ONNX does.
    mutating func reduce(
        _ function: ReduceFunction, _ view: View, _ axes: [Int], keep: Bool, _ node: ONNXNode
    ) throws(ImportFailure) {
        let reduced = axes.flatMap { view.axes[$0] }.sorted()
        let left = view.axes.indices.filter { keep || !axes.contains($0) }
        guard !reduced.isEmpty else { return define(node, View(view.value, axes: left.map { view.axes[$0] })) }
        let staysInPlace = keep || reduced.contains(0)
        let id = try emit(.reduce(function, axes: reduced, keep: staysInPlace), [view.value], node)
        define(node, View(id, axes: left.map { axis in
            axes.contains(axis) ? [] : view.axes[axis].map { old in
                staysInPlace ? old : old - reduced.filter { $0 < old }.count
            }
        }))
    }

    /// Over one axis since operator set 13; over all axes from one on before.
    mutating func softmax(_ node: ONNXNode, logarithm: Bool = false) throws(ImportFailure) {
        let view = try activation(node, 0)
        let shape = view.shape(graph)
        let axis = try normalizedAxis(node.integer("axis", default: opset >= 13 ? -1 : 1), rank: view.rank)
        guard axis < view.rank else { throw .invalid("normalizes a scalar") }
        if opset < 13, shape[(axis + 1)...].contains(where: { $0 > 1 }) {
            let flat = [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)]
            let result = try softmax(try regrouped(view, flat), axis: 1, logarithm, node)
            return define(node, try regrouped(result, shape))
        }
        define(node, try softmax(view, axis: axis, logarithm, node))
    }

    private mutating func softmax(
        _ view: View, axis: Int, _ logarithm: Bool, _ node: ONNXNode
    ) throws(ImportFailure) -> View {
        let order = view.memoryOrder.filter { $0 != axis } + [axis]
        let x = try framedValue(view, order: order)
        guard logarithm else {
            let id = try emit(.softmax, [x], node)
            return View(id, shape: graph.shape(id), order: order)
        }
        let share = try emit(.softmax, [x], node, part: "softmax")
        let id = try emit(.unary(.logarithm), [share], node)
        return View(id, shape: graph.shape(id), order: order)
    }
}
