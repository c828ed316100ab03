import ArgumentParser
import Foundation

/// What `quantize` has to keep, and what it is measured on.
struct AccuracyArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What tasks may lose: points, or a regression's unit, such as 0.2 or 0.2,age=0.05. Needs --labels.",
            valueName: "limit[,task=limit]"))
    var maxDrop: DropLimits?
    @Option(name: .customLong("min-sqnr"), help: "Signal to noise that every output must keep, in dB.")
    var minSQNR: Double?
    @Option(help: "What is true of the samples (.csv or .jsonl), as for evaluate.") var labels: String?
    @Option(help: "Samples to measure on; without it those of --calibrate.") var check: String?

    func validate() throws {
        if maxDrop != nil, labels == nil { throw ValidationError("--max-drop needs --labels") }
        if maxDrop != nil, minSQNR != nil { throw ValidationError("give --max-drop or --min-sqnr, not both") }
        if let minSQNR, !(minSQNR > 0 && minSQNR <= 90) { throw ValidationError("--min-sqnr must be above 0, at most 90") }
        if check != nil, labels == nil, minSQNR == nil {
            throw ValidationError("--check needs --labels or --min-sqnr: what to measure on it")
        }
    }

    var target: AccuracyTarget? { maxDrop.map(AccuracyTarget.drop) ?? minSQNR.map(AccuracyTarget.sqnr) }
}
