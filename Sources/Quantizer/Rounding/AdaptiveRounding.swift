import FloatGraph
import Foundation

/// Rounds a network's weights layer after layer on calibration inputs.
///
/// Each layer's integers are fitted to what the float network computes from the float inputs, while its own inputs are
/// those that the layers before, already integers, give: so a layer makes up for the errors in front of it where it
/// can, and its bias for their mean.
struct AdaptiveRounding {
    let graph: Graph
    /// By value: how it is quantized; values without are kept as they are.
    let quantizations: [ValueID: Quantization]
    let threads: Int
    /// Whether weights are rounded by least squares; otherwise to nearest, and only biases are fitted.
    let isAdaptive: Bool
    /// Nodes whose weights keep their precision: only their biases are fitted.
    let wideWeights: Set<Int>
    let damping: Double

    /// By the value that the layer computes.
    ///
    /// - Parameter progress: takes the share of the work that is done, 0…1.
    func run(_ inputs: [FloatTensor], progress: (Double) -> Void = { _ in }) throws(GraphError) -> [ValueID: RefinedLayer] {
        // what is kept between stages, of both networks, stays within 256 MB
        let limit = 32 * 1024 * 1024 / max(1, inputs.count)
        let stages = Stage.split(graph, limit: limit)
        var float = inputs.map(\.values), integer = float
        var layers: [ValueID: RefinedLayer] = [:]
        let costs = stages.map { work(in: $0, inputs.count) }
        let total = costs.reduce(0) { $0 + $1.values.reduce(0, +) }
        var done = 0.0
        for (stage, costs) in zip(stages, costs) {
            try StageRounding(self, stage, limit: limit).run(&float, &integer, into: &layers) { layer in
                done += costs[layer] ?? 0
                progress(min(1, done / max(total, 1)))
            }
        }
        return layers
    }

    /// About how long each layer of a stage takes: the stage runs on to it on all inputs, then its moments are summed and
    /// factored, and its rows rounded.
    private func work(in stage: Stage, _ inputs: Int) -> [Int: Double] {
        var costs: [Int: Double] = [:], before = 0.0
        for index in stage.nodes {
            let node = graph.nodes[index]
            before += Double(graph.multiplyAdds(node) + 8 * graph.shape(node.output).reduce(1, *)) * Double(inputs)
            guard LayerRows.describe(node) else { continue }
            let rows = LayerRows(node, in: graph)
            let width = Double(rows.isDepthwise ? rows.width / rows.outputs : rows.width)
            costs[index] = before + width * width * (8192 + width + 6 * Double(rows.outputs))
            before = 0
        }
        return costs
    }
}

/// One stage: the float network's wanted outputs first, then layer after layer.
private final class StageRounding {
    private let rounding: AdaptiveRounding
    private let stage: Stage
    private let graph: Graph
    private var integers: Graph
    private let heldOut: Int
    /// The most elements to keep of an input between layers.
    private let limit: Int
    /// How far the integer network has been run, and what the rest of it reads, by input.
    private var reached = 0
    private let lock = NSLock()
    private var kept: [[(value: ValueID, numbers: [Float])]] = []

    init(_ rounding: AdaptiveRounding, _ stage: Stage, limit: Int) {
        self.rounding = rounding
        self.stage = stage
        self.limit = limit
        graph = stage.graph(of: rounding.graph)
        integers = graph
        heldOut = 4
    }

    func run(
        _ float: inout [[Float]], _ integer: inout [[Float]], into layers: inout [ValueID: RefinedLayer],
        finished: (Int) -> Void
    ) throws(GraphError) {
        let weighted = graph.nodes.indices.filter { LayerRows.describe(graph.nodes[$0]) }
        let samples = float.count
        var wanted: [Int: [[Float]]] = [:]
        let shapes = Dictionary(uniqueKeysWithValues: weighted.map { ($0, LayerRows(graph.nodes[$0], in: graph)) })
        let perSample = shapes.mapValues { rows in
            let wantedRows = rows.isDepthwise ? 3072 : min(max(4096, 3 * rows.width), 8192)
            return min(rows.positions, max(1, wantedRows / samples))
        }
        for index in weighted { wanted[index] = Array(repeating: [], count: samples) }
        // the float network: outputs of every layer at chosen positions
        let executor = try FloatExecutor(graph, threads: 1)
        let output = graph.outputs[0]
        // every sample's numbers go as soon as those behind the stage take their place
        var next = float
        kept = integer.map { [(graph.input, $0)] }
        (float, integer) = ([], [])
        eachSample(samples) { sample, store in
            _ = store[graph.input].update(fromContentsOf: lock.withLock { next[sample] })
            var found: [Int: [Float]] = [:]
            for index in graph.nodes.indices {
                executor.compute(index, in: store)
                guard let rows = shapes[index] else { continue }
                let values = store[graph.nodes[index].output]
                var picked: [Float] = []
                for position in rows.chosen(perSample[index]!, seed: sample) {
                    picked += values[position * rows.outputs..<(position + 1) * rows.outputs]
                }
                found[index] = picked
            }
            let last = Array(store[output])
            lock.withLock {
                for (index, rows) in found { wanted[index]![sample] = rows }
                next[sample] = last
            }
        }
        float = next
        for index in weighted {
            let refined = try refine(index, shapes[index]!, wanted[index]!, perSample[index]!)
            wanted[index] = nil
            layers[graph.nodes[index].output] = refined
            apply(refined, to: index)
            finished(stage.nodes.lowerBound + index)
        }
        let final = try FloatExecutor(integers, threads: 1)
        var after = [[Float]](repeating: [], count: samples)
        eachSample(samples) { sample, store in
            run(final, store, upTo: graph.nodes.count, sample)
            let last = Array(store[output])
            lock.withLock {
                after[sample] = last
                kept[sample] = []
            }
        }
        integer = after
    }

