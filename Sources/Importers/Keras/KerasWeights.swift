/// Finds the weights of layers in a file.
///
/// Legacy files hold for every layer of the outermost model a group with the list of its weights' names, those of inner
/// layers included. Newer ones (`.keras`, `.weights.h5`) hold a group for every layer by its place in the model:
/// `layers/<class>_<count>/vars/<index>`.
struct KerasWeights {
    private let content: HDF5Content
    /// Of every layer with weights the datasets, in the order of `KerasVariables.all`.
    private var datasets: [ObjectIdentifier: [String]] = [:]
    /// Why a layer's weights were not found.
    private var problems: [ObjectIdentifier: String] = [:]

    init(_ content: HDF5Content, of model: KerasLayer) {
        self.content = content
        for root in ["/model_weights", "/"] where content.legacyNames("layer_names", of: root) != nil {
            readLegacy(model, root: root)
            return
        }
        let newer = ["/layers", "/_layer_checkpoint_dependencies"].first { !content.datasets(below: $0).isEmpty }
        if let newer { readPlaces(model.layers, at: newer) }
    }

    /// A weight by its declared name; `nil` where the class does not declare it.
    ///
    /// - Parameter shape: what it has to be.
    func weight(_ name: String, of layer: KerasLayer, shape: [Int]) throws(ImportFailure) -> [Float]? {
        guard let index = KerasVariables(layer)?.all.firstIndex(of: name) else { return nil }
        guard let found = datasets[ObjectIdentifier(layer)] else {
            throw .invalid(problems[ObjectIdentifier(layer)] ?? "has no weights in the file")
        }
        guard let given = content.shape(of: found[index]), let values = content.floats(of: found[index]) else {
            throw .invalid("\(name): the file lacks \(found[index])")
        }
        let flat = { (shape: [Int]) in shape.filter { $0 != 1 } }
        guard given == shape || (flat(given) == flat(shape) && name != "kernel") else {
            throw .invalid("\(name) has shape \(given) in the file, the description makes it \(shape)")
        }
        guard values.allSatisfy(\.isFinite) else { throw .invalid("\(name) holds values that are not finite numbers") }
        return values
    }

    /// The shape that a weight has in the file.
    func shape(_ name: String, of layer: KerasLayer) -> [Int]? {
        guard let index = KerasVariables(layer)?.all.firstIndex(of: name) else { return nil }
        return datasets[ObjectIdentifier(layer)].flatMap { content.shape(of: $0[index]) }
    }

    // MARK: By place

    private mutating func readPlaces(_ layers: [KerasLayer], at group: String) {
        var used: [String: Int] = [:]
        for layer in layers {
            let name = snakeCase(layer.type)
            let count = used[name, default: 0]
            used[name] = count + 1
            readPlace(layer, at: group + "/" + (count == 0 ? name : "\(name)_\(count)"))
        }
    }

    private mutating func readPlace(_ layer: KerasLayer, at group: String) {
        switch layer.type {
        case _ where layer.isModel:
            readPlaces(layer.layers, at: group + "/layers")
        case "TimeDistributed":
            readPlace(layer.layers[0], at: group + "/layer")
        case "Bidirectional":
            for (inner, place) in zip(layer.layers, ["/forward_layer", "/backward_layer"]) {
                readPlace(inner, at: group + place)
            }
        case "LSTM", "GRU", "SimpleRNN":
            assign(layer, group + "/cell/vars")
        default:
            assign(layer, group + "/vars")
        }
    }

    private mutating func assign(_ layer: KerasLayer, _ group: String) {
        guard let names = KerasVariables(layer)?.all, !names.isEmpty else { return }
        datasets[ObjectIdentifier(layer)] = names.indices.map { "\(group)/\($0)" }
    }

    // MARK: By name

