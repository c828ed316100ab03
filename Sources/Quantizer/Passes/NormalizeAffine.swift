import FloatGraph

/// Batch normalizations, negations and arithmetic with constants take one normal form.
enum NormalizeAffine: GraphPass {
    static let name = "arithmetic with constants to affine form"

    static func run(on graph: inout Graph) -> Int {
        var changes = 0
        for index in graph.nodes.indices {
            guard let affine = graph.affine(index) else { continue }
            graph.write(affine, of: Affine.input(of: graph.nodes[index], in: graph), to: index)
            changes += 1
        }
        return changes
    }
}

/// An affine function of an affine function is one.
enum MergeAffine: GraphPass {
    static let name = "merge affine functions"

    static func run(on graph: inout Graph) -> Int {
        var changes = 0
        let producers = graph.producers
        for index in graph.nodes.indices {
            guard let affine = graph.affine(index), let producer = producers[graph.nodes[index].inputs[0]],
                let earlier = graph.affine(producer)
            else { continue }
            graph.write(earlier.followed(by: affine), of: graph.nodes[producer].inputs[0], to: index)
            changes += 1
        }
        return changes
    }
}
