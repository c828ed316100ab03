import BoardConfig
import Budget
import Camera
import ModelFile
import PoolScene
import Recognition
import Runtime

/// From options, or a board's file, to a session that is ready to run. Everything is read, loaded and measured before
/// the camera is opened: what cannot be used ends the program with nothing started.
struct SessionSetup {
    /// The options that it takes.
    static let values = [
        "--config", "--model", "--source", "--region", "--budget", "--trouble", "--gallery", "--threshold", "--threads",
        "--isa", "--policy", "--profile", "--give-up",
    ]

    let config: BoardConfig
    let profile: BoardProfile?
    let policy: PolicyChoice
    let threads: Int
    private let isa: String?
    private let threshold: Double?

    init(_ options: OptionList) throws(ProgramError) {
        var config: BoardConfig
        if let path = options.last("--config") {
            config = try .init(path: path, options)
        } else {
            config = try .init(options)
        }
        config.camera.giveUpNanoseconds = try options.duration("--give-up")
        isa = options.last("--isa")
        threshold = try options.similarity("--threshold")
        policy = try PolicyChoice(options)
        do throws(ConfigError) {
            let path = options.last("--profile") ?? config.profile
            profile = try path.map { path throws(ConfigError) in try BoardProfile(path: path) }
        } catch { throw .usage(error.description) }
        threads = try options.integer("--threads", in: 1...64) ?? config.threads ?? profile?.threads ?? 1
        for task in config.tasks {
            if case .truth = task.regions, !config.source.hasPrefix("pool") {
                throw .usage(RecognitionError.noTruth(config.source).description)
            }
        }
        self.config = config
    }

    /// - Parameters:
    ///   - live: Whether the pool scene keeps a camera's pace; with a budget it does in any case.
    ///   - warm: Whether every program runs before the first frame; with a budget it does in any case.
    func makeSession(live: Bool, warm: Bool) throws(ProgramError) -> Session {
        let traits = try SourceTraits(config)
        let recognisers = try makeRecognisers()
        let promises = makePromises(recognisers)
        var chosen: (any Policy)?
        if warm || promises != nil {
            let costs: CostModel
            do throws(RecognitionError) {
                costs = try warmUp(recognisers, isCoded: traits.isCoded, width: traits.width, height: traits.height)
            } catch { throw .failure(error.description) }
            if let promises {
                if policy == .budget { try refuseImpossible(promises, costs) }
                chosen = policy.make(promises, costs, framesPerSecond: traits.framesPerSecond)
            }
        }
        let source: any FrameSource
        do throws(CameraError) {
            source = try openSource(
                config.source, live: live || promises != nil, camera: config.camera, queue: policy == .fifo ? 64 : 1)
        } catch { throw .usage(error.description) }
        do throws(RecognitionError) {
            return try Session(
                recognisers: recognisers, source: source, promises: promises, policy: chosen,
                hidesExpired: policy == .budget, health: HealthReader())
        } catch { throw .failure(error.description) }
    }

    private func makeRecognisers() throws(ProgramError) -> [Recogniser] {
        var recognisers: [Recogniser] = []
        for task in config.tasks {
            let network = try loadNetwork(path: task.model, threads: threads, isa: isa)
            let lighter = try task.lighter.map { path throws(ProgramError) in
                try loadNetwork(path: path, threads: threads, isa: isa)
            }
            let identifier = try loadIdentifier(gallery: task.gallery, model: network.model, threshold: threshold)
            do throws(RecognitionError) {
                let recogniser = try Recogniser(
                    name: task.name, network: network, lighter: lighter, regions: task.regions, trouble: task.trouble)
                recogniser.identifier = identifier
                recognisers.append(recogniser)
            } catch { throw .usage((task.name.map { "task \($0): " } ?? "") + error.description) }
        }
        return recognisers
    }

    private func makePromises(_ recognisers: [Recogniser]) -> [Promise]? {
        var promises: [Promise] = []
        for (task, recogniser) in zip(config.tasks, recognisers) {
            guard let budget = task.budget else { return nil }
            promises.append(
                Promise(
                    name: recogniser.name, p99: budget.p99, ageLimit: budget.ageLimit, rate: budget.rate,
                    priority: budget.priority, clipStride: recogniser.network.model.description.clip?.stride,
                    hasLighter: recogniser.lighter != nil))
        }
        return promises
    }

    /// A budget shorter than one look with its decision cannot be kept by any policy.
    private func refuseImpossible(_ promises: [Promise], _ costs: CostModel) throws(ProgramError) {
        for (task, promise) in promises.enumerated() {
            let programs = promise.hasLighter ? [false, true] : [false]
            let look = programs.map { costs.look(task: task, lighter: $0, decides: true).mean }.min() ?? 0
            guard promise.p99 < look else { continue }
            let possible = programs.map { costs.leastBudget(task: task, lighter: $0) }.min() ?? look
            throw .usage(
                "\(promise.name): a budget of \(milliseconds(promise.p99)) cannot be kept here, where a decision takes "
                    + "\(milliseconds(look)); \((possible + 999_999) / 1_000_000) ms would be possible, without load")
        }
    }

    private func milliseconds(_ nanoseconds: Int64) -> String {
        (decimal(Double(nanoseconds) / 1e6, places: nanoseconds < 1_000_000 ? 3 : 1) ?? "?") + " ms"
    }
}

/// How frames and regions are chosen.
enum PolicyChoice: String {
    /// The controller that keeps the promises.
    case budget
    /// For comparison: everything, on the newest frame.
    case newest
    /// For comparison: everything, on every frame in turn.
    case fifo

    init(_ options: OptionList) throws(ProgramError) {
        let text = options.last("--policy") ?? "budget"
        guard let choice = PolicyChoice(rawValue: text) else {
            throw .usage("--policy \(text): choose budget, newest or fifo")
        }
        self = choice
    }

    func make(_ promises: [Promise], _ costs: CostModel, framesPerSecond: Double) -> any Policy {
        switch self {
        case .budget: Controller(promises: promises, costs: costs, framesPerSecond: framesPerSecond)
        case .newest: NaivePolicy.newestOnly(promises)
        case .fifo: NaivePolicy.fifo(promises)
        }
    }
}

/// What is known of a source before it is opened; a guess where nothing is.
private struct SourceTraits {
    var width = 640
    var height = 480
    var framesPerSecond = 30.0
    /// Whether it sends JPEG.
    var isCoded = true

    init(_ config: BoardConfig) throws(ProgramError) {
        if config.source.hasPrefix("pool") {
            let options: SceneOptions
            do { options = try SceneOptions(parsing: config.source) } catch {
                throw .usage(CameraError.unknownSource(config.source, error.description).description)
            }
            (width, height) = (options.width, options.height)
            framesPerSecond = Double(options.framesPerSecond)
            isCoded = options.jpegQuality != nil
        } else if config.source.hasPrefix("/dev/") || config.source.hasPrefix("camera:") {
            (width, height) = (config.camera.width, config.camera.height)
            framesPerSecond = Double(config.camera.framesPerSecond)
            isCoded = config.camera.format == nil || config.camera.format == .mjpeg
        }
    }
}
