import ModelFile
import Runtime

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

extension TroubleRule {
    /// - Throws: `trouble` when the model has no such task, it is no classification, or a label is none of it.
    func check(_ model: ModelDescription) throws(RecognitionError) {
        let classes = model.tasks.filter { $0.kind == .classification }
        guard let named = classes.first(where: { $0.name == task }) else {
            let names = classes.map { $0.name }.joined(separator: ", ")
            throw .trouble("\(model.name) has no classification '\(task)'; it has \(names.isEmpty ? "none" : names)")
        }
        for label in labels where !named.labels.contains(label) {
            let known = named.labels.joined(separator: ", ")
            throw .trouble("\(task) of \(model.name) has no label '\(label)'; it has \(known)")
        }
    }
}

extension Network {
    /// Whether the last decision fulfils a rule that was checked.
    func isInTrouble(_ rule: TroubleRule) -> Bool {
        guard let task = model.description.tasks.first(where: { $0.name == rule.task }) else { return false }
        let output = output(task.output)
        var sum = 0.0
        for label in rule.labels {
            if let index = task.labels.firstIndex(of: label) { sum += output.real(index) }
        }
        return sum >= rule.probability
    }
}

extension ModelDescription {
    /// Whether the answers have the same names and come from clips of the same frames.
    func answersLike(_ other: ModelDescription) -> Bool {
        clip?.frames == other.clip?.frames && clip?.stride == other.clip?.stride && tasks.count == other.tasks.count
            && zip(tasks, other.tasks).allSatisfy { $0.name == $1.name && $0.kind == $1.kind && $0.labels == $1.labels }
    }
}
