import FloatGraph
import Foundation
import ModelFile
import Testing

@testable import Quantizer
@testable import tidepool

struct LayeredLayoutTests {
    /// A residual block: 0 → 1 → 2 → 3, and 0 → 3 around it.
    @Test func anEdgeThatPassesNodesHasALaneOfItsOwn() {
        let layout = LayeredLayout(predecessors: [[], [0], [1], [2, 0]])
        #expect(layout.places.map(\.layer) == [0, 1, 2, 3])
        #expect(layout.places.allSatisfy { $0.slot == 0 })
        #expect(layout.lanes[0] == [.init(layer: 1, slot: 1), .init(layer: 2, slot: 1)])
        #expect(layout.holdsNodes == [true, false])
    }

    @Test func branchesLieSideBySide() {
        let layout = LayeredLayout(predecessors: [[], [0], [0], [0], [1, 2]])
        #expect(layout.layerCount == 3)
        #expect(Set(layout.places[1...3].map(\.slot)) == [0, 1, 2])
    }

    /// Whatever the graph: no two things in one place, and every reader below what it reads.
    @Test func nothingOverlaps() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let count = Int.random(in: 1...60, using: &random)
            let predecessors = (0..<count).map { node in
                node == 0 ? [] : (0..<Int.random(in: 1...3, using: &random)).map { _ in
                    Int.random(in: max(0, node - 8)..<node, using: &random)
                }
            }
            let layout = LayeredLayout(predecessors: predecessors)
            let all = layout.places + layout.lanes.flatMap { $0 }
            #expect(Set(all.map { $0.layer * 1000 + $0.slot }).count == all.count)
            for (node, sources) in predecessors.enumerated() {
                #expect(sources.allSatisfy { layout.places[$0].layer < layout.places[node].layer })
            }
        }
    }
}

struct ReportPageTests {
    /// Three layers with a shortcut, quantized for real.
    static func content() throws -> ReportPage.Content {
        var graph = Graph(name: "tiny <net>")
        graph.input = graph.addValue("input", shape: [1, 8, 8, 3])
        func weights(_ shape: [Int]) -> FloatTensor {
            FloatTensor(shape: shape, values: (0..<shape.reduce(1, *)).map { Float($0 * 37 % 101 - 50) / 200 })
        }
        let window = ConvolutionWindow(padTop: 1, padLeft: 1, padBottom: 1, padRight: 1)
        let first = try graph.append(
            .convolution(window), [graph.input, graph.addConstant("w1", weights([4, 3, 3, 3]))], name: "stem & co")
        let second = try graph.append(
            .convolution(window), [first, graph.addConstant("w2", weights([4, 3, 3, 4]))], name: "middle")
        let sum = try graph.append(.arithmetic(.add), [first, second], name: "shortcut")
        let pooled = try graph.append(.reduce(.mean, axes: [1, 2], keep: false), [sum], name: "pool")
        graph.outputs = [
            try graph.append(.dense, [pooled, graph.addConstant("w3", weights([3, 4]))], name: "scores")
        ]
        let recipe = Recipe(describing: graph)
        var quantizer = try Quantizer(graph, recipe: recipe)
        let inputs = (0..<8).map { picture in
            FloatTensor(shape: [1, 8, 8, 3], values: (0..<192).map { Float(($0 * 31 + picture * 57) % 256) })
        }
        try quantizer.calibrate(with: inputs)
        let samples = inputs.enumerated().map { index, input in
            Sample(name: "\(index).jpg", pixels: input.values.map { Int8($0 - 128) })
        }
        let run = QuantizationRun(graph, quantizer, samples, InputShape(recipe), try AccuracyArguments.parse([]))
        var quantized = try run.quantized()
        quantized.report.passes.append(PassRecord(name: "AdaptiveRounding", changes: 3, gain: 4.5))
        let summary = QuantizationSummary(
            model: "tiny.onnx", out: "tiny.tide", graph: graph, report: quantized.report, skipped: 0)
        let manifest = """
            {"set": "tiny", "samples": 8, "preprocessing": "as they are", "warnings": ["dark & flat"],
             "files": [{"name": "0.jpg", "size": 192, "sha256": "abcd"}]}
            """
        var content = try run.content(
            quantized, summary, try JSONDecoder().decode(CalibrationManifest.self, from: Data(manifest.utf8)))
        content.scores = [
            .init(task: "scores", samples: 8, measure: "accuracy", float: 0.9, integer: 0.875, isAccuracy: true)
        ]
        content.selection = SelectionSummary(target: "30 dB at every output", WideSelection())
        content.provenance = [("source.file", "tiny.onnx")]
        return content
    }

    @Test func holdsEverySection() throws {
        let html = ReportPage(content: try Self.content()).html
        for title in [
            "Warnings", "What the integers keep", "Where the loss comes from", "The network", "Ranges",
            "What each pass did", "Cost", "Calibration", "Layers", "Provenance",
        ] { #expect(html.contains("<h2>\(title)</h2>"), "\(title)") }
        #expect(html.contains("-2.50 points") && html.contains("dark &amp; flat") && html.contains("abcd"))
        #expect(html.contains("AdaptiveRounding") && html.contains("4.5"))
        #expect(html.contains("stem &amp; co") && !html.contains("stem & co"))
        #expect(html.contains("Target not reached") || html.contains("TARGET NOT REACHED"))
    }

    @Test func needsNothingFromOutside() throws {
        let html = ReportPage(content: try Self.content()).html
        for sign in ["http:", "https:", "src=", "<script", "<link", "@import", "url("] {
            #expect(!html.contains(sign), "\(sign)")
        }
    }

    @Test func isWellFormed() throws {
        let html = ReportPage(content: try Self.content()).html
        var open: [Substring] = []
        let void: Set<Substring> = ["meta", "br", "!doctype", "path", "rect", "line"]
        for match in html.matches(of: /<(\/?)([a-z!][a-z0-9]*)[^>]*?(\/?)>/) {
            if match.3 == "/" || void.contains(match.2) { continue }
            if match.1.isEmpty {
                open.append(match.2)
            } else {
                #expect(open.popLast() == match.2)
            }
        }
        #expect(open.isEmpty)
        #expect(html.firstMatch(of: /\b(nan|inf)\b/) == nil)
    }

    @Test func everyNodeIsDrawn() throws {
        let content = try Self.content()
        let boxes = NetworkBoxes(content).boxes
        #expect(boxes.count == content.prepared.nodes.count)
        #expect(boxes.contains { $0.name == "middle" && $0.sqnr != nil && $0.share > 0 })
        let svg = GraphDrawing(boxes).svg
        #expect(svg.components(separatedBy: "<title>").count - 1 == boxes.count)
    }
}
