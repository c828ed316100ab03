import ONNXFormat

/// Puts the bodies of a model's own functions in the place of their calls.
///
/// Names inside a body get the call's first result in front, which no other call has. ONNX asks that the operators of a
/// body mean the same in the graph's operator sets, so these need no translation.
struct FunctionInliner {
    private struct Key: Hashable, CustomStringConvertible {
        var domain, name, overload: String

        var description: String { domain.isEmpty ? name : "\(domain).\(name)" }
    }

    /// What the names and attributes of a body stand for where it is called.
    private struct Call {
        var prefix: String
        var names: [String: String]
        var attributes: [String: Onnx_AttributeProto]

        func name(_ local: String) -> String { local.isEmpty ? "" : names[local] ?? "\(prefix)/\(local)" }
    }

    private let functions: [Key: Onnx_FunctionProto]
    /// Functions that are being put in place, the outermost first.
    private var open: [Key] = []
    /// How many more nodes there may be: functions that call functions must not multiply without end.
    private var budget = 1 << 17

    private init(_ functions: [Onnx_FunctionProto]) {
        self.functions = Dictionary(
            functions.map { (Key(domain: $0.domain, name: $0.name, overload: $0.overload), $0) }) { $1 }
    }

    /// The model's graph without calls.
    static func graph(of model: Onnx_ModelProto) throws(ImportFailure) -> Onnx_GraphProto {
        guard !model.functions.isEmpty else { return model.graph }
        var inliner = FunctionInliner(model.functions)
        var graph = model.graph
        graph.node = try inliner.inlined(graph.node, in: nil)
        return graph
    }

    private mutating func inlined(_ nodes: [Onnx_NodeProto], in call: Call?) throws(ImportFailure) -> [Onnx_NodeProto] {
        var result: [Onnx_NodeProto] = []
        for node in nodes {
            budget -= 1
            guard budget >= 0 else { throw .invalid("its functions grow beyond what can be meant") }
            var node = node
            if let call { rename(&node, in: call) }
            for index in node.attribute.indices where node.attribute[index].hasG {
                try inline(&node.attribute[index].g, in: call)
            }
            let key = Key(domain: node.domain, name: node.opType, overload: node.overload)
            if let function = functions[key] {
                result += try body(of: function, key, calledBy: node)
            } else {
                result.append(node)
            }
        }
        return result
    }

    /// A branch's graph reads the names around it.
    private mutating func inline(_ graph: inout Onnx_GraphProto, in call: Call?) throws(ImportFailure) {
        if let call {
            graph.initializer = graph.initializer.map { $0.renamed(call.name($0.name)) }
            graph.input = graph.input.map { $0.renamed(call.name($0.name)) }
            graph.output = graph.output.map { $0.renamed(call.name($0.name)) }
        }
        graph.node = try inlined(graph.node, in: call)
    }

    private func rename(_ node: inout Onnx_NodeProto, in call: Call) {
        node.input = node.input.map(call.name)
        node.output = node.output.map(call.name)
        node.name = node.name.isEmpty ? "" : "\(call.prefix)/\(node.name)"
        node.attribute = node.attribute.compactMap { attribute in
            guard !attribute.refAttrName.isEmpty else { return attribute }
            var given = call.attributes[attribute.refAttrName]
            given?.name = attribute.name
            return given
        }
    }

    private mutating func body(
        of function: Onnx_FunctionProto, _ key: Key, calledBy node: Onnx_NodeProto
    ) throws(ImportFailure) -> [Onnx_NodeProto] {
        guard !open.contains(key) else { throw .invalid("function \(key) calls itself, so the network has no end") }
        guard let prefix = node.output.first(where: { !$0.isEmpty }) else { return [] }
        guard node.input.count <= function.input.count, node.output.count <= function.output.count else {
            throw .invalid("function \(key) is called with more inputs or outputs than it has")
        }
        var call = Call(prefix: prefix, names: [:], attributes: [:])
        for (index, local) in function.input.enumerated() {
            call.names[local] = index < node.input.count ? node.input[index] : ""
        }
        for (local, name) in zip(function.output, node.output) where call.names[local] == nil && !name.isEmpty {
            call.names[local] = name
        }
        for attribute in function.attributeProto + node.attribute { call.attributes[attribute.name] = attribute }
        open.append(key)
        var nodes = try inlined(function.node, in: call)
        open.removeLast()
        // An input that is given back, or a value given twice.
        for (local, name) in zip(function.output, node.output) where !name.isEmpty && call.name(local) != name {
            nodes.append(.with {
                $0.opType = "Identity"
                $0.input = [call.name(local)]
                $0.output = [name]
            })
        }
        return nodes
    }
}

extension Onnx_TensorProto {
    fileprivate func renamed(_ name: String) -> Self {
        var tensor = self
        tensor.name = name
        return tensor
    }
}

extension Onnx_ValueInfoProto {
    fileprivate func renamed(_ name: String) -> Self {
        var value = self
        value.name = name
        return value
    }
}
