/// Where every activation lives in one block of memory: a value's place is free again after its last use.
struct MemoryPlan {
    /// In floats from the block's start; `nil` for constants and unused values.
    private(set) var offsets: [Int?]
    /// In floats.
    private(set) var size = 0

    /// Places start at multiples of so many floats: 64 bytes.
    private static let alignment = 16

    private struct Block {
        var count: Int
        var firstStep: Int
        var lastStep: Int
        var offset = 0
    }

    init(_ graph: Graph) {
        offsets = Array(repeating: nil, count: graph.values.count)
        var owner = Array(graph.values.indices)
        var blocks: [ValueID: Block] = [:]
        let lastUses = MemoryPlan.lastUses(graph)
        blocks[graph.input] = Block(count: graph.count(graph.input), firstStep: -1, lastStep: lastUses[graph.input])
        for (step, node) in graph.nodes.enumerated() {
            let x = owner[node.inputs[0]]
            if let block = blocks[x], node.kind == .reshape || (block.lastStep <= step && graph.canOverwrite(node)) {
                owner[node.output] = x
                blocks[x]!.lastStep = max(block.lastStep, lastUses[node.output])
            } else {
                let count = graph.count(node.output)
                blocks[node.output] = Block(count: count, firstStep: step, lastStep: max(step, lastUses[node.output]))
            }
        }
        place(&blocks)
        for id in owner.indices { offsets[id] = blocks[owner[id]]?.offset }
    }

    /// The step of every value's last reader; past the end for outputs.
    private static func lastUses(_ graph: Graph) -> [Int] {
        var steps = Array(repeating: -1, count: graph.values.count)
        for (step, node) in graph.nodes.enumerated() {
            for id in node.inputs { steps[id] = step }
        }
        for id in graph.outputs { steps[id] = graph.nodes.count }
        return steps
    }

    /// Largest first, each at the lowest place that is free during its whole life.
    private mutating func place(_ blocks: inout [ValueID: Block]) {
        var placed: [Block] = []
        for id in blocks.keys.sorted(by: { (blocks[$1]!.count, $0) < (blocks[$0]!.count, $1) }) {
            var block = blocks[id]!
            let neighbours = placed
                .filter { $0.firstStep <= block.lastStep && block.firstStep <= $0.lastStep }
                .sorted { $0.offset < $1.offset }
            for neighbour in neighbours where block.offset + block.count > neighbour.offset {
                let end = neighbour.offset + neighbour.count
                block.offset = max(block.offset, (end + Self.alignment - 1) / Self.alignment * Self.alignment)
            }
            size = max(size, block.offset + block.count)
            placed.append(block)
            blocks[id] = block
        }
    }
}

extension Graph {
    fileprivate func count(_ id: ValueID) -> Int { shape(id).reduce(1, *) }

    /// Whether the output may be written over the first input, element by element.
    fileprivate func canOverwrite(_ node: Node) -> Bool {
        switch node.kind {
        case .unary, .prelu, .batchNormalization, .layerNormalization: true
        case .arithmetic: shape(node.inputs[0]) == shape(node.output) && constant(node.inputs[1]) != nil
        default: false
        }
    }
}
