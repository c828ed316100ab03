extension KerasImporter {
    /// A Lambda holds compiled Python. It is not executed: if all that its code names is one known function, and its
    /// constants are that function's arguments, then this is what it means.
    mutating func lambda(_ layer: KerasLayer, _ x: [KerasTensor]) throws(ImportFailure) -> KerasTensor {
        let function = layer.config["function"]
        let given = layer.config["arguments"].object ?? [:]
        var call: KerasOperation?
        if let name = function.string ?? function["config"].string ?? function["registered_name"].string {
            // A function by its name: only if it is one that everybody knows.
            call = KerasOperation(name: name, arguments: x.map { .tensor($0) })
        } else if let code = (function[0].string ?? function["config"]["code"].string).flatMap(PythonCode.init(base64:)) {
            call = Self.meaning(of: code, x)
        }
        if var call {
            call.options.merge(given.mapValues { .constant($0) }) { $1 }
            if let result = try? apply(call) {
                graph.notes.append("Lambda \(layer.name): its code was taken to mean \(call.text); it was not run")
                return result
            }
        }
        throw .unsupported(
            "is Python code, which is not executed and says no single known function; "
                + saySo("mean(axis=3, keepdims=true)"))
    }

    private static let modules: Set<String> = [
        "K", "tf", "tensorflow", "math", "nn", "keras", "backend", "np", "numpy", "ops", "python", "compat", "v1", "linalg",
        "layers", "activations",
    ]
    private static let functions: Set<String> = [
        "mean", "max", "min", "sum", "product", "sqrt", "square", "abs", "exp", "log", "sigmoid", "tanh", "relu", "relu6",
        "softmax", "swish", "silu", "gelu", "softplus", "expand_dims", "squeeze", "normalize", "identity", "clip",
        "transpose", "flatten", "elu", "hard_sigmoid", "hard_swish",
    ]

    private static func meaning(of code: PythonCode, _ x: [KerasTensor]) -> KerasOperation? {
        let called = code.names.filter { !modules.contains($0) }
        guard called.count == 1, x.count == 1 else { return nil }
        var operation = KerasOperation(name: called[0], arguments: [.tensor(x[0])])
        guard functions.contains(operation.canonicalName) else { return nil }
        var values = code.constants.compactMap(Self.json)
        // A tuple of names at the end: the arguments that were given by name.
        if case .tuple(let items)? = code.constants.last, !items.isEmpty {
            let keys = items.compactMap { item -> String? in if case .text(let key) = item { key } else { nil } }
            if keys.count == items.count {
                guard values.count >= keys.count else { return nil }
                for (key, value) in zip(keys, values.suffix(keys.count)) { operation.options[key] = .constant(value) }
                values.removeLast(keys.count)
            }
        }
        operation.arguments += values.map { .constant($0) }
        return operation
    }

    /// A constant as an argument; `nil` for None and for the tuple of names.
    private static func json(_ object: PythonCode.Object) -> JSONValue? {
        switch object {
        case .bool(let flag): return .bool(flag)
        case .integer(let value): return .number(Double(value))
        case .float(let value): return .number(value)
        case .tuple(let items):
            let values = items.compactMap(json)
            return values.count == items.count && !items.isEmpty ? .array(values) : nil
        case .nothing, .text, .other: return nil
        }
    }
}
