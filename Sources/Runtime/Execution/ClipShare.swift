import ModelFile

/// Runs the frames of a whole clip on all threads, each a frame on its own: nothing waits between operations.
///
/// Threads have a frame program each, with its own memory and the same weights.
final class ClipShare: Step {
    let executors: [ProgramExecutor]
    private let program: Program
    private var frames = UnsafeBufferPointer<UnsafeBufferPointer<Int8>>(start: nil, count: 0)
    private var ring: FeatureRing

    init(_ executors: [ProgramExecutor], program: Program, ring: FeatureRing) {
        self.executors = executors
        self.program = program
        self.ring = ring
        super.init(partCount: executors.count)
    }

    /// Stores the features of the first frames, as many as are a multiple of the threads, and returns how many.
    func run(_ frames: UnsafeBufferPointer<UnsafeBufferPointer<Int8>>, into ring: FeatureRing, pool: ThreadPool) -> Int {
        let count = frames.count / executors.count * executors.count
        self.frames = UnsafeBufferPointer(rebasing: frames[..<count])
        self.ring = ring
        pool.run(self)
        return count
    }

    override func run(part: Int) {
        let executor = executors[part], input = executor.memory[program.inputs[0]]
        for index in stride(from: part, to: frames.count, by: partCount) {
            input.copyMemory(from: UnsafeRawPointer(frames[index].baseAddress!), byteCount: frames[index].count)
            executor.runAlone()
            ring.store(slot: index) { UnsafeRawPointer(executor.memory[program.outputs[$0]]) }
        }
    }
}
