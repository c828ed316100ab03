import FloatGraph

extension KerasImporter {
    /// The inner layer or model on every frame: the frames are its batch.
    mutating func timeDistributed(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> [KerasTensor] {
        guard x.rank >= 3 else { throw .invalid("runs over \(x.shape), which has no frames") }
        let frames = tensor(x.value, [x.shape[0] * x.shape[1]] + x.shape.dropFirst(2))
        let inner = layer.layers[0]
        let results =
            inner.isModel ? try evaluate(inner, [frames]) : try translate(inner, KerasCall(), [frames])
        let leading = Array(x.shape.prefix(2))
        return results.map { tensor($0.value, leading + $0.shape.dropFirst()) }
    }

    /// SeqSelfAttention of the package keras-self-attention, on one sequence `[1, T, C]`.
    mutating func selfAttention(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        let config = layer.config
        try require(x.rank == 3 && x.shape[0] == 1, "runs over \(x.shape); supported is one sequence [1, T, C]")
        try require(!(config["return_attention"].bool ?? false), "returns its weights; supported is the result alone")
        let isAdditive = config["attention_type"].string ?? "additive" == "additive"
        let activation = config["attention_activation"]
        let isWhole = config["attention_width"].isNull
        if isAdditive, isWhole, Self.name(activation) == "sigmoid" { return try wholeAttention(layer, x) }
        var scores = isAdditive ? try additiveScores(layer, x) : try multiplicativeScores(layer, x)
        scores = try activate(scores, activation)
        if let width = config["attention_width"].number {
            let mask = window(steps: x.shape[1], width: width, isHistory: config["history_only"].bool ?? false)
            scores = try arithmetic(.add, scores, place(mask, shape: [x.shape[1], x.shape[1]], "window of \(layer.name)"))
        }
        return try product(emit(.softmax, on: scores), x)
    }

    /// An activation's name, however it is written.
    private static func name(_ json: JSONValue) -> String? { json.string ?? json["config"].string }

    /// The common case is one operator.
    private mutating func wholeAttention(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        guard let units = layer.config["units"].integer, units > 0 else { throw .invalid("has no units") }
        let channels = x.shape[2]
        let zero = { (count: Int) in [Float](repeating: 0, count: count) }
        let inputs = [
            x.value,
            try requiredWeight("Wt", layer, shape: [channels, units], layout: [1, 0]),
            try requiredWeight("Wx", layer, shape: [channels, units], layout: [1, 0]),
            try weight("bh", layer, shape: [units]) ?? place(zero(units), shape: [units], "bh of \(layer.name)"),
            try requiredWeight("Wa", layer, shape: [units, 1], layout: [1, 0], as: [units]),
            try weight("ba", layer, shape: [1]) ?? place(zero(1), shape: [1], "ba of \(layer.name)"),
        ]
        return KerasTensor(value: try emit(.selfAttention(units: units), inputs), shape: x.shape)
    }

    /// Wa · tanh(Wt·x(t) + Wx·x(u) + bh) + ba, `[1, T, T]`.
    private mutating func additiveScores(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        guard let units = layer.config["units"].integer, units > 0 else { throw .invalid("has no units") }
        let (steps, channels) = (x.shape[1], x.shape[2])
        let query = try emit(
            .dense, [x.value, requiredWeight("Wt", layer, shape: [channels, units], layout: [1, 0])])
        let bias = try weight("bh", layer, shape: [units])
        let key = try emit(
            .dense,
            [x.value, requiredWeight("Wx", layer, shape: [channels, units], layout: [1, 0])] + (bias.map { [$0] } ?? []))
        let sum = try arithmetic(
            .add, tensor(query, [1, steps, 1, units]), tensor(key, [1, 1, steps, units]))
        let hidden = try emit(.unary(.tanh), on: sum)
        let score = try requiredWeight("Wa", layer, shape: [units, 1], layout: [1, 0])
        let scoreBias = try weight("ba", layer, shape: [1])
        let scores = try emit(.dense, [hidden.value, score] + (scoreBias.map { [$0] } ?? []))
        return tensor(scores, [1, steps, steps])
    }

    /// x(t) · Wa · x(u) + ba, `[1, T, T]`.
    private mutating func multiplicativeScores(
        _ layer: KerasLayer, _ x: KerasTensor
    ) throws(ImportFailure) -> KerasTensor {
        let (steps, channels) = (x.shape[1], x.shape[2])
        let query = try emit(
            .dense, [x.value, requiredWeight("Wa", layer, shape: [channels, channels], layout: [1, 0])])
        let scores = tensor(try emit(.matmul(transposeB: true), [query, x.value]), [1, steps, steps])
        guard let bias = try weight("ba", layer, shape: [1]) else { return scores }
        return try arithmetic(.add, scores, bias)
    }

    /// 0 for the steps that a step may see, −10000 for the others.
    private func window(steps: Int, width: Double, isHistory: Bool) -> [Float] {
        let width = max(1, min(Int(min(max(width, 1), 1e6)), 1 << 20))
        return (0..<steps).flatMap { t -> [Float] in
            let lower = isHistory ? t - (width - 1) : t - width / 2
            return (0..<steps).map { lower <= $0 && $0 < lower + width ? 0 : -10_000 }
        }
    }
}
