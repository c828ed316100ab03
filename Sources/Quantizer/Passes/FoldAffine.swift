import FloatGraph

/// An affine function behind a convolution or dense layer that nobody else reads joins its weights.
enum FoldAffineBackward: GraphPass {
    static let name = "fold into the layer before"

    static func run(on graph: inout Graph) -> Int {
        var changes = 0
        let producers = graph.producers, consumers = graph.consumers
        for index in graph.nodes.indices {
            let node = graph.nodes[index]
            guard let affine = graph.affine(index), let producer = producers[node.inputs[0]],
                graph.isWeighted(graph.nodes[producer]), consumers[node.inputs[0]] == [index],
                !graph.outputs.contains(node.inputs[0])
            else { continue }
            graph.scaleOutputs(of: producer, by: affine)
            graph.nodes[producer].output = node.output
            graph.nodes[index].inputs = []
            changes += 1
        }
        graph.nodes.removeAll { $0.inputs.isEmpty }
        return changes
    }
}

/// An affine function in front of layers that can all take it joins their weights, through means and concatenations.
///
/// The network's input normalization stays where it is when the input's own scale and zero point can express it.
enum FoldAffineForward: GraphPass {
    static let name = "fold into the layers behind"

    static func run(on graph: inout Graph) -> Int {
        var changes = 0
        for index in graph.nodes.indices {
            let node = graph.nodes[index]
            guard let affine = graph.affine(index) else { continue }
            if node.inputs[0] == graph.input, InputNormalization(affine) != nil { continue }
            var absorption = Absorption(graph)
            guard absorption.absorb(affine, at: node.output) else { continue }
            graph = absorption.graph
            graph.replaceUses(of: node.output, with: node.inputs[0])
            changes += 1
        }
        return changes
    }
}

/// An affine function in front of a mean costs less behind it.
enum AffineAfterMean: GraphPass {
    static let name = "move behind the mean"

    static func run(on graph: inout Graph) throws(GraphError) -> Int {
        var changes = 0
        for index in graph.nodes.indices {
            let node = graph.nodes[index]
            let readers = graph.consumers[node.output]
            guard let affine = graph.affine(index), readers.count == 1, !graph.outputs.contains(node.output),
                case .reduce(.mean, let axes, _) = graph.nodes[readers[0]].kind,
                !axes.contains(graph.shape(node.output).count - 1)
            else { continue }
            let mean = graph.nodes[readers[0]]
            // mean of x first, then the affine function, which now makes the value that the mean made
            let unscaled = graph.addValue(graph.values[mean.output].name + ":unscaled", shape: graph.shape(mean.output))
            graph.nodes[readers[0]].inputs = [node.inputs[0]]
            graph.nodes[readers[0]].output = unscaled
            let behind = Node(
                name: node.name, kind: node.kind, inputs: [unscaled] + node.inputs.dropFirst(), output: mean.output)
            graph.nodes.insert(behind, at: readers[0] + 1)
            graph.nodes[index].inputs = []
            graph.write(affine, of: unscaled, to: readers[0] + 1)
            changes += 1
        }
        graph.nodes.removeAll { $0.inputs.isEmpty }
        return changes
    }
}

/// Tries to put an affine function into everything that reads a value.
private struct Absorption {
    var graph: Graph

    init(_ graph: Graph) { self.graph = graph }

    /// `false` when some reader cannot take it; `graph` is then half done and to be thrown away.
    mutating func absorb(_ affine: Affine, at value: ValueID) -> Bool {
        guard !graph.outputs.contains(value) else { return false }
        for index in graph.nodes.indices where graph.nodes[index].inputs.contains(value) {
            guard absorb(affine, into: index, at: value) else { return false }
        }
        return true
    }

    private mutating func absorb(_ affine: Affine, into index: Int, at value: ValueID) -> Bool {
        let node = graph.nodes[index]
        switch node.kind {
        case .dense, .lstm:
            graph.scaleInputs(of: index, by: affine)
            return true
        case .convolution, .depthwise:
            guard !graph.isPadded(node) || affine.offset.allSatisfy({ $0 == 0 }) else { return false }
            graph.scaleInputs(of: index, by: affine)
            return true
        case .reduce(.mean, let axes, _):
            guard !axes.contains(graph.shape(value).count - 1) else { return false }
            return passOn(affine, through: node)
        case .reshape:
            guard graph.shape(value).last == graph.shape(node.output).last else { return false }
            return passOn(affine, through: node)
        case .concatenate(let axis) where axis == graph.shape(value).count - 1:
            var wide = Affine(scale: [], offset: [])
            for input in node.inputs {
                let part = input == value ? affine : .identity(graph.shape(input).last!)
                wide.scale += part.scale
                wide.offset += part.offset
            }
            return passOn(wide, through: node)
        default:
            return false
        }
    }

    /// The node's output loses the affine function and so the right to its name.
    private mutating func passOn(_ affine: Affine, through node: Node) -> Bool {
        guard absorb(affine, at: node.output) else { return false }
        graph.values[node.output].name += ":unscaled"
        return true
    }
}
