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
    /// The camera with its settings, as `--source` takes them.
    public var source: String
    /// Threads of each network; `nil` where the file leaves that open.
    public var threads: Int?
    /// The board's profile, such as `rpi4`: a file in `Board/profiles`.
    public var profile: String?
    public var tasks: [TaskConfig]
}

/// One network and what it is to do.
public struct TaskConfig {
    public var name: String
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
}

/// What a task promises, in nanoseconds: see `Promise`.
public struct BudgetConfig: Equatable {
    public var p99: Int64
    public var ageLimit: Int64
    /// Decisions a second for each region; 0: as many as the camera has frames.
    public var rate: Double
    public var priority: Int
}
