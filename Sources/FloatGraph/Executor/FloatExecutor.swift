import Foundation

/// Runs a float graph: the oracle for the quantized network and the source of calibration ranges.
///
/// Weights are packed once, here. A run allocates its outputs and nothing else that lasts. Runs may go on at the same
/// time from several threads.
public final class FloatExecutor: @unchecked Sendable {
    /// Called with every activation as soon as it is computed, the input included; the buffer is valid during the call.
    public typealias Observer = (ValueID, UnsafeBufferPointer<Float>) -> Void

    public let graph: Graph
    public let threads: Int
    private let plan: MemoryPlan
    private let kernels: [Kernel]
    private let constants: ConstantStorage
    private let lock = NSLock()
    private var idle: [Workspace] = []

    /// - Parameter threads: how many threads one run, or `runEach`, may use.
    /// - Throws: what `Graph.validated` finds.
    public init(_ graph: Graph, threads: Int = ProcessInfo.processInfo.activeProcessorCount) throws(GraphError) {
        try graph.validated()
        self.graph = graph
        self.threads = max(1, threads)
        plan = MemoryPlan(graph)
        kernels = graph.nodes.map { makeKernel($0, in: graph) }
        constants = ConstantStorage(graph)
    }

    /// One clip or one picture, `[N, H, W, C]` as the graph's input. Returns the graph's outputs in their order.
    public func run(_ input: FloatTensor, observe: Observer? = nil) throws(GraphError) -> [FloatTensor] {
        try run(input, parallel: Parallel(threads: threads), observe: observe)
    }

    /// As `run`, and also the values of `keep`, whatever their place in the graph.
    public func run(_ input: FloatTensor, keep: Set<ValueID>) throws(GraphError) -> [ValueID: FloatTensor] {
        var kept: [ValueID: FloatTensor] = [:]
        for id in keep where graph.values.indices.contains(id) { kept[id] = graph.constant(id) }
        let outputs = try run(input) { id, values in
            if keep.contains(id) { kept[id] = FloatTensor(shape: self.graph.shape(id), values: Array(values)) }
        }
        for (id, tensor) in zip(graph.outputs, outputs) { kept[id] = tensor }
        return kept
    }

    /// Many inputs, each on one thread, as many at a time as there are threads: the fastest way through a data set.
    ///
    /// - Parameters:
    ///   - input: makes the input of an index; called on the working threads.
    ///   - observe: as in `run`, with the number of the worker (0..<threads) in front, so that each can gather on its
    ///     own.
    ///   - result: takes the outputs of an index; one call at a time, in no particular order.
    /// - Throws: the first error of `input` or of a run; work that has not begun is left out then.
    public func runEach(
        _ count: Int, input: @Sendable (Int) throws -> FloatTensor,
        observe: (@Sendable (Int, ValueID, UnsafeBufferPointer<Float>) -> Void)? = nil,
        result: (Int, [FloatTensor]) -> Void
    ) throws {
        let progress = Progress()
        Parallel.perform(min(threads, max(1, count))) { worker in
            while let index = progress.next(below: count) {
                do {
                    let outputs = try self.run(
                        input(index), parallel: Parallel(threads: 1),
                        observe: observe.map { observe in { id, values in observe(worker, id, values) } })
                    progress.report { result(index, outputs) }
                } catch {
                    progress.fail(error)
                }
            }
        }
        if let failure = progress.failure { throw failure }
    }

    /// Computes the node at an index from the values in `store`, whose graph has the same nodes, on the calling thread.
    public func compute(_ index: Int, in store: ActivationStore) {
        let node = graph.nodes[index]
        let inputs = node.inputs.map { UnsafePointer(constants.pointers[$0] ?? store[$0].baseAddress!) }
        kernels[index](inputs, store[node.output].baseAddress!, Parallel(threads: 1))
    }

    private func run(_ input: FloatTensor, parallel: Parallel, observe: Observer?) throws(GraphError) -> [FloatTensor] {
        guard input.shape == graph.shape(graph.input) else {
            throw .input(expected: graph.shape(graph.input), given: input.shape)
        }
        let workspace = takeWorkspace()
        defer { giveBack(workspace) }
        input.values.withUnsafeBufferPointer { values in
            workspace.pointers[graph.input].update(from: values.baseAddress!, count: values.count)
        }
        observe?(graph.input, workspace.buffer(graph.input, graph))
        for (node, kernel) in zip(graph.nodes, kernels) {
            kernel(node.inputs.map { UnsafePointer(workspace.pointers[$0]) }, workspace.pointers[node.output], parallel)
            observe?(node.output, workspace.buffer(node.output, graph))
        }
        return graph.outputs.map { FloatTensor(shape: graph.shape($0), values: Array(workspace.buffer($0, graph))) }
    }

    private func takeWorkspace() -> Workspace {
        lock.withLock { idle.popLast() } ?? Workspace(plan, constants)
    }

    private func giveBack(_ workspace: Workspace) {
        lock.withLock { idle.append(workspace) }
    }
}

/// The shared state of `runEach`'s workers.
private final class Progress: @unchecked Sendable {
    private let lock = NSLock()
    private var started = 0
    private(set) var failure: (any Error)?

    func next(below count: Int) -> Int? {
        lock.withLock {
            guard started < count, failure == nil else { return nil }
            started += 1
            return started - 1
        }
    }

    func report(_ body: () -> Void) { lock.withLock(body) }

    func fail(_ error: any Error) { lock.withLock { failure = failure ?? error } }
}
