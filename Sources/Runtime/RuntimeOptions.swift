/// How a network is to run. Results are the same whatever is chosen.
public struct RuntimeOptions {
    public static let maximumThreads = 64

    /// Threads that share each operation, the caller of `runFrame` and `runClip` included.
    public var threads = 1
    /// The name of an instruction set, such as "avx2" or "dotprod"; `nil`: the best that this processor has.
    public var isa: String?
    /// Gives each activation memory of its own, so that all of them can be read after a run: see `Network.tensor(_:)`.
    public var keepsActivations = false
    /// Lets threads share whole clips frame by frame: `Network.runClip(frames:)` is faster, each thread needs an arena.
    public var sharesClips = false
    /// Runs chains of operations block by block. Only measurements turn it off.
    var fusesOperations = true
    /// Work too small to pay for waking a thread, in multiply-adds or elements. Tests lower it.
    var smallestShare = Share.smallest

    public init(threads: Int = 1, isa: String? = nil, keepsActivations: Bool = false) {
        self.threads = threads
        self.isa = isa
        self.keepsActivations = keepsActivations
    }
}
