import FloatGraph

/// From views to values: what an operator needs is laid out with as little movement as possible.
extension ONNXImporter {
    /// A view's elements as a value with one axis for each ONNX axis, in the given order of those. Moves them only
    /// where they do not stand in memory in that order.
    mutating func value(_ view: View, order: [Int]) throws(ImportFailure) -> ValueID {
        let shape = view.shape(graph)
        let flat = order.flatMap { view.axes[$0] }
        let id = flat == flat.sorted() ? view.value : try transposed(view.value, flat)
        return reshape(id, to: order.map { shape[$0] })
    }

    /// As `value(_:order:)`, with an axis of extent 1 in front where axis 0 would not be the frames'.
    mutating func framedValue(_ view: View, order: [Int]) throws(ImportFailure) -> ValueID {
        let id = try value(view, order: order)
        return reshape(id, to: framed(graph.shape(id)))
    }

    /// The graph's rule: axis 0 is the frames', or 1.
    func framed(_ shape: [Int]) -> [Int] {
        guard let first = shape.first else { return [1] }
        return first == 1 || first == graph.shape(graph.input)[0] ? shape : [1] + shape
    }

    /// An order of the ONNX axes in which all views stand in memory; failing that, the one that moves least.
    func commonOrder(_ views: [View]) -> [Int] {
        let rank = views[0].rank
        func count(_ view: View) -> Int { view.shape(graph).reduce(1, *) }
        let candidates = [View.channelLast(rank: rank), Array(0..<rank)]
            + views.sorted { count($0) > count($1) }.map(\.memoryOrder)
        func cost(_ order: [Int]) -> Int {
            views.reduce(0) { $0 + ($1.isInMemoryOrder(order) ? 0 : count($1)) }
        }
        return candidates.min { cost($0) < cost($1) }!
    }

    /// The same elements under another shape; chains of reshapes become one, or none.
    mutating func reshape(_ id: ValueID, to shape: [Int]) -> ValueID {
        if graph.shape(id) == shape { return id }
        if let node = producer(id), node.kind == .reshape { return reshape(node.inputs[0], to: shape) }
        let key = "\(id) as \(shape)", name = "\(graph.values[id].name) as \(shape)"
        if let twin = moved[key] { return twin }
        let output = graph.addValue(name, shape: shape)
        graph.nodes.append(Node(name: name, kind: .reshape, inputs: [id], output: output))
        noteProducers()
        moved[key] = output
        return output
    }

    /// The value with the axes `flat` in this order, behind those of extent 1 that are not among them.
    private mutating func transposed(_ id: ValueID, _ flat: [Int]) throws(ImportFailure) -> ValueID {
        let order = graph.shape(id).indices.filter { !flat.contains($0) } + flat
        let key = "\(id) transposed \(order)"
        if let twin = moved[key] { return twin }
        let output = try emit(.transpose(order), [id], name: "\(graph.values[id].name) transposed \(order)")
        moved[key] = output
        return output
    }

    /// Under another shape: axes are joined and split where that is only a matter of the view; a real reshape
    /// otherwise.
    mutating func regrouped(_ view: View, _ shape: [Int]) throws(ImportFailure) -> View {
        guard let (parts, groups) = split(view, into: shape) else {
            let id = try value(view, order: Array(0..<view.rank))
            let target = framed(shape)
            return View(reshape(id, to: target), shape: target, order: Array(shape.indices))
        }
        let value = reshape(view.value, to: parts.flatMap { $0 })
        let starts = parts.indices.map { parts[..<$0].reduce(0) { $0 + $1.count } }
        return View(value, axes: groups.map { $0.map { starts[$0.axis] + $0.part } })
    }

