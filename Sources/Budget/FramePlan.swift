/// One look at a region: crop, resize and frame program, and the clip program too where a decision is wanted.
public struct WorkItem: Equatable {
    public let region: RegionID
    /// Run the task's lighter program instead of the full one.
    public let lighter: Bool
    /// Run the clip program too. Always true for networks that decide on single pictures.
    public let decides: Bool

    public init(region: RegionID, lighter: Bool = false, decides: Bool = true) {
        self.region = region
        self.lighter = lighter
        self.decides = decides
    }
}

/// Why a region was not looked at on a frame that it could have had.
public enum DropCause: Int, CaseIterable, Sendable {
    /// It has as many decisions as were asked for; nothing is lost.
    case paced = 0
    /// It would have been decided after its deadline.
    case late
    /// The ladder skips frames.
    case skipped
    /// The ladder looks at fewer regions; it is not this one's turn.
    case shed
    /// The picture could not be read.
    case damaged

    public var label: String {
        switch self {
        case .paced: "paced"
        case .late: "late"
        case .skipped: "skipped"
        case .shed: "shed"
        case .damaged: "damaged"
        }
    }
}

/// What to do with one frame.
public struct FramePlan: Equatable {
    public struct Drop: Equatable {
        public let region: RegionID
        public let cause: DropCause

        public init(region: RegionID, cause: DropCause) {
            self.region = region
            self.cause = cause
        }
    }

    /// In the order to serve them. When empty the picture need not even be decoded.
    public var items: [WorkItem]
    /// 1, or 2 to decode at half width and height.
    public var pictureScale: Int
    public var dropped: [Drop]

    public init(items: [WorkItem], pictureScale: Int = 1, dropped: [Drop] = []) {
        self.items = items
        self.pictureScale = pictureScale
        self.dropped = dropped
    }

    /// The one cause to account a frame under that serves nobody; nil for one that serves somebody, or had nobody to
    /// serve.
    public var cause: DropCause? {
        guard items.isEmpty else { return nil }
        for cause in [DropCause.late, .shed, .skipped, .paced] where dropped.contains(where: { $0.cause == cause }) {
            return cause
        }
        return nil
    }
}
