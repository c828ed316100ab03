/// When a region looks in trouble: the probabilities of some of a task's labels sum up to a limit.
public struct TroubleRule: Equatable {
    /// The model's task, such as "action".
    public var task: String
    public var labels: [String]
    /// 0…1.
    public var probability: Double

    public init(task: String, labels: [String], probability: Double) {
        self.task = task
        self.labels = labels
        self.probability = probability
    }
}
