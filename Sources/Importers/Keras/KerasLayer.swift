/// A layer of a Keras model as its description says it; wrappers and models hold others.
///
/// The same for legacy HDF5 (Keras 2), `.keras` of Keras 2.12 and later, and Keras 3.
final class KerasLayer {
    /// Without the package that registered it: "Conv2D", "SeqSelfAttention".
    let type: String
    let name: String
    let config: JSONValue
    /// An operation of `keras.ops` rather than a layer.
    let isOperation: Bool
    let isTrainable: Bool
    /// Its uses in the model around it.
    private(set) var calls: [KerasCall]
    /// A wrapped layer (Bidirectional: forward, backward), or a model's layers.
    private(set) var layers: [KerasLayer] = []
    /// For a model, what it is called with and what it gives.
    private(set) var inputs: [KerasReference] = []
    private(set) var outputs: [(name: String?, reference: KerasReference)] = []
    /// What the file keeps its shape as where no InputLayer says it.
    let builtShape: JSONValue

    init(_ json: JSONValue) throws(ImportFailure) {
        guard let type = json["class_name"].string else { throw .invalid("its description has a layer without a class") }
        self.type = String(type.split(separator: ">").last ?? "")
        config = json["config"]
        name = config["name"].string ?? json["name"].string ?? self.type
        isOperation = json["module"].string?.contains(".ops") ?? false
        isTrainable = config["trainable"].bool ?? true
        calls = try (json["inbound_nodes"].array ?? []).map { node throws(ImportFailure) in try KerasCall(node) }
        builtShape =
            [config["build_input_shape"], json["build_config"]["input_shape"], config["batch_input_shape"]]
            .first { !$0.isNull } ?? .null
        if isModel {
            try parseModel()
        } else if !config["layer"].isNull {
            layers = try wrapped()
        }
    }

    var isModel: Bool { ["Functional", "Model", "Sequential"].contains(type) }

    /// The shape of an InputLayer, `nil` for open extents.
    var inputShape: [Int?]? {
        let keys = ["batch_input_shape", "batch_shape", "shape"]
        return keys.lazy.compactMap { self.config[$0].array }.first.map { $0.map(\.integer) }
    }

    private func wrapped() throws(ImportFailure) -> [KerasLayer] {
        let inner = try KerasLayer(config["layer"])
        guard type == "Bidirectional" else { return [inner] }
        // Without a description of its own the backward layer is the forward one again, with weights of its own.
        return [inner, try KerasLayer(config["backward_layer"].isNull ? config["layer"] : config["backward_layer"])]
    }

    private func parseModel() throws(ImportFailure) {
        // The oldest Sequential files hold the list of layers alone.
        guard let list = config["layers"].array ?? config.array else {
            throw .invalid("model \(name) has no list of layers; a class of one's own cannot be read, a functional "
                + "model can")
        }
        layers = try list.map { json throws(ImportFailure) in try KerasLayer(json) }
        guard type != "Sequential" else { return }
        inputs = try KerasReference.list(config["input_layers"]).map(\.reference)
        outputs = try KerasReference.list(config["output_layers"])
        countCallsFromZero()
    }

    /// Keras counts the making of an inner model as its first use and does not write it: references to its uses start
    /// at 1.
    private func countCallsFromZero() {
        let references = layers.flatMap { $0.calls.flatMap(\.references) } + outputs.map(\.reference)
        let read = Dictionary(grouping: references, by: \.layer).mapValues { $0.map(\.call) }
        let shifted = layers.filter { layer in
            guard layer.isModel, let calls = read[layer.name], let last = calls.max() else { return false }
            return last == layer.calls.count && !calls.contains(0)
        }
        guard !shifted.isEmpty else { return }
        let names = Set(shifted.map(\.name))
        let move = { (old: KerasReference) in
            KerasReference(layer: old.layer, call: old.call - (names.contains(old.layer) ? 1 : 0), output: old.output)
        }
        for layer in layers { layer.calls = layer.calls.map { $0.mapReferences(move) } }
        outputs = outputs.map { ($0.name, move($0.reference)) }
    }
}

/// The output of one use of a layer.
struct KerasReference: Hashable {
    var layer: String
    var call: Int
    var output: Int

