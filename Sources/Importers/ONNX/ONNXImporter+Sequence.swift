import FloatGraph

/// LSTM, GRU and plain layers: one sequence, zero initial state, either direction or both.
extension ONNXImporter {
    /// ONNX orders the gates input, output, forget, cell; here they are input, forget, cell, output.
    mutating func lstm(_ node: ONNXNode) throws(ImportFailure) {
        try require(node.integer("input_forget", default: 0) == 0, "couples input and forget gates")
        try requireZero(node, 5...6, "starts from another state than 0")
        try requireZero(node, 7...7, "has peepholes")
        let layer = try RecurrentLayer(&self, node, gates: 4)
        if let cell = node.output(2) {
            operands[cell] = .missing(
                "reads \(cell), the last cell state of \(node.name), which is not kept; choose outputs that do without it "
                    + "by --outputs, or export the layer without its state")
        }
        let order = [0, 2, 3, 1]
        try recurrent(layer, node) { importer, direction, x, part throws(ImportFailure) in
            let (h, c) = (layer.hidden, layer.channels)
            let sums = zip(direction.bias.input, direction.bias.recurrent).map(+)
            return try importer.emit(.lstm(hidden: h), [
                x,
                importer.place(
                    reordered(direction.weights, order, h * c), shape: [4 * h, c], name: node.input(1),
                    layout: part, node),
                importer.place(
                    reordered(direction.recurrent, order, h * h), shape: [4 * h, h], name: node.input(2),
                    layout: part, node),
                importer.place(
                    reordered(sums, order, h), shape: [4 * h], name: node.input(3), layout: part, node),
            ], node, part: part)
        }
    }

    /// ONNX orders the gates update, reset, hidden, as here.
    mutating func gru(_ node: ONNXNode) throws(ImportFailure) {
        try requireZero(node, 5...5, "starts from another state than 0")
        let layer = try RecurrentLayer(&self, node, gates: 3)
        let resetAfter = node.integer("linear_before_reset", default: 0) != 0
        try recurrent(layer, node) { importer, direction, x, part throws(ImportFailure) in
            let (h, c) = (layer.hidden, layer.channels)
            let biases = direction.bias.input + direction.bias.recurrent
            return try importer.emit(.gru(hidden: h, resetAfter: resetAfter), [
                x,
                importer.place(direction.weights, shape: [3 * h, c], name: node.input(1), layout: part, node),
                importer.place(direction.recurrent, shape: [3 * h, h], name: node.input(2), layout: part, node),
                importer.place(biases, shape: [2, 3 * h], name: node.input(3), layout: part, node),
            ], node, part: part)
        }
    }

    /// A plain layer with tanh, h = tanh(Wx + Rh + b): a GRU whose reset gate is open and whose update gate takes all of
    /// the new state.
    mutating func rnn(_ node: ONNXNode) throws(ImportFailure) {
        try requireZero(node, 5...5, "starts from another state than 0")
        let layer = try RecurrentLayer(&self, node, gates: 1)
        try recurrent(layer, node) { importer, direction, x, part throws(ImportFailure) in
            let (h, c) = (layer.hidden, layer.channels)
            func gates(_ values: [Float], _ columns: Int) -> [Float] {
                Array(repeating: 0, count: 2 * h * columns) + values
            }
            let settled = Array(repeating: Float(-100), count: h) + Array(repeating: Float(100), count: h)
            let biases = settled + direction.bias.input + gates(direction.bias.recurrent, 1)
            return try importer.emit(.gru(hidden: h, resetAfter: true), [
                x,
                importer.place(
                    gates(direction.weights, c), shape: [3 * h, c], name: node.input(1), layout: part, node),
                importer.place(
                    gates(direction.recurrent, h), shape: [3 * h, h], name: node.input(2), layout: part, node),
                importer.place(biases, shape: [2, 3 * h], name: node.input(3), layout: part, node),
            ], node, part: part)
        }
    }

    /// One layer for each direction; what runs backwards reads and gives the sequence reversed.
    private mutating func recurrent(
        _ layer: RecurrentLayer, _ node: ONNXNode,
        _ emitLayer: (
            inout ONNXImporter, RecurrentLayer.Direction, ValueID, String
        ) throws(ImportFailure) -> ValueID
    ) throws(ImportFailure) {
        let (steps, hidden) = (layer.steps, layer.hidden)
        var sequences: [ValueID] = [], lasts: [ValueID] = []
        let readsLast = node.output(1).map { read.contains($0) } ?? false
        for (index, direction) in layer.directions.enumerated() {
            let part = direction.isReversed ? "backward" : "forward"
            var x = layer.input
            if direction.isReversed { x = try reversed(x, steps, layer.channels, node, part: "reversed input") }
            let y = try emitLayer(&self, direction, x, part)
            if readsLast {
                let last = FloatOperator.slice(starts: [steps - 1, 0], extents: [1, hidden], steps: [1, 1])
                lasts.append(steps == 1 ? y : try emit(last, [y], node, part: "last \(index)"))
            }
            let sequence = direction.isReversed ? try reversed(y, steps, hidden, node, part: "sequence \(index)") : y
            sequences.append(sequence)
        }
        let count = sequences.count
        var y = sequences[0]
        if count > 1 { y = reshape(try emit(.concatenate(axis: 1), sequences, node), to: [steps, count, hidden]) }
        // Y is T×D×B×H, or B×T×D×H; Y_h D×B×H, or B×D×H.
        let (directionAxis, channelAxis) = count > 1 ? ([1], [2]) : ([], [1])
        define(node, View(y, axes: layer.isBatchFirst
            ? [[], [0], directionAxis, channelAxis] : [[0], directionAxis, [], channelAxis]))
        guard readsLast else { return }
        var last = lasts[0]
        if count > 1 {
            last = reshape(try emit(.concatenate(axis: 1), lasts, node, part: "last"), to: [1, count, hidden])
        }
        define(node, output: 1, View(last, axes: layer.isBatchFirst
            ? [[], directionAxis, channelAxis] : [directionAxis, [], channelAxis]))
    }