    /// How the value's axes must be split (extents by axis), and which parts each new ONNX axis joins; `nil` where an
    /// extent does not divide.
    private func split(_ view: View, into shape: [Int]) -> (parts: [[Int]], groups: [[(axis: Int, part: Int)]])? {
        let extents = graph.shape(view.value)
        var rest = view.axes.flatMap { $0 }.map { (axis: $0, extent: extents[$0]) }
        rest.reverse()
        var parts: [[Int]] = Array(repeating: [], count: extents.count)
        var groups: [[(axis: Int, part: Int)]] = []
        for extent in shape {
            var group: [(axis: Int, part: Int)] = []
            var needed = extent
            while needed > 1 {
                guard let next = rest.popLast() else { return nil }
                var taken = next.extent
                if needed % taken != 0 {
                    guard taken % needed == 0 else { return nil }
                    rest.append((next.axis, taken / needed))
                    taken = needed
                }
                group.append((next.axis, parts[next.axis].count))
                parts[next.axis].append(taken)
                needed /= taken
            }
            groups.append(group)
        }
        guard rest.isEmpty else { return nil }
        return (parts.map { $0.isEmpty ? [1] : $0 }, groups)
    }

    /// A matrix operand `[rows…, columns]`: axes of extent 1 among the rows left out, at least one row axis kept.
    ///
    /// - Returns: the value, the view's axes of a result that replaces the columns by others, and, where the columns
    ///   are joined axes in another order than in memory (Flatten of N×C×H×W), the ONNX column of every column in
    ///   memory.
    mutating func matrix(
        _ view: View, rows: [Int], column: Int
    ) throws(ImportFailure) -> (value: ValueID, axes: [[Int]], columns: [Int]?) {
        let group = view.axes[column]
        let rowAxes = rows.flatMap { view.axes[$0] }
        guard rowAxes == rowAxes.sorted(), (rowAxes.last ?? -1) < (group.min() ?? .max) else {
            let order = rows + [column]
            let id = try value(view, order: order)
            return try matrix(View(id, shape: graph.shape(id), order: order), rows: rows, column: column)
        }
        let shape = graph.shape(view.value)
        let onnxShape = view.shape(graph)
        let filled = rows.filter { !view.axes[$0].isEmpty }
        let rowShape = framed(filled.map { onnxShape[$0] })
        let leading = rowShape.count - filled.count
        var axes = Array(repeating: [Int](), count: view.rank)
        for (j, row) in filled.enumerated() { axes[row] = [leading + j] }
        axes[column] = [rowShape.count]
        let id = reshape(view.value, to: rowShape + [onnxShape[column]])
        guard group != group.sorted() else { return (id, axes, nil) }
        let extents = group.map { shape[$0] }
        let strides = rowMajorStrides(extents)
        let inMemory = group.indices.sorted { group[$0] < group[$1] }
        return (id, axes, offsets(inMemory.map { (extents[$0], strides[$0]) }))
    }

    /// A view after its axes were set for a result, without those of extent 1.
    func trimmed(_ view: View) -> View {
        let shape = graph.shape(view.value)
        return View(view.value, axes: view.axes.map { $0.filter { shape[$0] > 1 } })
    }

    /// A constant that is broadcast against a view, in the layout of the view's value, without leading axes of extent
    /// 1; `nil` where the view would be broadcast itself.
    func laidOut(_ constant: ConstantTensor, for view: View) -> ConstantTensor? {
        guard constant.shape.count <= view.rank else { return nil }
        let extents = graph.shape(view.value)
        let given = Array(repeating: 1, count: view.rank - constant.shape.count) + constant.shape
        guard zip(given, view.shape(graph)).allSatisfy({ $0 == 1 || $0 == $1 }) else { return nil }
        var flat: [Int] = [], split: [Int] = []
        for (axis, group) in view.axes.enumerated() {
            flat += group
            split += group.map { given[axis] == 1 ? 1 : extents[$0] }
        }
        let inMemory = flat.indices.sorted { flat[$0] < flat[$1] }
        var result = constant.reshaped(split).transposed(inMemory)
        var full = extents.map { _ in 1 }
        for (j, index) in inMemory.enumerated() { full[flat[index]] = result.shape[j] }
        let trimmed = Array(full.drop { $0 == 1 })
        result.shape = trimmed.isEmpty ? [1] : trimmed
        return result
    }
}