    private mutating func readLegacy(_ model: KerasLayer, root: String) {
        for layer in model.layers {
            let group = root == "/" ? "/" + layer.name : root + "/" + layer.name
            let names = content.legacyNames("weight_names", of: group) ?? []
            let (trainable, fixed) = Self.variables(layer)
            let wanted = trainable + fixed
            guard !wanted.isEmpty else { continue }
            let inOrder = zip(wanted, names).allSatisfy { Self.isNamed($1, $0.name) }
            if wanted.count == names.count, inOrder {
                for (variable, name) in zip(wanted, names) { add(variable, group + "/" + name) }
            } else {
                searchLegacy(wanted, names, group)
            }
        }
    }

    /// By the names of the inner layers, where the order says nothing.
    private mutating func searchLegacy(_ wanted: [Variable], _ names: [String], _ group: String) {
        for variable in wanted {
            let found = names.filter {
                Self.isNamed($0, variable.name)
                    && (wanted.count <= variable.count || $0.split(separator: "/").contains { $0 == variable.layer.name })
            }
            if found.count == 1 {
                add(variable, group + "/" + found[0])
            } else {
                problems[ObjectIdentifier(variable.layer)] =
                    "\(variable.name): the file's group \(group) has \(found.count) such weights among \(names.count)"
            }
        }
        for variable in wanted where datasets[ObjectIdentifier(variable.layer)]?.count != variable.count {
            datasets[ObjectIdentifier(variable.layer)] = nil
        }
    }

    private mutating func add(_ variable: Variable, _ dataset: String) {
        var list = datasets[ObjectIdentifier(variable.layer)] ?? []
        // Trainable ones come first in both orders.
        list.append(dataset)
        datasets[ObjectIdentifier(variable.layer)] = list
    }

    private struct Variable {
        var layer: KerasLayer
        var name: String
        /// How many the layer has.
        var count: Int
    }

    /// The trainable and the fixed variables of a layer and all inside it, in Keras' order; all of a frozen layer are
    /// fixed.
    private static func variables(_ layer: KerasLayer) -> (trainable: [Variable], fixed: [Variable]) {
        let own = KerasVariables(layer)
        let make = { (name: String) in Variable(layer: layer, name: name, count: own?.all.count ?? 0) }
        var trainable = (own?.trainable ?? []).map(make)
        var fixed = (own?.fixed ?? []).map(make)
        var inner: [(trainable: [Variable], fixed: [Variable])] = []
        for layer in layer.layers { inner.append(variables(layer)) }
        if layer.isTrainable {
            trainable += inner.flatMap(\.trainable)
            fixed += inner.flatMap(\.fixed)
        } else {
            fixed = trainable + fixed + inner.flatMap { $0.trainable + $0.fixed }
            trainable = []
        }
        return (trainable, fixed)
    }

    /// Whether "block/conv/kernel:0" is called "kernel": its last part, or what stands behind the last underscore.
    private static func isNamed(_ path: String, _ name: String) -> Bool {
        let base = (path.split(separator: "/").last ?? "").split(separator: ":").first.map(String.init) ?? ""
        return base == name || base.hasSuffix("_" + name) || name.hasSuffix("_" + base)
    }
}

extension HDF5Content {
    /// A list of names; long ones are split into several attributes.
    fileprivate func legacyNames(_ attribute: String, of group: String) -> [String]? {
        if let names = texts(attribute, of: group) { return names }
        var names: [String] = []
        var part = 0
        while let more = texts("\(attribute)\(part)", of: group) {
            names += more
            part += 1
        }
        return part > 0 ? names : nil
    }
}

/// "BatchNormalization" → "batch_normalization", "PReLU" → "p_re_lu", as Keras does it.
func snakeCase(_ name: String) -> String {
    let scalars = name.filter { $0.isLetter || $0.isNumber || $0 == "_" }
    let words = scalars.replacing(/(.)([A-Z][a-z]+)/) { "\($0.1)_\($0.2)" }
    return words.replacing(/([a-z])([A-Z])/) { "\($0.1)_\($0.2)" }.lowercased()
}
