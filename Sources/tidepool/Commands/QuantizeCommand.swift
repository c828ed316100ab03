import ArgumentParser
import FloatGraph
import Foundation
import ModelFile
import Quantizer

/// `tidepool quantize`: a trained network and calibration pictures → a `.tide` file.
struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize", abstract: "Quantizes a trained network to one .tide file.",
        discussion: """
            EXAMPLES
              tidepool quantize swimmer.onnx --calibrate clips/ --out swimmer.tide
              tidepool quantize face.onnx --calibrate faces.tar --limit 256 --out face.tide --report face.html
              tidepool quantize swimmer.onnx --calibrate /dev/video0 --region 0.1,0.2,0.5,0.9 --out swimmer.tide
              tidepool quantize face.onnx --calibrate door.mp4 --out face.tide
              tidepool quantize face.onnx --calibrate faces.tar --max-drop 0.2,age=0.05 --labels val.csv --check val.tar \
            --out face.tide
              tidepool quantize own.onnx --recipe own.yaml --calibrate frames.npy --ranges minmax --out own.tide

            PASSES THAT --without LEAVES OUT
              fold       affine functions, such as batch normalizations, join the weights beside them
              clip       scales of weights by least squares; without it the largest weight is ±127
              ranges     ranges of activations by --ranges; without it everything that was seen
              bias       biases make up for the mean error of rounded weights
              residuals  sums of residual branches stay int16, layers read int8 copies of them
              wide       int16 for small values and the first layers' results, two tensors for dense weights
            """)

    enum Ranges: String, ExpressibleByArgument, CaseIterable { case minmax, percentile, average, mse, entropy }
    enum Rounding: String, ExpressibleByArgument, CaseIterable { case nearest, bias, adaptive }

    @Argument(help: "The trained network (.onnx, .h5, .keras, .tflite).") var model: String
    @Option(help: "Pictures or clips: a folder or .tar of JPEGs (clips: a folder each), .npy, .npz, a video, or a camera.")
    var calibrate: String
    @OptionGroup var capture: CaptureArguments
    @Option(help: "The .tide file to write.") var out: String
    @Option(help: "What the input and the outputs mean; without it MODEL.yaml beside the model or one folder above.")
    var recipe: String?
    @Option(help: "Use at most so many samples, spread over the set.") var limit: Int = 256
    @Option(help: "How activation ranges are chosen: \(Ranges.allCases.map(\.rawValue).joined(separator: ", ")).")
    var ranges: Ranges = .percentile
    @Option(help: "The percentile of --ranges percentile.") var percentile: Double = 99.99
    @Option(
        help: "How weights are rounded: nearest; bias: nearest, with biases fitted; adaptive: fitted to the samples.")
    var rounding: Rounding = .bias
    @Flag(help: "Int16 in front of depthwise layers and products: more accurate, more memory.") var wideProducts = false
    @Option(
        help: "Passes to leave out, by comma: \(leavable.map(\.rawValue).joined(separator: ", ")).",
        transform: QuantizeCommand.passes)
    var without: [Pass] = []
    @Flag(help: "Equalize channels across layers, where only a ReLU lies between.") var equalize = false
    @Flag(help: "Measure what each pass brings to the outputs; --report does so too.") var gains = false
    @Option(help: "Write a report as a self-contained HTML page.") var report: String?
    @Option(help: "Write what was calibrated with, every file with its SHA-256, as JSON.") var manifest: String?
    @OptionGroup var reading: FloatModelOptions
    @OptionGroup var accuracy: AccuracyArguments
    @Option(help: "Threads; all cores without it.") var threads: Int?
    @Flag(help: "Print one JSON object.") var json = false

    private static let leavable: [Pass] = [.fold, .clip, .ranges, .bias, .residuals, .wide]

    private static func passes(_ names: String) throws -> [Pass] {
        try names.split(separator: ",").map { name in
            guard let pass = leavable.first(where: { $0.rawValue == name }) else {
                throw ValidationError("--without takes \(leavable.map(\.rawValue).joined(separator: ", ")), not \(name)")
            }
            return pass
        }
    }

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit must be at least 1") }
        if !(percentile > 50 && percentile <= 100) {
            throw ValidationError("--percentile must be above 50, at most 100")
        }
        if let threads, !(1...64).contains(threads) { throw ValidationError("--threads must be 1 to 64") }
        if !out.hasSuffix(".tide") { throw ValidationError("--out must end in .tide") }
    }

    func run() throws {
        try requireWritable([out, report, manifest])
        try naming(model) { try quantize() }
    }

    private func quantize() throws {
        var (graph, recipe) = try reading.load(model, recipe: recipe)
        try accuracy.maxDrop?.check(recipe)
        let set = try InputSet(path: calibrate, shape: InputShape(recipe), capture: capture.options(limit: limit))
        let samples = try load(set)
        let check = try CalibrationGuard(
            samples, path: calibrate, shape: set.shape,
            statistics: RecipeFile.statistics(for: model, given: self.recipe), graph: graph)
        for warning in check.warnings { FileHandle.standardError.write(Data("tidepool: warning: \(warning)\n".utf8)) }
        let manifest = try CalibrationManifest(set, samples: samples.count, warnings: check.warnings)
        recipe.provenance += provenance(manifest)

        var options = QuantizerOptions()
        options.ranges = rangeMethod
        options.rounding = roundingMethod
        options.keepsProductsWide = wideProducts
        options.equalizesChannels = equalize
        options = without.reduce(options) { $0.without($1) }
        options.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
        var quantizer = try Quantizer(graph, recipe: recipe, options: options)
        try calibrate(&quantizer, samples, set.shape)
        let run = QuantizationRun(graph, quantizer, samples, set.shape, accuracy)
        var quantized = try run.quantized()
        try withoutInterruption { try ModelBuilder.write(quantized.bytes, to: out) }
        if gains || report != nil { quantized.report.gains = try run.gains() }
        let summary = QuantizationSummary(
            model: model, out: out, graph: graph, report: quantized.report, skipped: set.skipped.count,
            selection: run.selection)
        if let report {
            let content = try run.content(quantized, summary, manifest)
            try writeFile(Data(ReportPage(content: content).html.utf8), to: report)
        }
        if let path = self.manifest { try writeFile(Data(try encodeJSON(manifest).utf8), to: path) }
        print(json ? try summary.json() : summary.text)
    }

    private func load(_ set: InputSet) throws -> [Sample] {
        let positions = set.spread(limit: limit)
        let bar = ProgressBar("reading    ", total: positions.count)
        var samples: [Sample] = []
        for begin in stride(from: 0, to: positions.count, by: 16) {
            let chunk = positions[begin..<min(begin + 16, positions.count)]
            samples += try set.load(chunk)
            bar.advance(by: chunk.count)
        }
        guard !samples.isEmpty else { throw CommandError("\(calibrate): none of its samples can be read") }
        return samples
    }

    private func calibrate(_ quantizer: inout Quantizer, _ samples: [Sample], _ shape: InputShape) throws {
        let bar = ProgressBar("calibrating", total: samples.count)
        let lock = NSLock()
        nonisolated(unsafe) let shared = bar
        let refinement = ProgressBar("rounding   ", total: 1000)
        try quantizer.calibrate(samples.count, refinement: refinement.reach) { index in
            lock.withLock { shared.advance() }
            return samples[index].tensor(shape)
        }
    }

    private var rangeMethod: RangeMethod {
        switch ranges {
        case .minmax: .minMax
        case .percentile: .percentile(percentile)
        case .average: .movingAverage(momentum: 0.99)
        case .mse: .leastSquares
        case .entropy: .entropy
        }
    }

    private var roundingMethod: RoundingMethod {
        switch rounding {
        case .nearest: .nearest
        case .bias: .sequentialBias
        case .adaptive: .adaptive
        }
    }

    private func provenance(_ manifest: CalibrationManifest) -> [(key: String, value: String)] {
        let source = (try? Data(contentsOf: URL(fileURLWithPath: model))) ?? Data()
        let checksum = source.withUnsafeBytes { CRC32.checksum($0) }
        var facts = [
            (key: "source.file", value: URL(fileURLWithPath: model).lastPathComponent),
            (key: "source.crc32", value: String(format: "%08x", checksum)),
            (key: "calibration.set", value: URL(fileURLWithPath: calibrate).lastPathComponent),
            (key: "calibration.samples", value: "\(manifest.samples)"),
            (key: "calibration.sha256", value: manifest.digest),
            (key: "calibration.ranges", value: ranges == .percentile ? "percentile \(percentile)" : ranges.rawValue),
            (key: "calibration.rounding", value: rounding.rawValue),
        ]
        if !without.isEmpty {
            facts.append((key: "calibration.without", value: without.map(\.rawValue).joined(separator: ",")))
        }
        if equalize { facts.append((key: "calibration.equalize", value: "channels")) }
        return facts
    }
}
