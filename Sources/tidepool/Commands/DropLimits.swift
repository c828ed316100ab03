import ArgumentParser
import Foundation
import Quantizer

/// How much tasks may lose: `0.2` for all, `age=0.05` for one, or both as in `0.2,age=0.05`. In points of accuracy, or in
/// the unit of a regression.
struct DropLimits: ExpressibleByArgument, Equatable {
    /// Of tasks without a limit of their own; `nil`: these may lose anything.
    private(set) var general: Double?
    private(set) var byTask: [String: Double] = [:]

    init?(argument: String) {
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let limit = pair.last.flatMap(Double.init), (0...100).contains(limit) else { return nil }
            if pair.count == 1 {
                guard general == nil else { return nil }
                general = limit
            } else {
                guard !pair[0].isEmpty, byTask.updateValue(limit, forKey: pair[0]) == nil else { return nil }
            }
        }
    }

    subscript(task: String) -> Double? { byTask[task] ?? general }

    /// By how much the task that misses its limit by most misses it; at most 0 where all hold.
    func shortfall(_ scores: [ScoreComparison]) -> Double {
        scores.compactMap { score in self[score.task].map { score.drop - $0 } }.max() ?? 0
    }

    /// Refuses names that are no task's.
    func check(_ recipe: Recipe) throws {
        let names = recipe.tasks.map(\.name)
        guard let unknown = byTask.keys.sorted().first(where: { !names.contains($0) }) else { return }
        throw CommandError("--max-drop \(unknown)=…: the recipe has no such task, but \(names.joined(separator: ", "))")
    }

    /// "age loses no more than 0.05, no other task more than 0.2".
    var words: String {
        let single = byTask.keys.sorted().map { "\($0) loses no more than \(Self.text(byTask[$0]!))" }
        let all = general.map { (single.isEmpty ? "no task loses more than " : "no other task more than ") + Self.text($0) }
        return (single + [all].compactMap(\.self)).joined(separator: ", ")
    }

    private static func text(_ limit: Double) -> String { String(format: "%g", limit) }
}
