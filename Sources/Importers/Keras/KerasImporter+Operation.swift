import FloatGraph

extension KerasImporter {
    /// A layer of keras.ops, whose description holds the options.
    mutating func operation(_ layer: KerasLayer, _ call: KerasCall) throws(ImportFailure) -> KerasTensor {
        var operation = KerasOperation(
            name: layer.type, arguments: try resolved(call.arguments), options: try resolved(call.options))
        for (key, json) in layer.config.object ?? [:] where operation.options[key] == nil {
            operation.options[key] = .constant(json)
        }
        return try apply(operation)
    }

    /// TFOpLambda and SlicingOpLambda: a TensorFlow function by its name, called as Python does it.
    mutating func operatorLambda(_ layer: KerasLayer, _ call: KerasCall) throws(ImportFailure) -> KerasTensor {
        guard let name = layer.config["function"].string else { throw .invalid("names no function") }
        return try apply(KerasOperation(
            name: name, arguments: try resolved(call.arguments), options: try resolved(call.options)))
    }

    /// TensorFlowOpLayer, as TensorFlow 2.0 to 2.3 has it: a node of a TensorFlow graph whose constant inputs stand
    /// beside it by position.
    mutating func operatorLayer(_ layer: KerasLayer, _ x: [KerasTensor]) throws(ImportFailure) -> KerasTensor {
        let node = layer.config["node_def"]
        guard let type = node["op"].string else { throw .unsupported("names no operation; \(saySo("mean(axis=1)"))") }
        let constants = layer.config["constants"].object ?? [:]
        var operation = KerasOperation(name: type, arguments: [])
        var tensors = x[...]
        for index in 0..<(x.count + constants.count) {
            if let constant = constants["\(index)"] {
                operation.arguments.append(.constant(constant))
            } else if let tensor = tensors.popFirst() {
                operation.arguments.append(.tensor(tensor))
            }
        }
        for (key, attribute) in node["attr"].object ?? [:] {
            let value = [attribute["b"], attribute["i"], attribute["f"], attribute["list"]["i"]].first { !$0.isNull }
            // Numbers of 64 bits are texts in this kind of JSON.
            if let value { operation.options[key] = .constant(value.string.flatMap(Double.init).map { .number($0) } ?? value) }
        }
        if operation.canonicalName == "concat", let axis = operation.arguments.popLast() {
            operation = KerasOperation(
                name: "concat", arguments: [.list(operation.arguments)], options: ["axis": axis])
        }
        return try apply(operation)
    }

    /// What the recipe says that a layer means.
    mutating func follow(_ hint: String, _ x: [KerasTensor]) throws(ImportFailure) -> KerasTensor {
        let said = try KerasHint(hint)
        return try apply(KerasOperation(
            name: said.name, arguments: x.map { .tensor($0) } + said.arguments.map { .constant($0) },
            options: said.options.mapValues { .constant($0) }))
    }

    private func resolved(_ list: [KerasArgument]) throws(ImportFailure) -> [KerasOperation.Value] {
        var values: [KerasOperation.Value] = []
        for argument in list { values.append(try resolved(argument)) }
        return values
    }

    private func resolved(_ options: [String: KerasArgument]) throws(ImportFailure) -> [String: KerasOperation.Value] {
        var values: [String: KerasOperation.Value] = [:]
        for (key, argument) in options { values[key] = try resolved(argument) }
        return values
    }

    private func resolved(_ argument: KerasArgument) throws(ImportFailure) -> KerasOperation.Value {
        switch argument {
        case .constant(let json): return .constant(json)
        case .list(let items):
            return .list(try resolved(items))
        case .tensor(let reference):
            guard let tensor = operationOperands[reference] else { throw .consequence }
            return .tensor(tensor)
        }
    }

    // MARK: The functions

