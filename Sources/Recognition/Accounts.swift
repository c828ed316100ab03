import Budget

/// Where the frames went that the source handed out: `taken == decided + filling + dropped` of all causes.
public struct FrameAccount {
    public internal(set) var taken = 0
    public internal(set) var decided = 0
    /// Frames that fed a clip, or fell between two of its stride, without a decision.
    public internal(set) var filling = 0
    private var drops = [Int](repeating: 0, count: FrameDrop.allCases.count)

    public init() {}

    public func dropped(_ cause: FrameDrop) -> Int { drops[cause.rawValue] }

    mutating func drop(_ cause: FrameDrop) { drops[cause.rawValue] += 1 }
}

/// Why a frame that was handed out brought nothing.
public enum FrameDrop: Int, CaseIterable {
    case late, skipped, shed, paced
    /// The picture could not be read.
    case damaged
    /// Decided, but by then past the age limit: nothing was said.
    case expired

    public var label: String {
        switch self {
        case .late: "late"
        case .skipped: "skipped"
        case .shed: "shed"
        case .paced: "paced"
        case .damaged: "damaged"
        case .expired: "expired"
        }
    }

    init(_ cause: DropCause) {
        switch cause {
        case .paced: self = .paced
        case .late: self = .late
        case .skipped: self = .skipped
        case .shed: self = .shed
        case .damaged: self = .damaged
        }
    }
}

/// What became of one task's looks, region by region and frame by frame, and how long they took.
public struct TaskAccount {
    /// `wait`: until work on the region began, decoding aside; `age`: until it was decided.
    public internal(set) var stages = StageHistograms()
    public internal(set) var decided = 0
    /// Decisions older than the promised p99, those past the age limit among them.
    public internal(set) var missed = 0
    /// Decisions past the age limit.
    public internal(set) var expired = 0
    private var drops = [Int](repeating: 0, count: FrameDrop.allCases.count)

    public init() {}

    /// Regions of frames without a look, by cause; those without any are left out.
    public var dropped: [(cause: String, count: Int)] {
        FrameDrop.allCases.map { (cause: $0.label, count: drops[$0.rawValue]) }.filter { $0.count > 0 }
    }

    mutating func drop(_ cause: FrameDrop) { drops[cause.rawValue] += 1 }
}
