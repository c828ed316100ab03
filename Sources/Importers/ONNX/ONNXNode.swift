import ONNXFormat

extension Onnx_GraphProto {
    /// What its nodes and those of their branches read, and outputs that none of its nodes computes.
    var namesRead: Set<String> {
        var names = Set(output.map(\.name)).subtracting(node.flatMap(\.output))
        names.formUnion(node.flatMap(\.input))
        for attribute in node.flatMap(\.attribute) where attribute.hasG { names.formUnion(attribute.g.namesRead) }
        return names
    }
}

/// One node of the file with its attributes by name.
struct ONNXNode {
    let name: String
    let op: String
    /// Names; empty where an optional input is left out.
    let inputs: [String]
    let outputs: [String]
    private let attributes: [String: Onnx_AttributeProto]

    init(_ proto: Onnx_NodeProto, index: Int) {
        name = proto.name.isEmpty ? "\(proto.opType) #\(index)" : proto.name
        op = ["", "ai.onnx"].contains(proto.domain) ? proto.opType : "\(proto.domain).\(proto.opType)"
        inputs = proto.input
        outputs = proto.output
        attributes = Dictionary(proto.attribute.map { ($0.name, $0) }) { $1 }
    }

    /// A step of what `node` means, with its attributes and others.
    init(_ op: ONNXOperator, inputs: [String], output: String, of node: ONNXNode, _ others: [String: [Int]]) {
        name = node.name
        self.op = op.rawValue
        self.inputs = inputs
        outputs = [output]
        attributes = node.attributes.merging(others.map { key, values in
            (key, Onnx_AttributeProto.with {
                $0.ints = values.map(Int64.init)
                $0.i = $0.ints.first ?? 0
            })
        }) { $1 }
    }

    /// The name of an input, `nil` where it is left out.
    func input(_ index: Int) -> String? {
        index < inputs.count && !inputs[index].isEmpty ? inputs[index] : nil
    }

    func output(_ index: Int) -> String? {
        index < outputs.count && !outputs[index].isEmpty ? outputs[index] : nil
    }

    var hasFiniteAttributes: Bool {
        attributes.values.allSatisfy { $0.f.isFinite && $0.floats.allSatisfy(\.isFinite) }
    }

    func has(_ attribute: String) -> Bool { attributes[attribute] != nil }
    func integer(_ name: String, default value: Int) -> Int { attributes[name].map { Int($0.i) } ?? value }
    func float(_ name: String, default value: Float) -> Float { attributes[name]?.f ?? value }
    func integers(_ name: String) -> [Int]? { attributes[name].map { $0.ints.map(Int.init) } }
    func floats(_ name: String) -> [Float]? { attributes[name]?.floats }
    func string(_ name: String) -> String? { attributes[name].map { String(decoding: $0.s, as: UTF8.self) } }
    func strings(_ name: String) -> [String]? {
        attributes[name].map { $0.strings.map { String(decoding: $0, as: UTF8.self) } }
    }
    func tensor(_ name: String) -> Onnx_TensorProto? { attributes[name].flatMap { $0.hasT ? $0.t : nil } }
    func graph(_ name: String) -> Onnx_GraphProto? { attributes[name].flatMap { $0.hasG ? $0.g : nil } }
    /// The bodies of If, Loop and the like.
    var graphs: [Onnx_GraphProto] { attributes.values.filter(\.hasG).map(\.g) }
}
