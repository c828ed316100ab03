import FloatGraph

extension ONNXImporter {
    /// Forward, one sequence, zero initial state. ONNX orders the gates input, output, forget, cell.
    mutating func lstm(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let (w, r, b) = (try requiredConstant(node, 1), try requiredConstant(node, 2), try constant(node, 3))
        try requirePlainLSTM(node)
        guard view.rank == 3, w.shape.count == 3, r.shape.count == 3, w.shape[0] == 1, r.shape[0] == 1 else {
            throw .invalid("has x with \(view.rank) axes, W \(w.shape), R \(r.shape)")
        }
        let batchFirst = node.integer("layout", default: 0) == 1
        let (time, batch) = batchFirst ? (1, 0) : (0, 1)
        let shape = view.shape(graph)
        try require(shape[batch] == 1, "runs over \(shape[batch]) sequences at once, supported is 1")
        let (hidden, channels) = (r.shape[2], w.shape[2])
        guard hidden > 0, hidden == node.integer("hidden_size", default: hidden), w.shape[1] == 4 * hidden,
            r.shape[1] == 4 * hidden, channels == shape[2], b == nil || b!.shape == [1, 8 * hidden]
        else { throw .invalid("x \(shape), W \(w.shape), R \(r.shape) and B do not fit together") }

        let x = try matrix(view, rows: [0, 1], column: 2)
        let weights = gatesReordered(w.floats, hidden: hidden, columns: x.columns ?? Array(0..<channels))
        let recurrent = gatesReordered(r.floats, hidden: hidden, columns: Array(0..<hidden))
        let sums = b.map { b in (0..<4 * hidden).map { b.floats[$0] + b.floats[4 * hidden + $0] } }
        let bias = gatesReordered(sums ?? Array(repeating: 0, count: 4 * hidden), hidden: hidden, columns: [0])
        let layout = "gates i, f, g, o"
        let id = try emit(.lstm(hidden: hidden), [
            x.value,
            place(weights, shape: [4 * hidden, channels], name: node.input(1), layout: layout, node),
            place(recurrent, shape: [4 * hidden, hidden], name: node.input(2), layout: layout, node),
            place(bias, shape: [4 * hidden], name: node.input(3), layout: layout, node),
        ], node)
        // Y is T×1×B×H, or B×T×1×H; its only directions and batches are one.
        define(node, trimmed(View(id, axes: batchFirst ? [[], [0], [], [1]] : [[0], [], [], [1]])))
        for index in 1...2 {
            guard let state = node.output(index), read.contains(state) else { continue }
            try require(index == 1 && shape[time] == 1, "its last state is read, supported is the sequence Y")
            define(node, output: index, trimmed(View(id, axes: [[], [], [1]])))
        }
    }

    private mutating func requirePlainLSTM(_ node: ONNXNode) throws(ImportFailure) {
        try require((node.string("direction") ?? "forward") == "forward", "supported is the direction forward")
        try require(!node.has("activations") && !node.has("clip"), "supported are sigmoid and tanh, without clipping")
        try require(node.integer("input_forget", default: 0) == 0, "couples input and forget gates")
        try require(node.input(4) == nil, "supported is one length, the whole clip")
        for index in 5...7 {
            guard let state = try constant(node, index) else { continue }
            try require(
                state.floats.allSatisfy { $0 == 0 },
                index == 7 ? "has peepholes" : "starts from another state than 0")
        }
    }

    /// Rows of the gates i, o, f, c as i, f, c, o, with the columns in the given order.
    private func gatesReordered(_ values: [Float], hidden: Int, columns: [Int]) -> [Float] {
        let width = columns.count
        return [0, 2, 3, 1].flatMap { gate in
            (gate * hidden..<(gate + 1) * hidden).flatMap { row in columns.map { values[row * width + $0] } }
        }
    }
}