    init(layer: String, call: Int = 0, output: Int = 0) {
        self.layer = layer
        self.call = call
        self.output = output
    }

    /// From `["name", call, output, …]`.
    init?(_ json: JSONValue) {
        guard let items = json.array, (3...4).contains(items.count), let layer = items[0].string,
            let call = items[1].integer, let output = items[2].integer, call >= 0
        else { return nil }
        self.init(layer: layer, call: call, output: output)
    }

    /// A model's inputs or outputs: one, a list, or a dictionary of them.
    static func list(_ json: JSONValue) throws(ImportFailure) -> [(name: String?, reference: KerasReference)] {
        if let one = KerasReference(json) { return [(nil, one)] }
        if let members = json.object {
            var list: [(String?, KerasReference)] = []
            for key in members.keys.sorted() {
                for item in try Self.list(members[key]!) { list.append((key, item.reference)) }
            }
            return list
        }
        guard let items = json.array else { throw .invalid("its description lacks inputs or outputs") }
        var list: [(String?, KerasReference)] = []
        for item in items { list += try Self.list(item) }
        return list
    }
}

/// What a layer is called with: values computed by others, or known ones.
indirect enum KerasArgument {
    case tensor(KerasReference)
    case constant(JSONValue)
    case list([KerasArgument])

    /// All computed values, in order.
    var references: [KerasReference] {
        switch self {
        case .tensor(let reference): [reference]
        case .constant: []
        case .list(let items): items.flatMap(\.references)
        }
    }

    func mapReferences(_ move: (KerasReference) -> KerasReference) -> KerasArgument {
        switch self {
        case .tensor(let reference): .tensor(move(reference))
        case .constant: self
        case .list(let items): .list(items.map { $0.mapReferences(move) })
        }
    }
}

/// One use of a layer.
struct KerasCall {
    var arguments: [KerasArgument] = []
    var options: [String: KerasArgument] = [:]

    init(arguments: [KerasArgument] = []) { self.arguments = arguments }

    var references: [KerasReference] {
        arguments.flatMap(\.references) + options.sorted { $0.key < $1.key }.flatMap(\.value.references)
    }

    func mapReferences(_ move: (KerasReference) -> KerasReference) -> KerasCall {
        var call = self
        call.arguments = arguments.map { $0.mapReferences(move) }
        call.options = options.mapValues { $0.mapReferences(move) }
        return call
    }

    /// Keras 3 writes `{args, kwargs}`; Keras 2 a list of `[name, call, output, kwargs]`, or one such entry alone.
    init(_ json: JSONValue) throws(ImportFailure) {
        if json.object != nil {
            arguments = (json["args"].array ?? []).map(Self.modern)
            options = (json["kwargs"].object ?? [:]).mapValues(Self.modern)
        } else if let items = json.array {
            let entries = items.first?.string != nil ? [json] : items
            for entry in entries { try append(entry) }
        } else {
            throw .invalid("its description has a call of a layer that cannot be read")
        }
    }

    private mutating func append(_ entry: JSONValue) throws(ImportFailure) {
        if let reference = KerasReference(entry) {
            arguments.append(.tensor(reference))
        } else if entry[0].string == "_CONSTANT_VALUE" {
            arguments.append(.constant(entry[2]))
        } else {
            throw .invalid("its description has a call of a layer that cannot be read")
        }
        if let kwargs = entry[3].object {
            options.merge(kwargs.mapValues(Self.legacy)) { first, _ in first }
        }
    }

    private static func legacy(_ json: JSONValue) -> KerasArgument {
        if let items = json.array {
            if items.count == 3 || items.count == 4, items[0].string != nil, let reference = KerasReference(json) {
                return .tensor(reference)
            }
            if items.contains(where: { $0.array?.first?.string != nil }) { return .list(items.map(legacy)) }
        }
        return .constant(json)
    }

    private static func modern(_ json: JSONValue) -> KerasArgument {
        if json["class_name"].string == "__keras_tensor__",
            let reference = KerasReference(json["config"]["keras_history"])
        {
            return .tensor(reference)
        }
        if let items = json.array {
            let arguments = items.map(modern)
            return arguments.contains { !$0.references.isEmpty } ? .list(arguments) : .constant(json)
        }
        return .constant(json)
    }
}
