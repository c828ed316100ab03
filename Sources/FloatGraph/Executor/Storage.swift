/// A graph's constants at stable addresses.
final class ConstantStorage: @unchecked Sendable {
    private(set) var pointers: [UnsafeMutablePointer<Float>?]

    init(_ graph: Graph) {
        let used = Set(graph.nodes.flatMap(\.inputs) + graph.outputs)
        pointers = graph.values.enumerated().map { id, value in
            guard let constant = value.constant, used.contains(id) else { return nil }
            let pointer = UnsafeMutablePointer<Float>.allocate(capacity: constant.count)
            constant.values.withUnsafeBufferPointer { pointer.initialize(from: $0.baseAddress!, count: $0.count) }
            return pointer
        }
    }

    deinit { for pointer in pointers { pointer?.deallocate() } }
}

/// The memory of one run at a time: the activations' block, and every value's address.
final class Workspace {
    let pointers: [UnsafeMutablePointer<Float>]
    private let block: UnsafeMutablePointer<Float>
    private let constants: ConstantStorage

    init(_ plan: MemoryPlan, _ constants: ConstantStorage) {
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(1, plan.size) * 4, alignment: 64)
        let block = raw.bindMemory(to: Float.self, capacity: plan.size)
        block.initialize(repeating: 0, count: plan.size)
        self.block = block
        self.constants = constants
        pointers = zip(plan.offsets, constants.pointers).map { offset, constant in constant ?? block + (offset ?? 0) }
    }

    deinit { block.deallocate() }

    func buffer(_ id: ValueID, _ graph: Graph) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: pointers[id], count: graph.shape(id).reduce(1, *))
    }
}
