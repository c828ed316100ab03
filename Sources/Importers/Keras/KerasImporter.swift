import FloatGraph

/// Translates a Keras model, layer by layer.
struct KerasImporter {
    let options: ImportOptions
    let weights: KerasWeights
    /// The major version of the Keras that wrote the file: some defaults have changed.
    let version: Int
    var graph: Graph
    private(set) var unsupported: [UnsupportedNode] = []
    /// The layer that is being translated, which names what it emits.
    var scope = ""
    var placedConstants: [String: ValueID] = [:]
    private var usedNames: Set<String> = []
    /// How many more uses of layers there may be: nested models must not multiply without end.
    private var budget = 20_000

    private enum Operand {
        case tensor(KerasTensor)
        /// Computed by a layer that could not be translated.
        case failed
    }

    init(name: String, weights: KerasWeights, version: Int, options: ImportOptions) {
        graph = Graph(name: name)
        self.weights = weights
        self.version = version
        self.options = options
    }

    /// Translates the outermost model into the graph.
    mutating func run(_ model: KerasLayer) throws(ImportFailure) {
        let input = try declareInput(model)
        let outputs = try evaluate(model, [input], isOutermost: true)
        guard unsupported.isEmpty else { return }
        try declareOutputs(model, outputs)
        graph.foldPadding()
        graph.foldBiases()
        graph.removeDeadNodes()
        do {
            try graph.validated()
        } catch {
            throw .invalid(error.description)
        }
    }

    // MARK: Input and outputs

    private mutating func declareInput(_ model: KerasLayer) throws(ImportFailure) -> KerasTensor {
        let inputs = model.type == "Sequential" ? [] : model.inputs
        guard model.type == "Sequential" || inputs.count == 1 else {
            let names = inputs.map(\.layer).joined(separator: ", ")
            throw .invalid("it has \(inputs.count) inputs (\(names)), needs one, the pictures")
        }
        let layer = model.layers.first { inputs.isEmpty || $0.name == inputs[0].layer }
        let given = layer?.inputShape ?? (model.builtShape.array ?? layer?.builtShape.array)?.map(\.integer)
        guard let layer, let given, (2...6).contains(given.count) else {
            throw .invalid("its description does not say the input's shape; build the model before it is saved")
        }
        let shape = try closed(given, name: layer.name)
        try graph.declareInput(
            layer.type == "InputLayer" ? layer.name : "input", shape: KerasTensor.graphShape(shape))
        return KerasTensor(value: graph.input, shape: shape)
    }

    /// The input's shape with its open extents fixed. The batch is one clip or one picture; a network of pictures may
    /// also see a clip's frames as its batch.
    private func closed(_ shape: [Int?], name: String) throws(ImportFailure) -> [Int] {
        let isClip = shape.count > 4 || shape.count == 3
        var closed = [shape[0] ?? (isClip ? 1 : options.frames ?? options.batch ?? 1)]
        let names = ["frames", "height", "width"].suffix(isClip ? 3 : 2)
        for (axis, extent) in shape.enumerated().dropFirst() {
            let option = names.dropFirst(axis - 1).first
            let values = ["frames": options.frames, "height": options.height, "width": options.width]
            guard let extent = extent ?? option.flatMap({ values[$0]! }) else {
                throw .invalid("input \(name) leaves its axis \(axis) open; fix it with --\(option ?? "frames")")
            }
            closed.append(extent)
        }
        return closed
    }

    private mutating func declareOutputs(_ model: KerasLayer, _ outputs: [KerasTensor]) throws(ImportFailure) {
        let references = model.type == "Sequential"
            ? [(name: nil, reference: KerasReference(layer: model.layers.last?.name ?? "output"))] : model.outputs
        var named: [(name: String, value: ValueID)] = []
        for (output, (key, reference)) in zip(outputs, references) {
            guard output.value != graph.input else { throw .invalid("output \(reference.layer) is the input") }
            var name = key ?? reference.layer
            if named.contains(where: { $0.name == name }) { name += "_\(named.count)" }
            guard !named.contains(where: { $0.value == output.value }) else {
                throw .unsupported("output \(name) is the same value as another; leave one out")
            }
            named.append((name, output.value))
        }
        for wanted in options.outputs where !named.contains(where: { $0.name == wanted }) {
            throw .invalid("it has no output \(wanted); there are \(named.map(\.name).joined(separator: ", "))")
        }
        if !options.outputs.isEmpty {
            named = options.outputs.map { wanted in named.first { $0.name == wanted }! }
        }
        for (name, value) in named { try graph.declareOutput(name, value) }
    }

    // MARK: Models

    mutating func evaluate(_ model: KerasLayer, _ inputs: [KerasTensor]) throws(ImportFailure) -> [KerasTensor] {
        try evaluate(model, inputs, isOutermost: false)
    }

