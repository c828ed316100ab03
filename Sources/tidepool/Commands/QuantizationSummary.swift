import FloatGraph
import Foundation
import ModelFile
import Quantizer

/// What `quantize` did, for people and as JSON.
struct QuantizationSummary: Encodable {
    let model: String
    let out: String
    let parameters: Int
    /// Of one decision: the newest frame and the clip's head.
    let multiplyAdds: Int
    let int16MultiplyAdds: Int
    let bytes: Int
    let layers: Int
    let calibrationSamples: Int
    let skippedSamples: Int
    let passes: [String]
    /// By pass: what it brings to every output, dB; empty where it was not measured.
    let gains: [String: [Double]]
    let features: [String]
    let warnings: [String]
    /// What the search for int16 values found; absent without a target.
    let selection: SelectionSummary?

    private let gainRows: [[String]]
    private let outputNames: [String]

    private enum CodingKeys: String, CodingKey {
        case model, out, parameters, multiplyAdds, int16MultiplyAdds, bytes, layers, calibrationSamples, skippedSamples
        case passes, gains, features, warnings, selection
    }

    init(
        model: String, out: String, graph: Graph, report: QuantizationReport, skipped: Int,
        selection: SelectionSummary? = nil
    ) {
        self.model = model
        self.out = out
        parameters = graph.parameterCount
        multiplyAdds = report.multiplyAdds.reduce(0) { $0 + $1.count }
        int16MultiplyAdds = report.multiplyAdds.first { $0.type == .int16 }?.count ?? 0
        bytes = report.byteCount
        layers = report.layers.count
        calibrationSamples = report.calibrationInputs
        skippedSamples = skipped
        passes = report.passes.map { "\($0.name): \($0.changes)" }
        gains = Dictionary(uniqueKeysWithValues: report.gains.map { ($0.pass.rawValue, $0.outputs) })
        gainRows = report.gains.map { gain in
            ["  " + gain.pass.rawValue, gain.outputs.map { Markup.signed($0) + " dB" }.joined(separator: ", ")]
        }
        outputNames = graph.outputs.map { graph.values[$0].name }
        features = report.featureNames
        warnings = report.warnings
        self.selection = selection
    }

    func json() throws -> String { try encodeJSON(self) }

    var text: String {
        let wide = multiplyAdds > 0 ? 100 * Double(int16MultiplyAdds) / Double(multiplyAdds) : 0
        var rows = [
            ["model", model], ["parameters", String(format: "%.2f M", Double(parameters) / 1e6)],
            [
                "multiply-adds a decision",
                String(format: "%.1f M, %.1f %% of them from int16", Double(multiplyAdds) / 1e6, wide),
            ],
            ["layers", "\(layers)"],
            [
                "calibration",
                "\(calibrationSamples) samples" + (skippedSamples > 0 ? ", \(skippedSamples) skipped" : ""),
            ],
        ]
        if !features.isEmpty { rows.append(["features of a frame", features.joined(separator: ", ")]) }
        if let selection { rows.append(["accuracy", selection.text]) }
        if !gainRows.isEmpty { rows += [["gain of each pass", outputNames.joined(separator: ", ")]] + gainRows }
        rows.append(["written", "\(out), \(bytes / 1024) KiB"])
        return textTable(rows) + warnings.map { "\nwarning: \($0)" }.joined()
    }
}

/// One JSON object, keys sorted.
func encodeJSON(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// Columns of text; those of `numbers` to the right.
func textTable(_ rows: [[String]], numbers: Set<Int> = []) -> String {
    let widths =
        (rows.map(\.count).max() ?? 0) == 0
        ? []
        : (0..<rows.map(\.count).max()!).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max()!
        }
    return rows.map { row in
        var line = ""
        for (column, cell) in row.enumerated() {
            let padding = String(repeating: " ", count: widths[column] - cell.count)
            let isLast = column == row.count - 1
            line += numbers.contains(column) ? padding + cell : cell + (isLast ? "" : padding)
            if !isLast { line += "  " }
        }
        return line
    }.joined(separator: "\n")
}
