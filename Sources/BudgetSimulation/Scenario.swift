import Budget

/// A task as it is simulated: its promise, its regions, and what its work costs on a machine at rest, in milliseconds.
public struct SimulatedTask: Sendable {
    public var promise: Promise
    public var regions: Int
    /// Crop, resize and frame program.
    public var frame: Double
    public var clip: Double
    /// How much of that the lighter program takes; 1 when there is none.
    public var lighterShare: Double

    /// - Parameter clip: 0 for a network that decides on single pictures.
    public init(_ promise: Promise, regions: Int, frame: Double, clip: Double) {
        self.promise = promise
        self.regions = regions
        self.frame = frame
        self.clip = clip
        lighterShare = promise.hasLighter ? 0.45 : 1
    }

    func frame(lighter: Bool) -> Double { lighter ? frame * lighterShare : frame }
    func clip(lighter: Bool) -> Double { lighter ? clip * lighterShare : clip }
    func work(lighter: Bool) -> Double { frame(lighter: lighter) + clip(lighter: lighter) }
}

/// How the machine's speed changes, and how much its costs scatter.
public struct CostTrace: Sendable {
    /// From so many seconds on, everything takes so many times as long.
    public var steps: [(from: Double, slowness: Double)] = []
    public var scatter = Scatter.even
    /// Standstills of `stall` milliseconds, at random, so many seconds apart on average; 0: none.
    public var secondsBetweenStalls = 0.0
    public var stall = 200.0

    public enum Scatter: Sendable {
        /// Normal, 8 %.
        case even
        /// Pareto with shape 4 and the same mean: one cost in fifty is more than double of it, one in 256 more than
        /// triple, one in 4,096 more than sixfold.
        case heavyTailed
    }

    public init(steps: [(from: Double, slowness: Double)] = []) { self.steps = steps }
}

/// A region that looks in trouble for some time, in seconds.
public struct SimulatedTrouble: Sendable {
    public var region: RegionID
    public var from: Double
    public var to: Double

    public init(_ region: RegionID, from: Double, to: Double) {
        self.region = region
        self.from = from
        self.to = to
    }
}

/// What is simulated: a camera, tasks, a machine.
public struct Scenario: Sendable {
    public var name: String
    public var summary: String
    /// Seconds.
    public var duration: Double
    public var framesPerSecond = 30.0
    /// From the moment a picture is taken until it can be had, in milliseconds.
    public var cameraLatency = 6.0
    /// Decoding, at full and at half size, in milliseconds.
    public var decode = 5.0
    public var halfDecode = 2.5
    public var tasks: [SimulatedTask]
    public var trace: CostTrace
    public var troubles: [SimulatedTrouble] = []

    public init(_ name: String, _ summary: String, duration: Double, tasks: [SimulatedTask], trace: CostTrace) {
        self.name = name
        self.summary = summary
        self.duration = duration
        self.tasks = tasks
        self.trace = trace
    }

    func decode(scale: Int) -> Double { scale > 1 ? halfDecode : decode }

    public var promises: [Promise] { tasks.map { $0.promise } }

    public var regions: [RegionID] {
        tasks.indices.flatMap { task in (0..<tasks[task].regions).map { RegionID(task: task, region: $0) } }
    }

    /// When something changes that a policy has to adapt to, in seconds.
    public var changes: [Double] {
        [0] + trace.steps.map { $0.from } + troubles.flatMap { [$0.from, $0.to] }
    }

    public func isInTrouble(_ region: RegionID, at seconds: Double) -> Bool {
        troubles.contains { $0.region == region && $0.from <= seconds && seconds < $0.to }
    }

    /// The costs as the start-up measures them: twelve runs of each program on the machine at rest.
    public func measuredCosts(seed: UInt64) -> CostModel {
        var random = SeededRandom(seed: seed &+ 77)
        var costs = CostModel(tasks: tasks.count)
        func scattered(_ milliseconds: Double) -> Int64 {
            Int64(milliseconds * 1e6 * trace.scatter.factor(&random))
        }
        for _ in 0..<12 {
            costs.note(scale: 1, decode: scattered(decode))
            costs.note(scale: 2, decode: scattered(halfDecode))
            for (index, task) in tasks.enumerated() {
                costs.note(task: index, lighter: false, frame: scattered(task.frame), clip: scattered(task.clip))
                guard task.promise.hasLighter else { continue }
                costs.note(
                    task: index, lighter: true, frame: scattered(task.frame(lighter: true)),
                    clip: scattered(task.clip(lighter: true)))
            }
        }
        return costs
    }
}
