/// An expected cost in nanoseconds.
public struct Cost: Equatable {
    public var mean: Int64
    /// Hardly ever exceeded.
    public var upper: Int64

    /// One after the other. How far each exceeds its mean is taken to be independent: the excesses add up as squares.
    public static func + (one: Cost, other: Cost) -> Cost {
        let (a, b) = (Double(one.upper - one.mean), Double(other.upper - other.mean))
        let mean = one.mean + other.mean
        return Cost(mean: mean, upper: mean + Int64((a * a + b * b).squareRoot()))
    }

    /// The cost on a machine, or of a program, that is slower by `numerator / denominator`.
    func scaled(by numerator: Int64, over denominator: Int64) -> Cost {
        let factor = Double(numerator) / Double(max(1, denominator))
        return Cost(mean: Int64(Double(mean) * factor), upper: Int64(Double(upper) * factor))
    }
}

/// What the stages cost on this board: measured at start-up, corrected as it runs.
public struct CostModel {
    private struct Task {
        var frame = AlternativeCosts()
        var clip = AlternativeCosts()
    }

    private var pictures = AlternativeCosts()
    private var tasks: [Task]
    private var betweenFrames = CostEstimate()

    /// - Parameter tasks: How many; as many as there are promises.
    public init(tasks: Int) { self.tasks = [Task](repeating: Task(), count: tasks) }

    /// Notes what decoding a picture took, at full size (`scale` 1) or half (2).
    public mutating func note(scale: Int, decode: Int64) { pictures.note(decode, lighter: scale > 1) }

    /// Notes what a look took: crop, resize and frame program, and the clip program; `clip` 0 when it was not run.
    public mutating func note(task: Int, lighter: Bool, frame: Int64, clip: Int64) {
        tasks[task].frame.note(frame, lighter: lighter)
        if clip > 0 { tasks[task].clip.note(clip, lighter: lighter) }
    }

    /// Notes the time that passed between the work on one frame and the next, which was waiting.
    mutating func note(betweenFrames nanoseconds: Int64) { betweenFrames.note(nanoseconds) }

    /// Every quarter of a second of work: half of how far the upper costs exceeded the mean is forgotten in 17 s.
    mutating func fade() {
        pictures.fade()
        betweenFrames.fade()
        for task in tasks.indices {
            tasks[task].frame.fade()
            tasks[task].clip.fade()
        }
    }

    /// Taking a picture and decoding it.
    public func picture(scale: Int) -> Cost { pictures.expected(lighter: scale > 1) }

    /// One look, with or without a decision.
    public func look(task: Int, lighter: Bool, decides: Bool) -> Cost {
        let frame = tasks[task].frame.expected(lighter: lighter)
        return decides ? frame + tasks[task].clip.expected(lighter: lighter) : frame
    }

    /// The usual time between the work on two frames when the second is waiting: output and accounts.
    public var overhead: Int64 { betweenFrames.mean }

    /// The smallest p99 that a task could keep here: one picture, one look, one decision, at their upper costs.
    public func leastBudget(task: Int, lighter: Bool) -> Int64 {
        (picture(scale: lighter ? 2 : 1) + look(task: task, lighter: lighter, decides: true)).upper
    }
}

/// The cost of one stage in its two forms, full and lighter, of which often only one runs.
///
/// The form that has not run lately is expected to have become slower or faster by the same factor as the other.
struct AlternativeCosts {
    private var estimates = [CostEstimate(), CostEstimate()]
    /// The cost when both were new, to tell how much slower the machine has become.
    private var first: [Cost?] = [nil, nil]
    private var lastNoted = [0, 0]
    private var noted = 0

    private static let memory = 16
    private static let firstCount = 8

    mutating func note(_ nanoseconds: Int64, lighter: Bool) {
        let form = lighter ? 1 : 0
        if isForgotten(form) { estimates[form] = CostEstimate() }
        estimates[form].note(nanoseconds)
        noted += 1
        lastNoted[form] = noted
        if first[form] == nil || noted <= Self.firstCount { first[form] = current(form) }
    }

    mutating func fade() { for form in estimates.indices { estimates[form].fade() } }

    func expected(lighter: Bool) -> Cost {
        let form = lighter ? 1 : 0
        let other = 1 - form
        if estimates[form].count > 0, !isForgotten(form) { return current(form) }
        guard estimates[other].count > 0 else { return current(form) }
        guard let mine = first[form], let others = first[other] else {
            // Never run: half size or a lighter program is taken for half the cost until it is known.
            return current(other).scaled(by: lighter ? 1 : 2, over: lighter ? 2 : 1)
        }
        return mine.scaled(by: current(other).mean, over: others.mean)
    }

    private func isForgotten(_ form: Int) -> Bool { noted - lastNoted[form] > Self.memory }

    private func current(_ form: Int) -> Cost { Cost(mean: estimates[form].mean, upper: estimates[form].upper) }
}
