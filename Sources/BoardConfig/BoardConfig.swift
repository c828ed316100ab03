import Camera
import Recognition

/// What `board.yaml` says: one camera, and the tasks that look at its frames.
///
/// ```yaml
/// camera: {source: /dev/video0, size: 640x480, rate: 30}
/// threads: 2
/// tasks:
///   - name: swimmers
///     model: swimmer.tide
///     regions: [[0, 0, 0.5, 1], [0.5, 0, 1, 1]]
///     trouble: {task: action, labels: [drowning], probability: 0.5}
///     budget: {p99: 120ms, age_limit: 300ms, rate: 10, priority: 2}
/// ```
public struct BoardConfig {
    /// As `--source` takes it.
    public var source: String
    /// What is asked of a camera.
    public var camera: CameraSettings
    /// Threads of each network; `nil` where the file leaves that open.
    public var threads: Int?
    /// The path of the board's profile, one of `Board/profiles`.
    public var profile: String?
    public var tasks: [TaskConfig]

    public init(source: String, threads: Int? = nil, profile: String? = nil, tasks: [TaskConfig]) {
        self.source = source
        self.camera = CameraSettings()
        self.threads = threads
        self.profile = profile
        self.tasks = tasks
    }
}

/// One network and what it is to do.
public struct TaskConfig {
    /// What the decisions are called in the output; `nil` for what the model calls its subject.
    public var name: String?
    /// The path of the model, next to the file where it is relative.
    public var model: String
    /// A cheaper network with the same tasks, for when time is short.
    public var lighter: String?
    public var regions: RegionSource
    public var trouble: TroubleRule?
    /// The path of a file of enrolled people.
    public var gallery: String?
    /// What is promised; either all tasks have one or none.
    public var budget: BudgetConfig?

    public init(model: String, regions: RegionSource) {
        self.model = model
        self.regions = regions
    }
}

/// What a task promises, in nanoseconds: see `Promise`.
public struct BudgetConfig: Equatable {
    public var p99: Int64
    public var ageLimit: Int64
    /// Decisions a second for each region; 0: as many as the camera has frames.
    public var rate: Double
    public var priority: Int

    /// - Parameter ageLimit: `nil` for three times `p99`.
    public init(p99: Int64, ageLimit: Int64? = nil, rate: Double = 0, priority: Int = 0) {
        self.p99 = p99
        self.ageLimit = ageLimit ?? 3 * p99
        self.rate = rate
        self.priority = priority
    }
}
