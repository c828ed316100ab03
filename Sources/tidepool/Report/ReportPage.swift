import FloatGraph
import Foundation
import ModelFile
import Quantizer
import Runtime

/// The report of a quantization: one HTML page without anything from outside.
struct ReportPage {
    /// What the page is about; parts that are not known are left out.
    struct Content {
        var summary: QuantizationSummary
        var recipe: Recipe
        /// The graph that was lowered.
        var prepared: Graph
        var report: QuantizationReport
        var comparison: Comparison?
        var ranking: Ranking?
        var distributions: [(entry: Ranking.Entry, distribution: Distribution)] = []
        var selection: SelectionSummary?
        var scores: [ScoreComparison] = []
        var profile: [OperationProfile] = []
        var arenaByteCount = 0
        var calibration: CalibrationListing
        var provenance: [(key: String, value: String)] = []
    }

    /// What the network was calibrated with.
    struct CalibrationListing {
        var samples: Int
        var preprocessing: String
        /// Whatever was read, with a digest of its content.
        var files: [(name: String, size: Int, digest: String)]
        var warnings: [String] = []

        init(_ manifest: CalibrationManifest) {
            samples = manifest.samples
            preprocessing = manifest.preprocessing
            files = manifest.files.map { ($0.name, $0.size, $0.sha256) }
            warnings = manifest.warnings
        }
    }

    let content: Content

