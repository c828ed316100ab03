/// A function call in whatever form a file holds it: a TFOpLambda, a TensorFlowOpLayer, an operation of keras.ops, what
/// a Lambda's code says, or what the recipe says.
struct KerasOperation {
    indirect enum Value {
        case tensor(KerasTensor)
        case constant(JSONValue)
        case list([Value])
    }

    /// The function's own name, without modules: "reduce_mean".
    var name: String
    var arguments: [Value]
    var options: [String: Value] = [:]

    /// An argument by its position or one of its names.
    func value(_ index: Int?, _ names: String...) -> Value? {
        for name in names { if let found = options[name] { return found } }
        return index.flatMap { $0 < arguments.count ? arguments[$0] : nil }
    }

    func constant(_ index: Int?, _ names: String...) -> JSONValue? {
        for name in names { if case .constant(let json)? = options[name] { return json } }
        if let index, index < arguments.count, case .constant(let json) = arguments[index] { return json }
        return nil
    }

    /// As a call, without the tensors: "mean(axis=3, keepdims=true)".
    var text: String {
        func constant(_ value: Value) -> String? {
            if case .constant(let json) = value { json.text } else { nil }
        }
        let named = options.sorted { $0.key < $1.key }.compactMap { name, value in
            constant(value).map { "\(name)=\($0)" }
        }
        return canonicalName + "(" + (arguments.compactMap(constant) + named).joined(separator: ", ") + ")"
    }

    /// "math.reduce_mean" → "mean"; TensorFlow's node types and NumPy's names too.
    var canonicalName: String {
        var short = String(name.split(separator: ".").last ?? "")
        if short.contains(where: \.isUppercase) { short = snakeCase(short) }
        for prefix in ["reduce_", "stateless_"] where short.hasPrefix(prefix) { short.removeFirst(prefix.count) }
        while short.hasSuffix("_v2") || short.hasSuffix("_v1") { short.removeLast(3) }
        for suffix in ["v2", "v1"] where short.hasSuffix(suffix) { short.removeLast(2) }
        return Self.synonyms[short] ?? short
    }

    private static let synonyms = [
        "sub": "subtract", "mul": "multiply", "truediv": "divide", "real_div": "divide", "div": "divide",
        "true_divide": "divide", "bias_add": "add", "amax": "max", "amin": "min", "concatenate": "concat",
        "permute_dimensions": "transpose", "l2_normalize": "normalize", "divide_no_nan": "divide", "maximum": "maximum",
        "minimum": "minimum", "strided_slice": "getitem", "get_item": "getitem", "__getitem__": "getitem",
        "__operators__": "getitem", "cast": "identity", "stop_gradient": "identity", "convert_to_tensor": "identity",
        "clip_by_value": "clip", "prod": "product",
    ]
}
