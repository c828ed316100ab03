/// Places for the nodes of a graph without cycles: a node lies below all that it reads, and edges that pass other nodes
/// have lanes of their own.
struct LayeredLayout {
    struct Place: Equatable {
        var layer: Int
        var slot: Int
    }

    /// By node.
    private(set) var places: [Place]
    /// By node: the lane of its edges below it, one place a layer, as far as its last reader needs it.
    private(set) var lanes: [[Place]]
    private(set) var layerCount = 0
    /// By slot: whether a node lies in it somewhere; other slots are lanes only.
    private(set) var holdsNodes: [Bool] = []

    /// - Parameter predecessors: for every node those that it reads, each of a lower index.
    init(predecessors: [[Int]]) {
        places = Array(repeating: Place(layer: 0, slot: 0), count: predecessors.count)
        lanes = Array(repeating: [], count: predecessors.count)
        var lastReader = Array(repeating: 0, count: predecessors.count)
        var layers: [[Int]] = []
        for (node, sources) in predecessors.enumerated() {
            let layer = sources.reduce(0) { max($0, places[$1].layer + 1) }
            places[node].layer = layer
            while layers.count <= layer { layers.append([]) }
            layers[layer].append(node)
            for source in sources { lastReader[source] = max(lastReader[source], layer) }
        }
        layerCount = layers.count
        for (layer, nodes) in layers.enumerated() { place(nodes, layer, predecessors, lastReader) }
    }

    private mutating func place(_ nodes: [Int], _ layer: Int, _ predecessors: [[Int]], _ lastReader: [Int]) {
        var taken: Set<Int> = []
        func free(from slot: Int) -> Int {
            var slot = slot
            while taken.contains(slot) { slot += 1 }
            return slot
        }
        let passing = places.indices.filter { places[$0].layer < layer && lastReader[$0] > layer }
        for node in passing {
            guard let lane = lanes[node].last else { continue }
            lanes[node].append(Place(layer: layer, slot: lane.slot))
            taken.insert(lane.slot)
        }
        func wish(_ node: Int) -> Int {
            predecessors[node].map { lanes[$0].last?.slot ?? places[$0].slot }.min() ?? 0
        }
        for (node, slot) in nodes.map({ ($0, wish($0)) }).sorted(by: { ($0.1, $0.0) < ($1.1, $1.0) }) {
            places[node].slot = free(from: slot)
            occupy(places[node].slot, byNode: true, &taken)
        }
        for node in passing where lanes[node].isEmpty {
            let slot = free(from: places[node].slot)
            lanes[node].append(Place(layer: layer, slot: slot))
            occupy(slot, byNode: false, &taken)
        }
    }

    private mutating func occupy(_ slot: Int, byNode: Bool, _ taken: inout Set<Int>) {
        taken.insert(slot)
        while holdsNodes.count <= slot { holdsNodes.append(false) }
        if byNode { holdsNodes[slot] = true }
    }
}