    var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Markup.escape(content.recipe.name)): quantization report</title>
        <style>\(PageStyle.base)\(PageStyle.report)</style></head><body>
        <h1>\(Markup.escape(content.recipe.name))</h1>
        <p>\(Markup.escape(content.summary.model)) → \(Markup.escape(content.summary.out))</p>
        <section class="figures">\(figures)</section>
        \(sections.joined(separator: "\n"))
        </body></html>
        """
    }

    private var sections: [String] {
        var sections: [String] = []
        func add(_ title: String, _ body: String) {
            if !body.isEmpty { sections.append("<section><h2>\(title)</h2>\(body)</section>") }
        }
        let warnings = content.summary.warnings + content.calibration.warnings
        add("Warnings", warnings.isEmpty ? "" : list(warnings.map(Markup.escape)))
        add("What the integers keep", accuracy)
        if let ranking = content.ranking { add("Where the loss comes from", RankingSection(ranking: ranking).html) }
        add("The network", drawing)
        if !content.distributions.isEmpty {
            let count = content.distributions.count
            add(
                "Ranges",
                Markup.details(
                    "Histograms of \(count) weights and values, the most costly first",
                    HistogramSection(parts: content.distributions).html))
        }
        add("What each pass did", passes)
        add("Cost", CostSection(profile: content.profile, report: content.report).html)
        add("Calibration", calibration)
        add("Layers", Markup.details("All \(content.report.layers.count) layers as they were quantized", layers))
        add("Provenance", provenance)
        return sections
    }

    private var figures: String {
        let summary = content.summary
        var figures = [
            (String(format: "%.2f M", Double(summary.parameters) / 1e6), "parameters"),
            (String(format: "%.1f M", Double(summary.multiplyAdds) / 1e6), "multiply-adds a decision"),
            (Markup.percent(content.report.wideShare), "of them from int16"),
            ("\(summary.bytes / 1024) KiB", "model file"),
        ]
        if content.arenaByteCount > 0 { figures.append(("\(content.arenaByteCount / 1024) KiB", "memory of a run")) }
        if let worst = content.comparison?.outputs.map(\.sqnr).min() {
            figures.append(("\(Markup.number(worst, 1)) dB", "worst output, signal to noise"))
        }
        return figures.map { "<div><b>\($0)</b><span>\($1)</span></div>" }.joined()
    }

    private func list(_ lines: [String]) -> String { "<ul>\(lines.map { "<li>\($0)</li>" }.joined())</ul>" }

    // MARK: Accuracy

    private var accuracy: String {
        var body = ""
        if !content.scores.isEmpty {
            body += Markup.table(
                ["task", "samples", "measure", "float", "integers", "difference"],
                content.scores.map {
                    [Markup.escape($0.task), "\($0.samples)", Markup.escape($0.measure), $0.floatText, $0.integerText,
                     $0.differenceText]
                }, numbers: [1, 3, 4, 5])
        }
        if let comparison = content.comparison {
            body += Markup.table(
                ["output", "SQNR dB", "cosine", "same top-1", "mean |error|"],
                comparison.outputs.map { output in
                    [
                        Markup.escape(output.name), Markup.number(output.sqnr, 1), Markup.number(output.cosine, 5),
                        output.topAgreement.map { Markup.number(100 * $0, 1) + " %" } ?? "",
                        String(format: "%.4g", output.meanAbsoluteError),
                    ]
                }, numbers: [1, 2, 3, 4])
            body += "<p>The integer network against the float one, on \(comparison.inputs) inputs. SQNR: "
                + "10 · log₁₀ of the outputs’ power over that of their error.</p>"
        }
        if let selection = content.selection { body += selection.html }
        return body
    }

    // MARK: The drawing

    private var drawing: String {
        let svg = GraphDrawing(NetworkBoxes(content).boxes).svg
        return "<p>Colours tell the signal to noise of what a node computes, errors from above included; the bar at a "
            + "box’s foot is the share of the loss that is its own. Orange frames: int16. Dashed: once a clip.</p>"
            + GraphDrawing.legend + "<div class='scroll drawing'>\(svg)</div>"
    }

    // MARK: Tables

    private var passes: String {
        gains + rewritings
    }

    /// From end to end, by output.
    private var gains: String {
        guard !content.report.gains.isEmpty else { return "" }
        let outputs = content.prepared.outputs.map { Markup.escape(content.prepared.values[$0].name) }
        return Markup.table(
            ["pass"] + outputs.map { "\($0), dB" },
            content.report.gains.map { gain in
                [gain.pass.rawValue] + gain.outputs.map { Markup.signed($0) }
            }, numbers: Set(1...max(1, outputs.count)))
            + "<p>From end to end: the outputs’ signal to noise with a pass less that without it. Rounding is judged against "
            + "rounding to nearest, all others with it.</p>"
    }

    private var rewritings: String {
        guard !content.report.passes.isEmpty else { return "" }
        return Markup.table(
            ["pass", "changes", "layers’ gain, dB"],
            content.report.passes.map { pass in
                [Markup.escape(pass.name), "\(pass.changes)", pass.gain.map { Markup.number($0, 1) } ?? ""]
            }, numbers: [1, 2])
            + "<p>Layers’ gain: by how much the layers’ own noise fell, on inputs kept back. Passes without one only rewrite what "
            + "the network computes.</p>"
    }

    private var layers: String {
        Markup.table(
            ["program", "node", "becomes", "type", "shape", "range seen", "scale", "zero", "weights dB", "MMAC"],
            content.report.layers.map { layer in
                [
                    layer.program, Markup.escape(layer.node), layer.operations.joined(separator: ", "),
                    layer.type == .int8 ? "int8" : "<b class='wide'>\(layer.type)</b>",
                    layer.shape.map(String.init).joined(separator: "×"),
                    layer.range.map { String(format: "%.3g … %.3g", $0.lowerBound, $0.upperBound) } ?? "fixed",
                    String(format: "%.3g", layer.scale), "\(layer.zeroPoint)",
                    layer.weightSQNR.map { Markup.number($0, 1) } ?? "", Markup.millions(layer.multiplyAdds),
                ]
            }, numbers: [6, 7, 8, 9])
    }

    private var calibration: String {
        let listing = content.calibration
        let files = Markup.table(
            ["file", "bytes", "SHA-256"],
            listing.files.map { [Markup.escape($0.name), "\($0.size)", "<code>\($0.digest)</code>"] }, numbers: [1])
        return "<p>\(listing.samples) samples; \(Markup.escape(listing.preprocessing)).</p>"
            + (listing.files.isEmpty ? "" : Markup.details("\(listing.files.count) files with their digests", files))
    }

    private var provenance: String {
        guard !content.provenance.isEmpty else { return "" }
        return Markup.table(
            ["fact", ""], content.provenance.map { [Markup.escape($0.key), Markup.escape($0.value)] })
    }
}
