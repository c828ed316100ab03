import FloatGraph
import ONNXFormat

/// The network's input and outputs.
extension ONNXImporter {
    mutating func declareInput() throws(ImportFailure) {
        let inputs = source.input.filter { initializers[$0.name] == nil }
        let pictures = try options.pictures(among: inputs.map(\.name))
        let input = inputs.first { $0.name == pictures }!
        for other in inputs where other.name != pictures { try hold(other) }
        let type = input.type.tensorType
        let accepted: [ONNXElementType] = [.float, .float16, .double, .uint8]
        guard let element = ONNXElementType(rawValue: type.elemType), accepted.contains(element) else {
            throw .invalid("input \(input.name) has element type \(type.elemType), needs float")
        }
        let (shape, order) = try inputLayout(input)
        let memory = order.map { shape[$0] }
        try graph.declareInput(input.name, shape: memory)
        let view = View(graph.input, shape: memory, order: Array(memory.indices))
        // A clip [1, T, C, H, W] is a batch of frames with an axis of extent 1 in front.
        var axes = Array(repeating: [Int](), count: shape.count)
        for (j, axis) in order.enumerated() { axes[axis] = view.axes[j] }
        let leading = type.shape.dim.count - shape.count
        operands[input.name] = .activation(View(graph.input, axes: Array(repeating: [], count: leading) + axes))
    }

    /// An input beside the pictures becomes a constant; extents that are open are 1.
    private mutating func hold(_ input: Onnx_ValueInfoProto) throws(ImportFailure) {
        let type = input.type.tensorType
        let shape = type.shape.dim.map { dim in
            if case .dimValue(let extent) = dim.value, extent > 0 { Int(extent) } else { 1 }
        }
        guard let element = ONNXElementType(rawValue: type.elemType) else {
            throw .invalid("input \(input.name) has element type \(type.elemType), needs numbers")
        }
        let isInteger = ![.float, .float16, .bfloat16, .double].contains(element)
        operands[input.name] = .constant(try options.constant(input.name, shape: shape, isInteger: isInteger))
    }

    /// The input's shape with everything open fixed, without a clip's leading 1, and the order of its axes in memory.
    private func inputLayout(_ input: Onnx_ValueInfoProto) throws(ImportFailure) -> (shape: [Int], order: [Int]) {
        let dims = input.type.tensorType.shape.dim
        let isClip = dims.count == 5
        var open: [Int] = []
        var shape: [Int] = []
        for (axis, dim) in dims.enumerated() {
            if case .dimValue(let extent) = dim.value, extent > 0 {
                shape.append(Int(extent))
            } else {
                open.append(axis)
                shape.append(1)
            }
        }
        if open.contains(0) { shape[0] = isClip ? 1 : options.frames ?? options.batch ?? 1 }
        if isClip {
            guard shape[0] == 1 else {
                throw .invalid("input \(input.name) holds \(shape[0]) clips at once, needs one")
            }
            if open.contains(1) { shape[1] = options.frames ?? 1 }
            shape.removeFirst()
            open = open.filter { $0 > 1 }.map { $0 - 1 }
        }
        open.removeAll { $0 == 0 }
        guard (1...4).contains(shape.count) else {
            throw .invalid("input \(input.name) has shape \(shape), needs [N, C, H, W] or [N, H, W, C]")
        }
        guard shape.count == 4 else {
            for axis in open { shape[axis] = try sequenceExtent(axis, input.name) }
            let isConvolved = source.node.contains { $0.opType == "Conv" && $0.input.first == input.name }
            return (shape, shape.count == 3 && isConvolved ? [0, 2, 1] : Array(shape.indices))
        }
        let isChannelFirst = hasChannelsFirst(shape, open)
        let (channel, height, width) = isChannelFirst ? (1, 2, 3) : (3, 1, 2)
        for axis in open {
            let given = axis == channel ? 3 : axis == height ? options.height : axis == width ? options.width : nil
            guard let given else {
                throw .invalid(
                    "input \(input.name) leaves its axis \(axis) open; give the picture's --height and --width")
            }
            shape[axis] = given
        }
        return (shape, isChannelFirst ? [0, 2, 3, 1] : [0, 1, 2, 3])
    }

    /// Pictures have three channels, or one, or four; where neither end or both have, channels come first.
    private func hasChannelsFirst(_ shape: [Int], _ open: [Int]) -> Bool {
        for colours in [[3], [1, 4]] {
            if !open.contains(1), colours.contains(shape[1]) { return true }
            if !open.contains(3), colours.contains(shape[3]) { return false }
        }
        return true
    }

    private func sequenceExtent(_ axis: Int, _ name: String) throws(ImportFailure) -> Int {
        guard let width = options.width else {
            throw .invalid("input \(name) leaves its axis \(axis) open; give its extent as --width")
        }
        return width
    }

    /// The outputs that are wanted, in order.
    mutating func outputNames() throws(ImportFailure) -> [String] {
        let names = options.outputs.isEmpty ? source.output.map(\.name) : options.outputs
        guard !names.isEmpty else { throw .invalid("has no output") }
        let computed = Set(source.node.flatMap(\.output))
        for name in options.outputs where !computed.contains(name) {
            throw .invalid("no node computes the output \(name) that is asked for")
        }
        var producers: [String: (op: String, input: String)] = [:]
        for node in source.node {
            for output in node.output { producers[output] = node.input.first.map { (node.opType, $0) } }
        }
        return Decisions.cut(from: names, producer: { producers[$0] }) { output, op, scores in
            graph.notes.append(Decisions.note(output, op, scores))
        }
    }

    mutating func declareOutputs(_ names: [String]) throws(ImportFailure) {
        for name in names {
            if case .missing(let reason)? = operands[name] { throw .unsupported(reason) }
            guard case .activation(let view)? = operands[name], view.value != graph.input else {
                throw .invalid("output \(name) is not computed from the input")
            }
            try graph.declareOutput(name, try outputValue(view))
        }
    }

    /// Pictures stay channel-last; what the view alone has made of rows and vectors becomes their shape.
    private mutating func outputValue(_ view: View) throws(ImportFailure) -> ValueID {
        let natural = Array(0..<view.rank), channelLast = View.channelLast(rank: view.rank)
        let candidates = view.rank == 4 ? [natural, channelLast] : [natural, view.memoryOrder]
        guard let order = candidates.first(where: view.isInMemoryOrder) else {
            return try value(view, order: channelLast)
        }
        let isPicture = view.rank > 3 && graph.shape(view.value).count == view.rank
        return view.rank < 2 || isPicture ? view.value : try value(view, order: order)
    }
}