    mutating func apply(_ operation: KerasOperation) throws(ImportFailure) -> KerasTensor {
        let name = operation.canonicalName
        if let function = Self.reductions[name] { return try reduce(function, operation) }
        if let function = Self.binary[name] { return try binary(function, operation) }
        if name == "getitem" { return try slice(operation) }
        if name == "concat" || name == "stack" { return try join(operation, isStack: name == "stack") }
        let x = try operand(operation)
        switch name {
        case "scale":
            return try scale(
                x, by: Float(operation.constant(1, "factor")?.number ?? 1),
                adding: Float(operation.constant(2, "offset")?.number ?? 0))
        case "reshape":
            guard let shape = operation.constant(1, "shape", "newshape", "target_shape")?.integers else {
                throw .unsupported("reshapes to a computed shape; \(saySo("reshape([1, 4, 4, 384])"))")
            }
            // The batch axis is left open as −1 or none, or known.
            if let first = shape.first, first == -1, shape.dropFirst().contains(-1) {
                return try reshape(x, to: [x.shape[0]] + shape.dropFirst())
            }
            return try reshape(x, to: shape)
        case "expand_dims":
            let axis = try normalizedAxis(operation.constant(1, "axis", "dim")?.integer ?? -1, rank: x.rank + 1)
            var shape = x.shape
            shape.insert(1, at: axis)
            return tensor(x.value, shape)
        case "squeeze":
            let listed = operation.constant(1, "axis", "squeeze_dims")?.integers ?? []
            let axes = listed.isEmpty ? x.shape.indices.filter { $0 > 0 && x.shape[$0] == 1 }
                : try listed.map { axis throws(ImportFailure) in try x.axis(axis) }
            guard axes.allSatisfy({ x.shape[$0] == 1 }) else { throw .invalid("squeezes axes \(axes) of \(x.shape)") }
            let shape = x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] }
            return tensor(x.value, shape.isEmpty ? [1] : shape)
        case "transpose":
            let order = operation.constant(1, "perm", "axes", "pattern")?.integers
            return try transpose(x, order ?? x.shape.indices.reversed())
        case "flatten": return try reshape(x, target: [-1])
        case "softmax": return try softmax(x, axis: operation.constant(1, "axis")?.integer ?? -1)
        case "clip":
            let low = operation.constant(1, "clip_value_min", "x_min", "min_value")?.number
            let high = operation.constant(2, "clip_value_max", "x_max", "max_value")?.number
            guard let low, let high, low <= high else { throw .unsupported("clips to limits that are not known") }
            return try emit(.unary(.clip(Float(low), Float(high))), on: x)
        case "pow", "power":
            guard let power = operation.constant(1, "y", "x2")?.number else { throw .unsupported("has a computed power") }
            return try emit(.unary(power == 2 ? .square : .power(Float(power))), on: x)
        case "leaky_relu":
            let slope = operation.constant(1, "alpha", "negative_slope")?.number ?? 0.2
            return try emit(.unary(.leakyRelu(Float(slope))), on: x)
        case "relu" where operation.constant(nil, "max_value")?.number != nil:
            return try emit(.unary(.clip(0, Float(operation.constant(nil, "max_value")!.number!))), on: x)
        case "normalize":
            let axis = operation.constant(1, "axis")?.integers ?? [-1]
            let sum = try reduce(.sum, emit(.unary(.square), on: x), axes: axis, keep: true)
            return try arithmetic(.multiply, x, emit(.unary(.power(-0.5)), on: scale(sum, by: 1, adding: 1e-12)))
        default:
            guard let result = try activate(x, named: name) else {
                throw .unsupported("function \(operation.name) is not known; \(saySo("mean(axis=3, keepdims=true)"))")
            }
            return result
        }
    }

    private static let reductions: [String: ReduceFunction] = [
        "mean": .mean, "max": .maximum, "min": .minimum, "sum": .sum, "product": .product,
    ]
    private static let binary: [String: ArithmeticFunction] = [
        "add": .add, "subtract": .subtract, "multiply": .multiply, "divide": .divide, "maximum": .maximum,
        "minimum": .minimum,
    ]

    private func operand(_ operation: KerasOperation) throws(ImportFailure) -> KerasTensor {
        guard case .tensor(let x)? = operation.value(0, "x", "input", "inputs", "input_tensor", "tensor", "features", "logits")
        else { throw .unsupported("\(operation.name) has no computed operand; \(saySo("identity"))") }
        return x
    }

    private mutating func reduce(
        _ function: ReduceFunction, _ operation: KerasOperation
    ) throws(ImportFailure) -> KerasTensor {
        let x = try operand(operation)
        let axes = operation.constant(1, "axis", "reduction_indices")
        let keep = operation.constant(2, "keepdims", "keep_dims")?.bool ?? false
        return try reduce(function, x, axes: axes?.integers ?? Array(x.shape.indices), keep: keep)
    }

    private mutating func binary(
        _ function: ArithmeticFunction, _ operation: KerasOperation
    ) throws(ImportFailure) -> KerasTensor {
        let sides = [operation.value(0, "x", "x1"), operation.value(1, "y", "x2", "bias")]
        var tensors: [KerasTensor] = []
        // A list of values, as Keras 3's merge functions take.
        let values = sides[1] == nil ? operation.arguments : sides.compactMap { $0 }
        for value in values {
            switch value {
            case .tensor(let tensor): tensors.append(tensor)
            case .constant(let json): tensors.append(try constant(json))
            case .list: throw .unsupported("\(operation.name) takes a list; supported are two values")
            }
        }
        guard tensors.count >= 2 else {
            throw .unsupported("\(operation.name) has \(tensors.count) operand; \(saySo("scale(2, -1)"))")
        }
        var result = tensors[0]
        for next in tensors.dropFirst() { result = try arithmetic(function, result, next) }
        return result
    }

    /// Numbers in nested lists.
    private mutating func constant(_ json: JSONValue) throws(ImportFailure) -> KerasTensor {
        var shape: [Int] = []
        var inner = json["config"]["value"].isNull ? json : json["config"]["value"]
        let whole = inner
        while let items = inner.array, !items.isEmpty {
            shape.append(items.count)
            inner = items[0]
        }
        guard let numbers = whole.numbers, numbers.count == shape.reduce(1, *), numbers.allSatisfy(\.isFinite) else {
            throw .unsupported("has a constant that is no array of finite numbers")
        }
        let trimmed = Array(shape.drop { $0 == 1 })
        let final = trimmed.isEmpty ? [1] : trimmed
        return KerasTensor(
            value: place(numbers.map { Float($0) }, shape: final, "\(scope) constant \(placedConstants.count)"),
            shape: final)
    }

    private mutating func join(_ operation: KerasOperation, isStack: Bool) throws(ImportFailure) -> KerasTensor {
        var values = operation.arguments
        if case .list(let list)? = operation.value(0, "values", "tensors", "xs", "arrays") { values = list }
        var tensors: [KerasTensor] = []
        for value in values { if case .tensor(let tensor) = value { tensors.append(tensor) } }
        guard let first = tensors.first else { throw .unsupported("joins no computed values") }
        let given = operation.constant(1, "axis")?.integer ?? (isStack ? 0 : -1)
        guard isStack else { return try concatenate(tensors, axis: given) }
        let axis = try normalizedAxis(given, rank: first.rank + 1)
        return try concatenate(
            tensors.map { tensor in
                var shape = tensor.shape
                shape.insert(1, at: axis)
                return self.tensor(tensor.value, shape)
            }, axis: axis)
    }

    /// x[…]: numbers, ranges and … for each axis.
    private mutating func slice(_ operation: KerasOperation) throws(ImportFailure) -> KerasTensor {
        let x = try operand(operation)
        guard var items = operation.constant(1, "slice_spec", "key")?.array else {
            throw .unsupported("takes a part that its description does not say")
        }
        if let dots = items.firstIndex(where: { $0.string == "..." || $0.string == "Ellipsis" }) {
            let missing = max(0, x.rank - items.count + 1)
            items.replaceSubrange(dots...dots, with: Array(repeating: .null, count: missing))
        }
        guard items.count <= x.rank else { throw .unsupported("takes a part of \(x.shape) that adds axes") }
        var (starts, extents, steps) = (x.shape.map { _ in 0 }, x.shape, x.shape.map { _ in 1 })
        var kept: [Int] = Array(x.shape.indices)
        for (axis, item) in items.enumerated() {
            let extent = x.shape[axis]
            if let index = item.integer {
                let start = index < 0 ? index + extent : index
                guard (0..<extent).contains(start) else { throw .invalid("takes element \(index) of \(extent)") }
                (starts[axis], extents[axis]) = (start, 1)
                kept.removeAll { $0 == axis }
            } else {
                let step = item["step"].integer ?? 1
                try require(step > 0, "takes every \(step)-th element; supported are steps above 0")
                func bound(_ json: JSONValue, _ value: Int) -> Int {
                    guard let index = json.integer else { return value }
                    return min(extent, max(0, index < 0 ? index + extent : index))
                }
                let (start, stop) = (bound(item["start"], 0), bound(item["stop"], extent))
                guard stop > start else { throw .invalid("takes nothing of axis \(axis)") }
                (starts[axis], steps[axis], extents[axis]) = (start, step, (stop - start - 1) / step + 1)
            }
        }
        let shape = kept.map { extents[$0] }
        if extents == x.shape, steps.allSatisfy({ $0 == 1 }) { return tensor(x.value, shape.isEmpty ? [1] : shape) }
        let dropped = KerasTensor.droppedAxes(x.shape)
        let output = try emit(
            .slice(
                starts: Array(starts.dropFirst(dropped)), extents: Array(extents.dropFirst(dropped)),
                steps: Array(steps.dropFirst(dropped))), [x.value])
        return tensor(output, shape.isEmpty ? [1] : shape)
    }
}