    /// The outputs of a model. Layers without a translation are remembered; what depends on them is left out.
    private mutating func evaluate(
        _ model: KerasLayer, _ inputs: [KerasTensor], isOutermost: Bool
    ) throws(ImportFailure) -> [KerasTensor] {
        var operands: [KerasReference: Operand] = [:]
        if model.type == "Sequential" {
            var operand = Operand.tensor(try one(inputs))
            for layer in model.layers {
                operand = try use(layer, KerasCall(), [operand])[0]
            }
            return try tensors([operand], isOutermost: isOutermost)
        }
        guard model.inputs.count == inputs.count else {
            throw .invalid("model \(model.name) takes \(model.inputs.count) values, is given \(inputs.count)")
        }
        for (reference, tensor) in zip(model.inputs, inputs) { operands[reference] = .tensor(tensor) }
        for (layer, index) in try order(model) {
            let call = layer.calls[index]
            if layer.isOperation || ["TFOpLambda", "SlicingOpLambda"].contains(layer.type) {
                operationOperands = call.references.reduce(into: [:]) { found, reference in
                    if case .tensor(let tensor)? = operands[reference] { found[reference] = tensor }
                }
            }
            let results = try use(layer, call, call.references.map { operands[$0] ?? .failed })
            for (output, result) in results.enumerated() {
                operands[KerasReference(layer: layer.name, call: index, output: output)] = result
            }
        }
        return try tensors(model.outputs.map { output in
            operands[output.reference] ?? .failed
        }, isOutermost: isOutermost)
    }

    /// What the references in the arguments of an operation stand for.
    private(set) var operationOperands: [KerasReference: KerasTensor] = [:]

    private func tensors(_ operands: [Operand], isOutermost: Bool) throws(ImportFailure) -> [KerasTensor] {
        var tensors: [KerasTensor] = []
        for operand in operands {
            if case .tensor(let tensor) = operand {
                tensors.append(tensor)
            } else if !isOutermost {
                throw .consequence
            } else if unsupported.isEmpty {
                throw .invalid("an output is not computed from the input")
            }
        }
        return tensors
    }

    /// The uses of a model's layers so that each comes behind what it reads.
    private func order(_ model: KerasLayer) throws(ImportFailure) -> [(KerasLayer, Int)] {
        let inputs = Set(model.inputs)
        var ready: [(KerasLayer, Int)] = []
        var waiting: [Use: [(KerasLayer, Int)]] = [:]
        var missing: [Use: Int] = [:]
        var total = 0
        for layer in model.layers {
            for (index, call) in layer.calls.enumerated() {
                total += 1
                let use = Use(layer: layer.name, call: index)
                let sources = Set(call.references.filter { !inputs.contains($0) }.map { Use(layer: $0.layer, call: $0.call) })
                missing[use] = sources.count
                if sources.isEmpty { ready.append((layer, index)) }
                for source in sources { waiting[source, default: []].append((layer, index)) }
            }
        }
        var next = 0
        while next < ready.count {
            let (layer, index) = ready[next]
            next += 1
            for (reader, call) in waiting[Use(layer: layer.name, call: index)] ?? [] {
                let use = Use(layer: reader.name, call: call)
                missing[use]! -= 1
                if missing[use] == 0 { ready.append((reader, call)) }
            }
        }
        guard ready.count == total else {
            let stuck = missing.filter { $0.value > 0 }.map(\.key.layer).sorted().prefix(5).joined(separator: ", ")
            throw .invalid("in model \(model.name) layers wait for each other, or for some that do not exist: \(stuck)")
        }
        return ready
    }

    private struct Use: Hashable {
        var layer: String
        var call: Int
    }

    /// One use of a layer.
    private mutating func use(
        _ layer: KerasLayer, _ call: KerasCall, _ operands: [Operand]
    ) throws(ImportFailure) -> [Operand] {
        budget -= 1
        guard budget > 0 else { throw .invalid("its models use more layers than any network has") }
        let outer = scope
        scope = unique(layer.name)
        defer { scope = outer }
        do throws(ImportFailure) {
            var inputs: [KerasTensor] = []
            for operand in operands {
                guard case .tensor(let tensor) = operand else {
                    // Reported all the same if nobody knows the layer.
                    if KerasLayerType(rawValue: layer.type) != nil || layer.isOperation { throw ImportFailure.consequence }
                    break
                }
                inputs.append(tensor)
            }
            return try translate(layer, call, inputs).map { .tensor($0) }
        } catch .invalid(let reason) {
            throw .invalid("layer \(layer.name) (\(layer.type)): \(reason)")
        } catch {
            if case .unsupported(let reason) = error {
                let node = UnsupportedNode(name: layer.name, op: layer.type, reason: reason)
                if !unsupported.contains(node) { unsupported.append(node) }
            }
            return [.failed]
        }
    }

    mutating func translate(
        _ layer: KerasLayer, _ call: KerasCall, _ inputs: [KerasTensor]
    ) throws(ImportFailure) -> [KerasTensor] {
        if let hint = options.keras.layers[layer.name] { return [try follow(hint, inputs)] }
        if layer.isOperation { return [try operation(layer, call)] }
        guard let type = KerasLayerType(rawValue: layer.type) else {
            throw .unsupported(
                "no such layer here; if it does nothing at inference or is a plain function, say so in the recipe: "
                    + "layers: {\(layer.name): \"identity\"}")
        }
        guard layer.config["data_format"].string != "channels_first" else {
            throw .unsupported("is channels first; save the model with data_format channels_last")
        }
        return try translate(type, layer, call, inputs)
    }

    // MARK: Names

    /// A name that no node has yet.
    private mutating func unique(_ name: String) -> String {
        var candidate = name
        var count = 1
        while !usedNames.insert(candidate).inserted {
            count += 1
            candidate = "\(name)_\(count)"
        }
        return candidate
    }

    mutating func nodeName(_ label: String) -> String {
        if usedNames.insert(scope + "/").inserted { return scope }
        return unique("\(scope)/\(label)")
    }
}
