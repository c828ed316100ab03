/// All values of one run, each with memory of its own: any may be changed, and what follows computed again by
/// `FloatExecutor.compute`.
///
/// One thread at a time may use a store.
public final class ActivationStore {
    private let counts: [Int]
    private let pointers: [UnsafeMutablePointer<Float>?]

    public init(_ graph: Graph) {
        var used = Set(graph.nodes.flatMap { $0.inputs + [$0.output] } + graph.outputs)
        used.insert(graph.input)
        let counts = graph.values.map { $0.shape.reduce(1, *) }
        pointers = graph.values.indices.map { id in
            guard graph.constant(id) == nil, used.contains(id) else { return nil }
            let pointer = UnsafeMutablePointer<Float>.allocate(capacity: counts[id])
            pointer.initialize(repeating: 0, count: counts[id])
            return pointer
        }
        self.counts = counts
    }

    deinit { for pointer in pointers { pointer?.deallocate() } }

    /// An activation; empty for a constant and for a value that no node mentions.
    public subscript(id: ValueID) -> UnsafeMutableBufferPointer<Float> {
        guard let pointer = pointers[id] else { return UnsafeMutableBufferPointer(start: nil, count: 0) }
        return UnsafeMutableBufferPointer(start: pointer, count: counts[id])
    }
}
