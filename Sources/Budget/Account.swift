/// Where the frames that a region could have had went: each is in exactly one account.
///
/// `offered == decided + looked + dropped(…)` of all causes, whenever no frame is being worked on.
public struct Account: Equatable {
    /// Frames on which the region could have been looked at.
    public internal(set) var offered = 0
    /// Looks that ended in a decision.
    public internal(set) var decided = 0
    /// Looks without one: a clip is filling, or no decision was wanted.
    public internal(set) var looked = 0
    private var drops = [Int](repeating: 0, count: DropCause.allCases.count)

    public init() {}

    public func dropped(_ cause: DropCause) -> Int { drops[cause.rawValue] }

    public var isBalanced: Bool { offered == decided + looked + drops.reduce(0, +) }

    mutating func drop(_ cause: DropCause) { drops[cause.rawValue] += 1 }

    public static func += (total: inout Account, part: Account) {
        total.offered += part.offered
        total.decided += part.decided
        total.looked += part.looked
        for cause in DropCause.allCases { total.drops[cause.rawValue] += part.drops[cause.rawValue] }
    }
}
