import FloatGraph

/// How far an LSTM's cell goes, which no value of the graph shows.
enum CellRange {
    /// The largest |c| while the LSTM `node` reads `inputs`, its x `[T, C]`.
    static func magnitude(of node: Node, in graph: Graph, inputs: UnsafeBufferPointer<Float>) -> Double {
        guard case .lstm(let size) = node.kind else { return 0 }
        let weights = graph.constant(node.inputs[1])!.values, recurrent = graph.constant(node.inputs[2])!.values
        let bias = graph.constant(node.inputs[3])!.values
        let channels = weights.count / (4 * size)
        var hidden = [Float](repeating: 0, count: size), cell = [Double](repeating: 0, count: size)
        var largest = 0.0
        for step in 0..<inputs.count / channels {
            let x = UnsafeBufferPointer(rebasing: inputs[step * channels..<(step + 1) * channels])
            let gates = (0..<4 * size).map { gate in
                Double(bias[gate]) + dot(weights, gate * channels, x)
                    + hidden.withUnsafeBufferPointer { dot(recurrent, gate * size, $0) }
            }
            for unit in 0..<size {
                let input = FunctionTable.sigmoid(gates[unit]), forget = FunctionTable.sigmoid(gates[size + unit])
                let candidate = FunctionTable.evaluate(.tanh, gates[2 * size + unit])
                cell[unit] = forget * cell[unit] + input * candidate
                hidden[unit] = Float(
                    FunctionTable.sigmoid(gates[3 * size + unit]) * FunctionTable.evaluate(.tanh, cell[unit]))
                largest = max(largest, abs(cell[unit]))
            }
        }
        return largest
    }

    private static func dot(_ row: [Float], _ offset: Int, _ x: UnsafeBufferPointer<Float>) -> Double {
        row.withUnsafeBufferPointer { row in
            var sum: Float = 0
            for i in x.indices { sum += row[offset + i] * x[i] }
            return Double(sum)
        }
    }
}
