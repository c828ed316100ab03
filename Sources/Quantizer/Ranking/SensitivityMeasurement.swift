import Dispatch
import FloatGraph
import Foundation

/// Sums over inputs, by output: Σ float², and Σ (float − simulated)² of every simulated network.
struct Sensitivities {
    var signal: [Double]
    /// Everything quantized.
    var whole: [Double]
    /// By site: only this quantized.
    var alone: [[Double]]
    /// By site: everything but this quantized.
    var leftOut: [[Double]]

    init(outputs: Int, sites: Int) {
        signal = Array(repeating: 0, count: outputs)
        whole = signal
        alone = Array(repeating: signal, count: sites)
        leftOut = alone
    }

    mutating func add(_ other: Sensitivities) {
        func sum(_ a: inout [Double], _ b: [Double]) { for i in a.indices { a[i] += b[i] } }
        sum(&signal, other.signal)
        sum(&whole, other.whole)
        for site in alone.indices {
            sum(&alone[site], other.alone[site])
            sum(&leftOut[site], other.leftOut[site])
        }
    }

    /// The largest share that a site has of an output's noise, taken alone.
    func share(_ site: Int) -> Double {
        signal.indices.map { output in
            let total = alone.reduce(0) { $0 + $1[output] }
            return total > 0 ? alone[site][output] / total : 0
        }.max() ?? 0
    }
}

/// Runs the simulated networks that a ranking needs, each from the first node that it changes.
///
/// Sites are taken from the last to the first. What a changed run overwrites then lies behind all that later runs
/// read, and one run of the whole network serves every site.
struct SensitivityMeasurement {
    private let simulation: Simulation
    private let inputs: [FloatTensor]
    private let workers: Int
    private let progress: SharedProgress
    /// By site: its node, and what is computed from there on, in multiply-adds and elements.
    private let nodes: [Int]
    private let costs: [Double]

    init(
        _ simulation: Simulation, _ inputs: [FloatTensor], threads: Int, _ progress: @escaping (Double) -> Void
    ) {
        self.simulation = simulation
        self.inputs = inputs
        workers = min(max(1, threads), inputs.count)
        nodes = simulation.sites.map { simulation.node($0)! }
        let graph = simulation.graph
        var behind = [Double](repeating: 0, count: graph.nodes.count + 1)
        for index in graph.nodes.indices.reversed() {
            let node = graph.nodes[index]
            let work = graph.multiplyAdds(node) + 8 * graph.shape(node.output).reduce(1, *)
            behind[index] = behind[index + 1] + Double(work)
        }
        costs = nodes.map { behind[$0] }
        self.progress = SharedProgress(total: 2 * costs.reduce(0, +) * Double(inputs.count), progress)
    }

    func run() -> Sensitivities {
        let outputs = simulation.graph.outputs.count, sites = simulation.sites.count
        let results = UnsafeMutableBufferPointer<Sensitivities>.allocate(capacity: inputs.count)
        results.initialize(repeating: Sensitivities(outputs: outputs, sites: sites))
        defer { results.deinitialize(); results.deallocate() }
        nonisolated(unsafe) let places = results
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            let store = ActivationStore(simulation.graph)
            for index in stride(from: worker, to: inputs.count, by: workers) {
                measure(inputs[index], in: store, &places[index])
            }
        }
        var total = Sensitivities(outputs: outputs, sites: sites)
        for result in results { total.add(result) }
        return total
    }

    private func measure(_ input: FloatTensor, in store: ActivationStore, _ result: inout Sensitivities) {
        simulation.load(input, into: store)
        simulation.run(in: store) { _ in .float }
        let reference = simulation.outputs(of: store)
        for (output, values) in reference.enumerated() {
            result.signal[output] = values.reduce(0) { $0 + Double($1) * Double($1) }
        }
        for (index, site) in simulation.sites.enumerated().reversed() {
            simulation.run(from: nodes[index], in: store) { $0 == site ? .narrow : .float }
            result.alone[index] = noise(store, reference)
            progress.advance(by: costs[index])
        }
        simulation.run(in: store) { _ in .narrow }
        result.whole = noise(store, reference)
        for (index, site) in simulation.sites.enumerated().reversed() {
            simulation.run(from: nodes[index], in: store) { $0 == site ? .float : .narrow }
            result.leftOut[index] = noise(store, reference)
            progress.advance(by: costs[index])
        }
    }

    private func noise(_ store: ActivationStore, _ reference: [[Float]]) -> [Double] {
        zip(simulation.graph.outputs, reference).map { id, values in
            zip(store[id], values).reduce(0) { sum, pair in
                let error = Double(pair.0) - Double(pair.1)
                return sum + error * error
            }
        }
    }
}

/// Adds up the work of several threads.
private final class SharedProgress: @unchecked Sendable {
    private let lock = NSLock()
    private let total: Double
    private let report: (Double) -> Void
    private var done = 0.0

    init(total: Double, _ report: @escaping (Double) -> Void) {
        self.total = max(total, 1)
        self.report = report
    }

    func advance(by work: Double) {
        lock.withLock {
            done += work
            report(min(1, done / total))
        }
    }
}
