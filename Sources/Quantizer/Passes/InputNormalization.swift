import FloatGraph

/// A normalization (x − centre) · scale that the input tensor's own quantization expresses without a rounding: one
/// scale for all channels and a whole centre, so that padding with zero is a pixel value.
struct InputNormalization: Equatable {
    var centre: Int
    var scale: Double

    init?(_ affine: Affine) {
        guard let common = affine.centres, let scale = affine.scale.first, scale > 0,
            affine.scale.allSatisfy({ abs($0 - scale) <= 1e-6 * scale })
        else { return nil }
        self.centre = common
        self.scale = scale
    }
}

extension Affine {
    /// The x in 0…255 that becomes zero, when it is a whole number and the same for all channels.
    fileprivate var centres: Int? {
        let all = zip(scale, offset).map { $0 == 0 ? .nan : -$1 / $0 }
        guard let first = all.first, first.isFinite else { return nil }
        let centre = first.rounded()
        guard (0...255).contains(centre), all.allSatisfy({ abs($0 - centre) < 1e-4 }) else { return nil }
        return Int(centre)
    }
}

/// A normalization with one centre and several scales: the scales move on into the first layer's weights, where padding
/// stays exact, and the centre remains for the input's zero point.
enum SplitInputNormalization: GraphPass {
    static let name = "split the input normalization"

    static func run(on graph: inout Graph) throws(GraphError) -> Int {
        guard let index = graph.nodes.firstIndex(where: { $0.inputs.first == graph.input }),
            let affine = graph.affine(index), InputNormalization(affine) == nil, let centre = affine.centres,
            affine.scale.allSatisfy({ $0 > 0 })
        else { return 0 }
        let node = graph.nodes[index]
        let centred = graph.addValue(graph.values[node.output].name + ":centred", shape: graph.shape(node.output))
        let channels = affine.channels
        let shift = Affine(
            scale: Array(repeating: 1, count: channels), offset: Array(repeating: -Double(centre), count: channels))
        let stretch = Affine(scale: affine.scale, offset: Array(repeating: 0, count: channels))
        graph.nodes[index].output = centred
        let scaling = Node(name: node.name + ":scale", kind: node.kind, inputs: [], output: node.output)
        graph.nodes.insert(scaling, at: index + 1)
        graph.write(shift, of: graph.input, to: index)
        graph.write(stretch, of: centred, to: index + 1)
        return 1
    }
}
