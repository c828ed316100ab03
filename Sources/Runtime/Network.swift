import CKernels
import ModelFile

/// A model ready to run. Everything is allocated, packed and planned here; running allocates nothing.
///
/// One thread at a time may use a network. Results depend on the model and its input alone: not on the instruction
/// set, the number of threads, or what ran before.
public final class Network {
    public let model: Model
    /// The instruction set in use, such as "avx2".
    public let isaName: String
    /// Threads in use: fewer than asked for, where the system refuses them.
    public var threads: Int { pool.threads }
    /// Bytes of activations and scratch memory, both programs.
    public let arenaByteCount: Int
    /// Bytes of weights in the order of the kernels.
    public var packedByteCount: Int { weights.byteCount }

    let pool: ThreadPool
    private let weights: PackedWeights
    private let arena: MemoryBlock
    private let frame: ProgramExecutor
    private let clip: ProgramExecutor?
    private let clipShare: ClipShare?
    private let keepsActivations: Bool
    /// The ring that the clip program reads now.
    private var ring: FeatureRing
    /// Whole clips' own.
    private let wholeClip: FeatureRing

    /// Packs the weights, plans the memory and prepares every operation.
    public init(_ model: Model, _ options: RuntimeOptions = RuntimeOptions()) throws(RuntimeError) {
        let kernels = try InstructionSet.kernels(named: options.isa)
        let pool = try ThreadPool(threads: options.threads)
        let share = Share(threads: pool.threads, smallest: options.smallestShare)
        let description = model.description
        let weights = PackedWeights(tensorCount: description.tensors.count)

        func prepare(_ program: Program, externalInputs: Bool) -> ProgramExecutor {
            let chains = ChainPlan(
                program, tensors: description.tensors, isFusing: options.fusesOperations && !options.keepsActivations)
            let memory = ProgramMemory(
                program, chains: chains, model: model, externalInputs: externalInputs,
                keepsActivations: options.keepsActivations)
            let builder = ProgramBuilder(
                program, chains: chains, model: model, kernels: kernels, share: share, weights: weights, memory: memory)
            return ProgramExecutor(builder, operationCount: program.operations.count, pool: pool)
        }
        let frame = prepare(description.frame, externalInputs: false)
        let clip = description.clipProgram.map { prepare($0, externalInputs: true) }
        let isSharing = options.sharesClips && clip != nil && pool.threads > 1
        let workers = (0..<(isSharing ? pool.threads : 0)).map { _ in prepare(description.frame, externalInputs: false) }

        try weights.pack(on: pool)

        // The clip program's decisions stay readable while the next frames run: it has its own part of the arena.
        let frameByteCount = frame.memory.plan()
        let clipByteCount = clip?.memory.plan() ?? 0
        let arena = try MemoryBlock(byteCount: frameByteCount * (1 + workers.count) + clipByteCount)
        frame.memory.place(at: arena.base)
        clip?.memory.place(at: arena.base + frameByteCount)
        for (index, worker) in workers.enumerated() {
            _ = worker.memory.plan()
            worker.memory.place(at: arena.base + clipByteCount + frameByteCount * (1 + index))
        }
        let ring = Self.makeRing(description, clip)
        frame.bind()
        clip?.bind(inputs: ring)
        for worker in workers { worker.bind() }

        self.model = model
        self.weights = weights
        self.ring = ring
        self.pool = pool
        self.arena = arena
        self.frame = frame
        self.clip = clip
        wholeClip = Self.makeRing(description, clip)
        clipShare = workers.isEmpty ? nil : ClipShare(workers, program: description.frame, ring: ring)
        isaName = String(cString: kernels.name)
        arenaByteCount = arena.byteCount
        keepsActivations = options.keepsActivations
    }

    // MARK: Frames

    /// The picture for `runFrame`: `[H][W][3]`, each byte pixel − 128 in the model's colour order. A run leaves it as
    /// it is.
    public var frameInput: UnsafeMutableBufferPointer<Int8> {
        let input = model.description.frame.inputs[0]
        let count = model.description.tensors[input].count
        return UnsafeMutableBufferPointer(start: frame.memory[input].assumingMemoryBound(to: Int8.self), count: count)
    }

    /// Runs the frame program on `frameInput`. Without a clip program the outputs are then the decision.
    public func runFrame() { frame.run() }

