import Foundation

/// A task's measure with the float network and with the integers.
struct ScoreComparison: Encodable {
    var task: String
    var samples: Int
    /// "accuracy", or the regression's mean absolute error with its unit.
    var measure: String
    /// A share for accuracy.
    var float: Double
    var integer: Double
    var isAccuracy: Bool

    /// How much worse the integers are: in points, or in the regression's unit.
    var drop: Double { isAccuracy ? 100 * (float - integer) : integer - float }

    var floatText: String { text(float) }
    var integerText: String { text(integer) }
    var differenceText: String {
        let change = isAccuracy ? -drop : drop
        return String(format: "%+.2f", change) + (isAccuracy ? " points" : "")
    }

    private func text(_ value: Double) -> String {
        isAccuracy ? String(format: "%.2f %%", 100 * value) : String(format: "%.3f", value)
    }

    static func pairs(_ float: Score, _ integer: Score) -> [ScoreComparison] {
        zip(float.listing(model: "", skipped: 0).tasks, integer.listing(model: "", skipped: 0).tasks).map { a, b in
            ScoreComparison(
                task: a.name, samples: a.samples,
                measure: a.accuracy != nil ? "accuracy" : "mean absolute error" + (a.unit.isEmpty ? "" : ", \(a.unit)"),
                float: a.accuracy ?? a.meanAbsoluteError ?? 0, integer: b.accuracy ?? b.meanAbsoluteError ?? 0,
                isAccuracy: a.accuracy != nil)
        }
    }
}
