import CPlatform

/// The threads that share the parts of a step; the calling thread is one of them.
final class ThreadPool {
    private let pool: OpaquePointer
    /// May be fewer than asked for, where the system refuses threads.
    let threads: Int

    init(threads: Int) throws(RuntimeError) {
        guard (1...RuntimeOptions.maximumThreads).contains(threads) else { throw .threads(threads) }
        guard let pool = tp_pool_create(Int32(threads)) else { throw .outOfMemory }
        self.pool = pool
        self.threads = Int(tp_pool_threads(pool))
    }

    deinit { tp_pool_destroy(pool) }

    /// Runs every part of a step and returns when all are done.
    func run(_ step: Step) {
        guard step.partCount > 1 else { return step.run(part: 0) }
        let context = Unmanaged.passUnretained(step).toOpaque()
        tp_pool_run(
            pool, Int32(step.partCount),
            { context, part in Unmanaged<Step>.fromOpaque(context!).takeUnretainedValue().run(part: Int(part)) },
            context)
    }
}