    /// Runs the frame program and appends its features to a ring.
    public func runFrame(into ring: FeatureRing) {
        frame.run()
        let outputs = model.description.frame.outputs
        ring.push { UnsafeRawPointer(frame.memory[outputs[$0]]) }
    }

    // MARK: Clips

    /// An empty ring for one swimmer's features.
    public func makeRing() -> FeatureRing { Self.makeRing(model.description, clip) }

    private static func makeRing(_ description: ModelDescription, _ clip: ProgramExecutor?) -> FeatureRing {
        FeatureRing(
            frames: description.clip?.frames ?? 1,
            byteCounts: description.frame.outputs.map { description.tensors[$0].byteCount },
            keptByteCounts: clip?.memory.keptByteCounts ?? [])
    }

    /// Runs the clip program on a ring's last frames. The ring must be full and made by this network.
    public func runClip(_ ring: FeatureRing) {
        precondition(ring.isFull, "a clip needs \(ring.frames) frames")
        guard let clip else { return }
        self.ring = ring
        clip.rebind(inputs: ring)
        clip.run()
        ring.age()
    }

    /// Runs a whole clip, frame by frame: the same result as a stream that ends with these frames.
    public func runClip(frames: [UnsafeBufferPointer<Int8>]) {
        frames.withUnsafeBufferPointer { runClip(frames: $0) }
    }

    private func runClip(frames video: UnsafeBufferPointer<UnsafeBufferPointer<Int8>>) {
        precondition(video.count >= wholeClip.frames, "a clip needs \(wholeClip.frames) frames")
        let frames = UnsafeBufferPointer(rebasing: video.suffix(wholeClip.frames))
        let first = clipShare?.run(frames, into: wholeClip, pool: pool) ?? 0
        for index in first..<frames.count {
            _ = frameInput.update(fromContentsOf: frames[index])
            frame.run()
            wholeClip.store(slot: index) { UnsafeRawPointer(frame.memory[model.description.frame.outputs[$0]]) }
        }
        wholeClip.fill()
        runClip(wholeClip)
    }

    // MARK: Results

    /// Output `index` of the deciding program.
    public func output(_ index: Int) -> Output {
        let tensor = model.description.deciding.outputs[index]
        return Output(model.description.tensors[tensor], at: (clip ?? frame).memory[tensor])
    }

    /// The deciding program's output of that name; `nil` when it has none. A task may read it, or none.
    public func output(named name: String) -> Output? {
        let description = model.description
        let index = description.deciding.outputs.firstIndex { description.tensors[$0].name == name }
        return index.map { output($0) }
    }

    /// Any activation after a run, when the network keeps them (`RuntimeOptions.keepsActivations`); `nil` for
    /// constants.
    public func tensor(_ index: Int) -> Output? {
        let tensor = model.description.tensors[index]
        guard keepsActivations, !tensor.isConstant else { return nil }
        if frame.memory.holds(index) { return Output(tensor, at: frame.memory[index]) }
        guard let clip, clip.memory.holds(index) else { return nil }
        return Output(tensor, at: clip.memory[index])
    }

    // MARK: Profile

    /// Whether runs measure the time of each operation.
    public var isProfiling: Bool {
        get { frame.isProfiling }
        set {
            frame.isProfiling = newValue
            if let clipShare { for worker in clipShare.executors { worker.isProfiling = newValue } }
            clip?.isProfiling = newValue
        }
    }

    /// The times since profiling began or was reset, by operation in order of execution.
    public var profile: [OperationProfile] {
        profile(model.description.frame, [frame] + (clipShare?.executors ?? []), isClip: false)
            + (clip.map { profile(model.description.clipProgram!, [$0], isClip: true) } ?? [])
    }

    public func resetProfile() {
        frame.resetProfile()
        if let clipShare { for worker in clipShare.executors { worker.resetProfile() } }
        clip?.resetProfile()
    }

    private func profile(_ program: Program, _ executors: [ProgramExecutor], isClip: Bool) -> [OperationProfile] {
        program.operations.indices.map { index in
            let operation = program.operations[index]
            return OperationProfile(
                isClip: isClip, name: operation.name, kind: operation.kind.label,
                multiplyAdds: model.description.multiplyAdds(of: operation),
                nanoseconds: executors.reduce(0) { $0 + $1.nanoseconds[index] },
                runs: executors.reduce(0) { $0 + $1.profiledRuns })
        }
    }
}
