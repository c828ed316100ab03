import Foundation
import Quantizer

/// What the search for int16 values was asked and found.
struct SelectionSummary: Encodable {
    /// The target in words: "every task within 0.2 of float".
    let target: String
    let isReached: Bool
    /// By how much it is missed, in the target's unit; at most 0 where it holds.
    let shortfall: Double
    let values: [String]
    /// Of the multiply-adds, 0…1.
    let wideShare: Double
    let trials: Int

    init(target: String, _ selection: WideSelection) {
        self.target = target
        isReached = selection.isReached
        shortfall = selection.kept.shortfall
        values = selection.values
        wideShare = selection.kept.wideShare
        trials = selection.trials.count
    }

    var text: String {
        let share = String(format: "%.1f %% of the multiply-adds read int16", 100 * wideShare)
        let means = values.isEmpty ? "no further value made int16" : "\(values.count) values made int16"
        return isReached
            ? "target kept: \(target), \(means), \(share)"
            : String(format: "TARGET NOT REACHED: %@, missed by %.3g, with %@, %@", target, shortfall, means, share)
    }

    var html: String {
        let list = values.isEmpty ? "" : Markup.details("The values", "<p>\(values.map(Markup.escape).joined(separator: ", "))</p>")
        return "<p class='\(isReached ? "good" : "bad")'>\(Markup.escape(text.prefix(1).uppercased() + text.dropFirst())).</p>"
            + list
    }
}