    private mutating func reversed(
        _ x: ValueID, _ steps: Int, _ channels: Int, _ node: ONNXNode, part: String
    ) throws(ImportFailure) -> ValueID {
        if steps == 1 { return x }
        return try emit(
            .slice(starts: [steps - 1, 0], extents: [steps, channels], steps: [-1, 1]), [x], node, part: part)
    }

    private mutating func requireZero(
        _ node: ONNXNode, _ indices: ClosedRange<Int>, _ reason: String
    ) throws(ImportFailure) {
        for index in indices {
            guard let state = try constant(node, index) else { continue }
            try require(state.floats.allSatisfy { $0 == 0 }, reason)
        }
    }
}

/// The rows of the gates in another order.
private func reordered(_ values: [Float], _ order: [Int], _ size: Int) -> [Float] {
    order.flatMap { values[$0 * size..<($0 + 1) * size] }
}

/// What recurrent layers have in common.
struct RecurrentLayer {
    struct Direction {
        var isReversed: Bool
        /// `[gates · H, C]`, `[gates · H, H]`
        var weights, recurrent: [Float]
        /// `[gates · H]` each
        var bias: (input: [Float], recurrent: [Float])
    }

    /// `[T, C]`
    let input: ValueID
    let steps, channels, hidden: Int
    let directions: [Direction]
    let isBatchFirst: Bool

    init(_ importer: inout ONNXImporter, _ node: ONNXNode, gates: Int) throws(ImportFailure) {
        let view = try importer.activation(node, 0)
        let (w, r) = (try importer.requiredConstant(node, 1), try importer.requiredConstant(node, 2))
        let b = try importer.constant(node, 3)
        let names = ["forward": [false], "reverse": [true], "bidirectional": [false, true]]
        guard let reversals = names[node.string("direction") ?? "forward"] else {
            throw .invalid("has direction \(node.string("direction") ?? "")")
        }
        let count = reversals.count
        let usual = [4: ["sigmoid", "tanh", "tanh"], 3: ["sigmoid", "tanh"]][gates] ?? ["tanh"]
        let functions = node.strings("activations")?.map { $0.lowercased() } ?? []
        try importer.require(
            (functions.isEmpty || functions == reversals.flatMap { _ in usual }) && !node.has("clip"),
            "has \(functions), supported are sigmoid and tanh, without clipping")
        guard view.rank == 3, w.shape.count == 3, r.shape.count == 3, w.shape[0] == count, r.shape[0] == count else {
            throw .invalid("has x with \(view.rank) axes, W \(w.shape), R \(r.shape)")
        }
        isBatchFirst = node.integer("layout", default: 0) == 1
        let (time, batch) = isBatchFirst ? (1, 0) : (0, 1)
        let shape = view.shape(importer.graph)
        try importer.require(shape[batch] == 1, "runs over \(shape[batch]) sequences at once, supported is 1")
        steps = shape[time]
        if let lengths = try importer.integers(node, 4) {
            try importer.require(lengths == [shape[time]], "has lengths \(lengths), supported is the whole sequence")
        }
        (hidden, channels) = (r.shape[2], w.shape[2])
        let rows = gates * hidden
        guard hidden > 0, hidden == node.integer("hidden_size", default: hidden), w.shape[1] == rows,
            r.shape[1] == rows, channels == shape[2], b.map({ $0.shape == [count, 2 * rows] }) ?? true
        else { throw .invalid("x \(shape), W \(w.shape), R \(r.shape) and B do not fit together") }
        let x = try importer.matrix(view, rows: [0, 1], column: 2)
        input = importer.reshape(x.value, to: [steps, channels])
        let columns = x.columns ?? Array(0..<channels)
        let (weights, recurrent) = (w.floats, r.floats)
        let bias = b?.floats ?? Array(repeating: 0, count: count * 2 * rows)
        let (inputs, states) = (channels, hidden)
        directions = reversals.enumerated().map { index, isReversed in
            let start = index * rows
            return Direction(
                isReversed: isReversed,
                weights: (start..<start + rows).flatMap { row in columns.map { weights[row * inputs + $0] } },
                recurrent: Array(recurrent[start * states..<(start + rows) * states]),
                bias: (
                    Array(bias[2 * start..<2 * start + rows]), Array(bias[2 * start + rows..<2 * (start + rows)])
                ))
        }
    }
}