    /// The integer network's values, rounded one after the other, from where the layer before left off.
    private func run(_ executor: FloatExecutor, _ store: ActivationStore, upTo end: Int, _ sample: Int) {
        for (value, numbers) in lock.withLock({ kept[sample] }) { _ = store[value].update(fromContentsOf: numbers) }
        for index in reached..<end {
            executor.compute(index, in: store)
            let value = graph.nodes[index].output
            rounding.quantizations[value]?.roundTrip(store[value])
        }
    }

    /// The values that nodes from `index` on read and that are computed before them; empty where they are too large to be
    /// kept.
    private func alive(at index: Int) -> [ValueID] {
        let read = Set(graph.nodes[index...].flatMap(\.inputs) + graph.outputs)
        let alive = ([graph.input] + graph.nodes[..<index].map(\.output)).filter(read.contains)
        return alive.reduce(0) { $0 + graph.shape($1).reduce(1, *) } <= limit ? alive : []
    }

    private func refine(
        _ index: Int, _ rows: LayerRows, _ wanted: [[Float]], _ perSample: Int
    ) throws(GraphError) -> RefinedLayer {
        let node = graph.nodes[index]
        let isDepthwise = rows.isDepthwise
        let isExact = rounding.wideWeights.contains(stage.nodes.lowerBound + index)
        let executor = try FloatExecutor(integers, threads: 1)
        let isFitted = rounding.isAdaptive && !isExact
        var fitted = LayerMoments(rows, hasProducts: isFitted), judging = fitted
        let samples = wanted.count
        let alive = alive(at: index)
        let batch = max(1, min(samples, 8_000_000 / max(1, rows.width * perSample)))
        let buffer = UnsafeMutablePointer<Float>.allocate(capacity: batch * perSample * rows.width)
        defer { buffer.deallocate() }
        for first in stride(from: 0, to: samples, by: batch) {
            let count = min(batch, samples - first)
            eachSample(count) { place, store in
                run(executor, store, upTo: index, first + place)
                if !alive.isEmpty {
                    let numbers = alive.map { ($0, Array(store[$0])) }
                    lock.withLock { kept[first + place] = numbers }
                }
                let x = UnsafePointer(store[node.inputs[0]].baseAddress!)
                for (i, position) in rows.chosen(perSample, seed: first + place).enumerated() {
                    rows.gather(position, of: x, into: buffer + (place * perSample + i) * rows.width)
                }
            }
            for place in 0..<count {
                wanted[first + place].withUnsafeBufferPointer { y in
                    let x = buffer + place * perSample * rows.width
                    if isFitted, samples >= 8, (first + place) % heldOut == heldOut - 1 {
                        judging.add(x, y.baseAddress!, count: perSample)
                    } else {
                        fitted.add(x, y.baseAddress!, count: perSample)
                    }
                }
            }
        }
        if !alive.isEmpty { reached = index }
        let tensor = graph.constant(node.inputs[1])!
        let refinement = LayerRefinement(
            matrix: WeightMatrix(tensor, isDepthwise: isDepthwise), bias: graph.bias(node), fitted: fitted,
            heldOut: judging.count > 0 ? judging : nil, damping: rounding.damping,
            input: rounding.quantizations[node.inputs[0]] ?? Quantization(type: .int8, scale: 1, zeroPoint: -128))
        return isExact ? refinement.exact() : isFitted ? refinement.adaptive() : refinement.nearest()
    }

    private func apply(_ layer: RefinedLayer, to index: Int) {
        let node = graph.nodes[index]
        var isDepthwise = false
        if case .depthwise = node.kind { isDepthwise = true }
        var tensor = graph.constant(node.inputs[1])!
        let matrix = WeightMatrix(tensor, isDepthwise: isDepthwise)
        if !layer.isExact { tensor.values = matrix.reals(layer.rows) }
        integers.nodes[index].inputs[1] = integers.addConstant("", tensor)
        let bias = FloatTensor(shape: [layer.bias.count], values: layer.bias.map(Float.init))
        let id = integers.addConstant("", bias)
        if node.inputs.count > 2 {
            integers.nodes[index].inputs[2] = id
        } else {
            integers.nodes[index].inputs.append(id)
        }
    }

    /// Runs `body` for every index, several at a time, each with a store of its own.
    private func eachSample(_ count: Int, _ body: (Int, ActivationStore) -> Void) {
        let workers = min(rounding.threads, count)
        concurrently(workers) { worker in
            let store = ActivationStore(graph)
            for sample in stride(from: worker, to: count, by: workers) { body(sample, store) }
        }
    }
}

extension Quantization {
    /// Replaces real numbers by those that their integers stand for.
    func roundTrip(_ values: UnsafeMutableBufferPointer<Float>) {
        let perUnit = Float(1 / scale), step = Float(scale)
        let low = Float(bounds.lowerBound - zeroPoint), high = Float(bounds.upperBound - zeroPoint)
        let rounder: Float = 0x1.8p23
        for i in values.indices {
            let steps = values[i] * perUnit
            let held = steps < low ? low : steps > high ? high : steps
            values[i] = (held + rounder - rounder) * step
        }
    }
}
