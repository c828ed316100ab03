import ModelFile
import Runtime

extension Network {
    /// What the deciding program's outputs say about each task, after a run. Here the first floats appear.
    public func results() -> [TaskResult] {
        model.description.tasks.map { task in
            let output = output(task.output)
            let scores = (0..<output.count).map { output[$0] }
            switch task.kind {
            case .classification:
                var best = 0
                for i in scores.indices where scores[i] > scores[best] { best = i }
                return TaskResult(
                    name: task.name, scores: scores,
                    answer: .label(task.labels[best], probability: output.real(best)))
            case .regression:
                return TaskResult(name: task.name, scores: scores, answer: .number(output.real(0)))
            }
        }
    }
}
