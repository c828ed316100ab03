import FloatGraph

extension KerasImporter {
    /// An activation as a layer's option names it: a text, a function by its registered name, or a layer of its own.
    mutating func activate(_ x: KerasTensor, _ json: JSONValue) throws(ImportFailure) -> KerasTensor {
        if json.isNull { return x }
        if let type = json["class_name"].string, let known = KerasLayerType(rawValue: type) {
            if known == .relu { return try relu(json["config"], x) }
            return try activationLayer(known, json["config"], x)
        }
        guard let name = json.string ?? json["config"].string ?? json["registered_name"].string else {
            throw .unsupported("its activation has no name that is known")
        }
        guard let result = try activate(x, named: name) else {
            throw .unsupported("activation \(name) is not known; \(saySo("swish"))")
        }
        return result
    }

    /// How to say in a recipe what a layer means.
    func saySo(_ example: String) -> String {
        "say what it means in the recipe, such as layers: {\(scope): \"\(example)\"}"
    }

    /// `nil` for a name that is no activation's.
    mutating func activate(_ x: KerasTensor, named name: String) throws(ImportFailure) -> KerasTensor? {
        // A closure's name ends in its own: "get_swish.<locals>.swish"
        let short = String(name.split(whereSeparator: { ".>/".contains($0) }).last ?? "").lowercased()
        switch short {
        case "linear", "identity", "": return x
        case "softmax": return try softmax(x)
        case "log_softmax": return try emit(.unary(.logarithm), on: softmax(x))
        default:
            guard let function = unary(short) else { return nil }
            return try emit(.unary(function), on: x)
        }
    }

    /// Elementwise functions by the names of Keras and TensorFlow.
    private func unary(_ name: String) -> UnaryFunction? {
        switch name {
        case "relu": .relu
        case "relu6", "relu_6": .clip(0, 6)
        case "leaky_relu": .leakyRelu(0.2)
        case "elu": .elu(1)
        case "selu": .selu(alpha: 1.673_263_2, gamma: 1.050_701)
        case "sigmoid": .sigmoid
        // Keras 3 has taken over PyTorch's slope.
        case "hard_sigmoid": .hardSigmoid(alpha: version >= 3 ? 1 / 6 : 0.2, beta: 0.5)
        case "swish", "silu", "swish_activation", "swish1", "fixed_swish": .swish
        case "hard_swish", "hard_silu", "hardswish", "h_swish": .hardSwish
        case "tanh": .tanh
        case "softplus": .softplus
        case "softsign": .softsign
        case "exponential", "exp": .exp
        case "gelu": .gelu
        case "gelu_tanh": .geluTanh
        case "mish": .mish
        case "square": .square
        case "sqrt": .squareRoot
        case "abs", "absolute": .absolute
        case "neg", "negative": .negate
        case "log": .logarithm
        case "reciprocal": .reciprocal
        case "rsqrt": .power(-0.5)
        default: nil
        }
    }

    /// Layers that are nothing but an activation.
    mutating func activationLayer(
        _ type: KerasLayerType, _ config: JSONValue, _ x: KerasTensor
    ) throws(ImportFailure) -> KerasTensor {
        func option(_ names: String..., default value: Double) -> Float {
            Float(names.lazy.compactMap { config[$0].numbers?.first }.first ?? value)
        }
        switch type {
        case .leakyReLU: return try emit(.unary(.leakyRelu(option("alpha", "negative_slope", default: 0.3))), on: x)
        case .elu: return try emit(.unary(.elu(option("alpha", default: 1))), on: x)
        case .softmax:
            let axes = config["axis"].integers ?? [-1]
            try require(axes.count == 1, "normalizes several axes at once; supported is one")
            return try softmax(x, axis: axes[0])
        case .thresholdedReLU:
            // x where it is above theta: times a step, as steep as floats allow.
            let theta = option("theta", default: 1)
            let step = try emit(.unary(.hardSigmoid(alpha: 1e6, beta: -1e6 * theta)), on: x)
            return try arithmetic(.multiply, x, step)
        default: throw .unsupported("is no activation")
        }
    }

    /// ReLU with slope below 0 and a limit above.
    mutating func relu(_ config: JSONValue, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        let slope = Float(config["negative_slope"].numbers?.first ?? 0)
        let limit = config["max_value"].numbers?.first.map { Float($0) }
        try require((config["threshold"].numbers?.first ?? 0) == 0, "has a threshold; supported is 0")
        guard slope.isFinite, limit.map({ $0 > 0 && $0.isFinite }) ?? true else {
            throw .invalid("has slope \(slope) and limit \(limit ?? 0)")
        }
        if slope == 0 { return try emit(.unary(limit.map { .clip(0, $0) } ?? .relu), on: x) }
        let leaky = try emit(.unary(.leakyRelu(slope)), on: x)
        return try limit.map { limit throws(ImportFailure) in try arithmetic(.minimum, leaky, number(limit)) } ?? leaky
    }

    /// Slopes `[…]` of one element, 1 on the shared axes: as one for each channel where they are, otherwise composed of
    /// max(x, 0) − slope · max(−x, 0).
    mutating func prelu(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        var shape = Array(x.shape.dropFirst())
        for axis in layer.config["shared_axes"].integers ?? [] {
            guard (1...shape.count).contains(axis) else { throw .invalid("shares axis \(axis) of \(x.shape)") }
            shape[axis - 1] = 1
        }
        let name = "slope of \(layer.name)"
        guard let slopes = try weights.weight("alpha", of: layer, shape: shape) else { throw .invalid("has no alpha") }
        if shape.dropLast().allSatisfy({ $0 == 1 }) {
            return try emit(.prelu, on: x, [place(slopes, shape: [slopes.count], name)])
        }
        let slope = place(slopes, shape: shape, name)
        let positive = try emit(.unary(.relu), on: x)
        let negative = try emit(.unary(.relu), on: emit(.unary(.negate), on: x))
        return try arithmetic(.subtract, positive, arithmetic(.multiply, negative, slope))
    }
}
