/// How work is divided among threads: fixed when the network is loaded, so that a run only executes.
struct Share {
    /// Multiply-adds or elements that take about as long as waking a thread.
    static let smallest = 32_768

    let threads: Int
    let smallest: Int

    /// Parts for `work` multiply-adds or elements: one a thread, fewer when the work is small.
    func parts(work: Int) -> Int { max(1, min(threads, work / smallest)) }

    /// At most `parts` contiguous ranges that cover 0..<count, all but the last multiples of `grain`.
    static func ranges(_ count: Int, parts: Int, grain: Int = 1) -> [Range<Int>] {
        let grains = (count + grain - 1) / grain
        let used = max(1, min(parts, grains))
        return (0..<used).map { part in
            let first = grains * part / used * grain, end = grains * (part + 1) / used * grain
            return first..<min(end, count)
        }
    }
}
