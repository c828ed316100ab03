import FloatGraph
import TFLiteFormat

extension TFLiteImporter {
    /// UNIDIRECTIONAL_SEQUENCE_LSTM. Inputs: x `[1, T, C]`; 1–4 the input's weights `[H, C]` and 5–8 the recurrent
    /// ones `[H, H]`, for the gates input, forget, cell, output; 9–11 peepholes; 12–15 biases; 16–17 a projection;
    /// 18–19 the states; 20–23 layer normalization.
    mutating func lstm(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0)
        for index in [9, 10, 11, 16, 17, 20, 21, 22, 23] where node.input(index) != nil {
            throw .unsupported("has peepholes, a projection or layer normalization")
        }
        try require(node.input(1) != nil, "couples input and forget gates")
        let function = try node.choice(Schema.SequenceLSTM.activation)
        let clip = try node.float(Schema.SequenceLSTM.cellClip)
        // Converters write a bound of 10, which the trained network does not have.
        try require(
            function == FusedActivation.tanh.rawValue && (clip == 0 || clip >= 10), "supported is tanh, without clipping")
        for index in 18...19 {
            guard let state = node.input(index) else { continue }
            try require(model.tensors[state].isVariable, "starts from another state than 0")
        }
        let (time, batch) = try node.bool(Schema.SequenceLSTM.isTimeMajor) ? (0, 1) : (1, 0)
        guard x.shape.count == 3 else { throw .invalid("runs over \(x.shape)") }
        try require(x.shape[batch] == 1, "runs over \(x.shape[batch]) sequences at once, supported is 1")
        let channels = x.shape[2]
        var weights: [Float] = [], recurrent: [Float] = [], bias: [Float] = []
        var hidden = 0
        for gate in 0..<4 {
            let w = try requiredConstant(node, 1 + gate).tensor, r = try requiredConstant(node, 5 + gate).tensor
            let b = try constant(node, 12 + gate)?.tensor
            if gate == 0 { hidden = w.shape.first ?? 0 }
            guard hidden > 0, w.shape == [hidden, channels], r.shape == [hidden, hidden],
                b == nil || b?.count == hidden
            else { throw .invalid("x \(x.shape), weights \(w.shape) and \(r.shape) do not fit together") }
            weights += w.floats
            recurrent += r.floats
            bias += b?.floats ?? Array(repeating: 0, count: hidden)
        }
        let id = try append(.lstm(hidden: hidden), [
            reshape(x.value, to: [x.shape[time], channels]),
            place(weights, shape: [4 * hidden, channels], name: "\(node.name) weights"),
            place(recurrent, shape: [4 * hidden, hidden], name: "\(node.name) recurrent weights"),
            place(bias, shape: [4 * hidden], name: "\(node.name) bias"),
        ], node)
        try define(node, id, shape: [x.shape[0], x.shape[1], hidden])
    }
}
