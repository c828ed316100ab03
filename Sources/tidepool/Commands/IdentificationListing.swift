import Foundation

/// What a trial of re-identification has measured.
struct IdentificationListing: Encodable {
    var model: String
    /// People in the gallery, and clips of each that were enrolled.
    var people: Int
    var clips: Int
    /// The known people's further clips.
    var probes: Int
    var impostors: Int
    var impostorProbes: Int
    var rankOne: Double
    /// At the threshold that was given, chosen, or is the model's own.
    var chosen: IdentificationTrial.Rates?
    var thresholds: [IdentificationTrial.Rates]

    var text: String {
        func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }
        func row(_ rates: IdentificationTrial.Rates, _ format: String, _ mark: String) -> [String] {
            [
                String(format: format, rates.threshold), percent(rates.falseAccepts), percent(rates.falseRejects),
                percent(rates.misnamed), mark,
            ]
        }
        var rows = [["threshold", "false accepts", "false rejects", "misnamed", ""]]
        rows += thresholds.map { row($0, "%.2f", "") }
        if let chosen { rows.append(row(chosen, "%.4f", "← in use")) }
        return """
            \(people) people known by \(clips) clips each, \(probes) probes; \
            \(impostors) impostors, \(impostorProbes) probes
            rank-1 \(percent(rankOne))

            \(textTable(rows, numbers: [0, 1, 2, 3]))
            """
    }
}
