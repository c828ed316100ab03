/// One prepared piece of work: an operation, or one of the few that make up an operation.
///
/// Its parts may run at the same time on different threads. Running allocates nothing.
class Step {
    let partCount: Int

    init(partCount: Int) { self.partCount = partCount }

    /// Looks up where the operands are: once when the network is loaded, and again when an input has moved.
    func bind() {}

    func run(part: Int) {}

    /// Has a step of several operations measure each of them during the next run, or not.
    func setTiming(_ isTimed: Bool) {}

    /// Nanoseconds that all parts spent on one of its operations during the last timed run.
    func time(ofStage stage: Int) -> Int64 { 1 }
}

/// A step whose parts are calls of one kernel with prepared arguments.
final class KernelStep<Arguments>: Step {
    private let parts: UnsafeMutableBufferPointer<Arguments>
    private let arguments: (Int) -> Arguments
    private let kernel: (UnsafePointer<Arguments>) -> Void

    /// - Parameter arguments: makes the arguments of a part with the current addresses.
    init(
        partCount: Int, arguments: @escaping (Int) -> Arguments, kernel: @escaping (UnsafePointer<Arguments>) -> Void
    ) {
        parts = .allocate(capacity: partCount)
        self.arguments = arguments
        self.kernel = kernel
        super.init(partCount: partCount)
    }

    override func bind() {
        for part in 0..<partCount { (parts.baseAddress! + part).initialize(to: arguments(part)) }
    }

    override func run(part: Int) { kernel(UnsafePointer(parts.baseAddress! + part)) }

    deinit { parts.deallocate() }
}
