import Foundation
import ModelFile
import Quantizer

/// The report of a quantization: one HTML page without anything from outside.
struct ReportPage {
    let summary: QuantizationSummary
    let recipe: Recipe
    let quantized: QuantizedModel
    let samples: [Sample]

    var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>\(escape(recipe.name)): quantization report</title>
        <style>\(PageStyle.base)</style></head><body>
        <h1>\(escape(recipe.name))</h1>
        <p>\(escape(summary.model)) → \(escape(summary.out)): what the quantizer did, layer by layer.</p>
        <section class="figures">\(figures)</section>
        \(summary.warnings.isEmpty ? "" : "<h2>Warnings</h2><ul>" + summary.warnings.map { "<li>\(escape($0))" }.joined() + "</ul>")
        <h2>Weights: signal to rounding noise</h2>
        \(weightPlot)
        <h2>Layers</h2>
        <div class="scroll"><table><thead><tr><th>program<th>node<th>becomes<th>type<th>shape<th>range seen<th>scale<th>zero
        <th>weights dB<th>MMAC</thead><tbody>\(quantized.report.layers.map(row).joined())</tbody></table></div>
        <h2>Calibration</h2>
        <p>\(samples.count) samples, resized to \(recipe.width) × \(recipe.height) \(recipe.colour.rawValue) as the board does.</p>
        <details><summary>The samples, with the checksum of what the network saw</summary>
        <div class="scroll"><table><tbody>\(manifest)</tbody></table></div></details>
        </body></html>
        """
    }

    private var figures: String {
        let wide = 100 * Double(summary.int16MultiplyAdds) / Double(max(1, summary.multiplyAdds))
        return [
            (String(format: "%.2f M", Double(summary.parameters) / 1e6), "parameters"),
            (String(format: "%.1f M", Double(summary.multiplyAdds) / 1e6), "multiply-adds a decision"),
            (String(format: "%.1f %%", wide), "of them from int16"),
            ("\(summary.bytes / 1024) KiB", "model file"),
            ("\(summary.layers)", "layers"),
        ].map { "<div><b>\($0)</b><span>\($1)</span></div>" }.joined()
    }

    /// A bar for each layer with weights, in order of execution.
    private var weightPlot: String {
        let layers = quantized.report.layers.filter { ($0.weightSQNR ?? .infinity).isFinite }
        guard !layers.isEmpty else { return "<p>No layer has rounded weights.</p>" }
        let width = 900.0
        let height = 180.0
        let top = 60.0
        let step = width / Double(layers.count)
        let bars = layers.enumerated().map { index, layer in
            let decibels = layer.weightSQNR!
            let bar = max(1, min(decibels, top) / top * height)
            return String(
                format: "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f'><title>%@: %.1f dB</title></rect>",
                Double(index) * step, height - bar, max(1, step - 1), bar, escape(layer.node), decibels)
        }
        let lines = [20.0, 40, 60].map { level in
            let y = height - level / top * height
            return String(
                format: "<line x1='0' x2='900' y1='%.1f' y2='%.1f'/><text x='904' y='%.1f'>%.0f dB</text>", y, y, y + 4,
                level)
        }
        return "<svg viewBox='0 -10 960 200' role='img' aria-label='Signal to noise of the weights by layer'>"
            + lines.joined() + bars.joined() + "</svg>"
    }

    private func row(_ layer: LayerReport) -> String {
        let range = layer.range.map { String(format: "%.3g … %.3g", $0.lowerBound, $0.upperBound) } ?? "fixed"
        return
            "<tr class='\(layer.type)'><td>\(layer.program)<td>\(escape(layer.node))<td>\(layer.operations.joined(separator: ", "))"
            + "<td>\(layer.type)<td>\(layer.shape.map(String.init).joined(separator: "×"))<td>\(range)"
            + String(format: "<td class='n'>%.3g<td class='n'>%d", layer.scale, layer.zeroPoint)
            + "<td class='n'>\(layer.weightSQNR.map { String(format: "%.1f", $0) } ?? "")"
            + "<td class='n'>\(layer.multiplyAdds > 0 ? String(format: "%.2f", Double(layer.multiplyAdds) / 1e6) : "")"
    }

    private var manifest: String {
        samples.map { sample in
            let checksum = sample.pixels.withUnsafeBytes { CRC32.checksum($0) }
            return "<tr><td>\(escape(sample.name))<td class='n'>\(String(format: "%08x", checksum))"
        }.joined()
    }

    private func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
            "'", with: "&#39;")
    }
}
