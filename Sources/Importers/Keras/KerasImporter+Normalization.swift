import FloatGraph

extension KerasImporter {
    /// ConvNeXt's own layer: a factor for each channel.
    mutating func layerScale(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        guard let factors = try weights.weight("gamma", of: layer, shape: [x.shape.last!]) else {
            throw .invalid("has no gamma")
        }
        return try arithmetic(.multiply, x, place(factors, shape: [factors.count], "gamma of \(layer.name)"))
    }

    mutating func batchNormalization(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        let axes = layer.config["axis"].integers ?? [-1]
        try require(axes.count == 1, "normalizes axes \(axes) apart; supported is one, the channels")
        let axis = try x.axis(axes[0])
        let count = x.shape[axis]
        func vector(_ name: String, _ value: Float) throws(ImportFailure) -> [Float] {
            try weights.weight(name, of: layer, shape: [count]) ?? Array(repeating: value, count: count)
        }
        let (gamma, beta) = (try vector("gamma", 1), try vector("beta", 0))
        let (mean, variance) = (try vector("moving_mean", 0), try vector("moving_variance", 1))
        let epsilon = Float(layer.config["epsilon"].number ?? 1e-3)
        guard variance.allSatisfy({ $0 + epsilon > 0 }) else { throw .invalid("has a negative variance") }
        if axis == x.rank - 1 {
            let parts = zip(["scale", "offset", "mean", "variance"], [gamma, beta, mean, variance]).map {
                place($1, shape: [count], "\($0) of \(layer.name)")
            }
            return try emit(.batchNormalization(epsilon: epsilon), on: x, parts)
        }
        // On another axis: times a factor and plus an offset for each of its positions.
        let shape = [count] + Array(repeating: 1, count: x.rank - 1 - axis)
        let factors = zip(gamma, variance).map { $0 / ($1 + epsilon).squareRoot() }
        let offsets = beta.indices.map { beta[$0] - mean[$0] * factors[$0] }
        let scaled = try arithmetic(.multiply, x, place(factors, shape: shape, "scale of \(layer.name)"))
        return try arithmetic(.add, scaled, place(offsets, shape: shape, "offset of \(layer.name)"))
    }

    mutating func layerNormalization(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        let axes = layer.config["axis"].integers ?? [-1]
        let axis = axes.count == 1 ? try x.axis(axes[0]) : 0
        try require(axis == x.rank - 1, "normalizes axes \(axes); supported is the last")
        try require(!(layer.config["rms_scaling"].bool ?? false), "scales by the root mean square alone")
        let count = x.shape[x.rank - 1]
        let scale = try weight("gamma", layer, shape: [count])
            ?? place(Array(repeating: 1, count: count), shape: [count], "scale of \(layer.name)")
        let offset = try weight("beta", layer, shape: [count])
            ?? place(Array(repeating: 0, count: count), shape: [count], "offset of \(layer.name)")
        let epsilon = Float(layer.config["epsilon"].number ?? 1e-3)
        return try emit(.layerNormalization(epsilon: epsilon), on: x, [scale, offset])
    }

    /// (x − mean) / √variance, from the file or the description.
    mutating func normalization(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        try require(!(layer.config["invert"].bool ?? false), "inverts; supported is normalizing")
        let axes = layer.config["axis"].integers ?? []
        var isLast = axes.isEmpty
        if axes.count == 1 { isLast = try x.axis(axes[0]) == x.rank - 1 }
        try require(isLast, "normalizes axes \(axes); supported is the last, or none")
        let count = axes.isEmpty ? 1 : x.shape[x.rank - 1]
        func numbers(_ name: String) throws(ImportFailure) -> [Float] {
            if let stored = try weights.weight(name, of: layer, shape: axes.isEmpty ? [] : [count]) { return stored }
            guard let given = layer.config[name].numbers, given.count == count || given.count == 1 else {
                throw .invalid("has no \(name)")
            }
            return given.count == count
                ? given.map { Float($0) } : Array(repeating: Float(given[0]), count: count)
        }
        let mean = try numbers("mean")
        let deviations = try numbers("variance").map { max($0.squareRoot(), 1e-7) }
        guard (mean + deviations).allSatisfy(\.isFinite) else { throw .invalid("has numbers that are not finite") }
        let centred = try arithmetic(
            .subtract, x, place(mean, shape: [count], "mean of \(layer.name)"))
        return try arithmetic(
            .multiply, centred, place(deviations.map { 1 / $0 }, shape: [count], "scale of \(layer.name)"))
    }

    /// x · scale + offset, each one number or one for each channel.
    mutating func rescaling(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        func numbers(_ name: String, _ value: Double) throws(ImportFailure) -> [Float] {
            let json = layer.config[name]
            let inner = json["config"]["value"]
            guard let given = json.isNull ? [value] : (json.numbers ?? inner.numbers),
                given.count == 1 || given.count == x.shape[x.rank - 1], given.allSatisfy(\.isFinite)
            else { throw .unsupported("has no usable \(name); \(saySo("scale(0.00392157, 0)"))") }
            return given.map { Float($0) }
        }
        let (factors, offsets) = (try numbers("scale", 1), try numbers("offset", 0))
        var result = x
        if factors != [1] {
            result = try arithmetic(
                .multiply, result, place(factors, shape: [factors.count], "scale of \(layer.name)"))
        }
        if offsets.contains(where: { $0 != 0 }) {
            result = try arithmetic(.add, result, place(offsets, shape: [offsets.count], "offset of \(layer.name)"))
        }
        return result
    }
}
