/// What the stages cost on this board, in nanoseconds: measured at start-up, corrected as it runs.
public struct CostModel {
    /// The two programs of a task.
    struct TaskCosts {
        var frame = [CostEstimate(), CostEstimate()]
        var clip = [CostEstimate(), CostEstimate()]
    }

    private var pictures = [CostEstimate(), CostEstimate()]
    private var tasks: [TaskCosts]

    /// - Parameter tasks: How many; as many as there are promises.
    public init(tasks: Int) { self.tasks = [TaskCosts](repeating: TaskCosts(), count: tasks) }

    /// Notes what decoding a picture took, at full size (`scale` 1) or half (2).
    public mutating func note(scale: Int, decode: Int64) { pictures[scale > 1 ? 1 : 0].note(decode) }

    /// Notes what a look took; `clip` 0 when the clip program was not run.
    public mutating func note(task: Int, lighter: Bool, frame: Int64, clip: Int64) {
        let program = lighter ? 1 : 0
        tasks[task].frame[program].note(frame)
        if clip > 0 { tasks[task].clip[program].note(clip) }
    }

    /// The smallest p99 that a task could keep here: one picture, one look, one decision, at their upper costs.
    public func leastBudget(task: Int, lighter: Bool) -> Int64 {
        let program = lighter ? 1 : 0
        return pictures[program].upper + tasks[task].frame[program].upper + tasks[task].clip[program].upper
    }
}
