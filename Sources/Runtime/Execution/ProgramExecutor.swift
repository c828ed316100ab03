import CPlatform
import ModelFile

/// A program ready to run: its steps in order, and where their time goes when asked.
///
/// What runs for every frame loops over indices: iterators of arrays allocate in unoptimised builds.
final class ProgramExecutor {
    let memory: ProgramMemory
    private let steps: [PreparedStep]
    private let pool: ThreadPool
    /// Nanoseconds by operation, summed over the profiled runs.
    private(set) var nanoseconds: [Int64]
    private(set) var profiledRuns = 0
    var isProfiling = false

    init(_ builder: ProgramBuilder, operationCount: Int, pool: ThreadPool) {
        memory = builder.memory
        steps = builder.steps
        nanoseconds = [Int64](repeating: 0, count: operationCount)
        self.pool = pool
    }

    /// Once weights are packed and memory is placed.
    func bind() {
        for step in steps { step.step.bind() }
    }

    /// The same for a clip program, whose inputs lie in a ring.
    func bind(inputs ring: FeatureRing) {
        memory.move(inputs: ring)
        bind()
    }

    /// Moves the inputs to a ring's current window.
    func rebind(inputs ring: FeatureRing) {
        memory.move(inputs: ring)
        for index in 0..<steps.count where steps[index].readsExternalInput { steps[index].step.bind() }
    }

    func run() {
        guard isProfiling else {
            for index in 0..<steps.count { pool.run(steps[index].step) }
            return
        }
        profiledRuns += 1
        var begin = tp_monotonic_nanoseconds()
        for index in 0..<steps.count {
            steps[index].step.setTiming(true)
            pool.run(steps[index].step)
            steps[index].step.setTiming(false)
            let end = tp_monotonic_nanoseconds()
            share(end - begin, of: steps[index])
            begin = end
        }
    }

    /// Runs all parts on the calling thread.
    func runAlone() {
        for index in 0..<steps.count {
            let step = steps[index].step
            let begin = isProfiling ? tp_monotonic_nanoseconds() : 0
            step.setTiming(isProfiling)
            for part in 0..<step.partCount { step.run(part: part) }
            guard isProfiling else { continue }
            step.setTiming(false)
            share(tp_monotonic_nanoseconds() - begin, of: steps[index])
        }
        if isProfiling { profiledRuns += 1 }
    }

    /// Gives each operation of a step its share of the time.
    private func share(_ elapsed: Int64, of step: PreparedStep) {
        var total: Int64 = 0
        for stage in 0..<step.operations.count { total += step.step.time(ofStage: stage) }
        for stage in 0..<step.operations.count {
            nanoseconds[step.operations.lowerBound + stage] += elapsed * step.step.time(ofStage: stage) / max(1, total)
        }
    }

    func resetProfile() {
        profiledRuns = 0
        for operation in nanoseconds.indices { nanoseconds[operation] = 0 }
    }
}
