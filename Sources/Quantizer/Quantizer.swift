import FloatGraph
import ModelFile

/// A quantized network: the bytes of its `.tide` file and what was done to get there.
public struct QuantizedModel: Sendable {
    public var bytes: [UInt8]
    public var report: QuantizationReport
}

/// Turns a trained float network into integers.
///
///     var quantizer = try Quantizer(graph, recipe: recipe)
///     try quantizer.calibrate(with: pictures)
///     let model = try quantizer.quantize()
public struct Quantizer {
    public let recipe: Recipe
    public private(set) var options: QuantizerOptions
    /// The graph after all passes: it computes what the given one does.
    public let prepared: Graph
    /// The graph as it was given.
    let source: Graph
    var passes: [PassRecord]
    private(set) var plan: LoweringPlan
    var calibration: Calibration?

    /// Checks the recipe, rewrites the graph, plans the programs.
    ///
    /// - Parameter graph: its input is `[frames, height, width, 3]`, colours 0…255.
    public init(_ graph: Graph, recipe: Recipe, options: QuantizerOptions = QuantizerOptions()) throws(QuantizerError) {
        var prepared = graph
        do {
            try graph.validated()
            passes = try PassPipeline.run(on: &prepared, options)
        } catch {
            throw .graph(error)
        }
        try recipe.validate(graph)
        plan = LoweringPlan(prepared, options)
        source = graph
        self.recipe = recipe
        self.options = options
        self.prepared = prepared
        try Support(graph: prepared, plan: plan).check()
    }

    /// Watches the float network on `count` inputs, several at a time.
    ///
    /// - Parameters:
    ///   - refinement: takes the share of the rounding that is done, 0…1, where weights are fitted.
    ///   - input: makes the input of an index, shaped as the graph's; called on several threads.
    /// - Throws: `QuantizerError`, or what `input` throws.
    public mutating func calibrate(
        _ count: Int, refinement: (Double) -> Void = { _ in }, input: @escaping @Sendable (Int) throws -> FloatTensor
    ) throws {
        let calibrator = Calibrator(
            graph: prepared, watched: plan.watched, averaged: plan.averaged, threads: options.threads)
        calibration = try calibrator.run(count, input: input)
        guard options.rounding != .nearest else { return }
        let isClip = prepared.shape(prepared.input)[0] > 1
        let most = options.rounding == .adaptive ? options.roundingInputs : options.biasInputs / (isClip ? 2 : 1)
        let wanted = min(count, most)
        try refine(with: (0..<wanted).map { try input($0 * count / wanted) }, progress: refinement)
    }

    public mutating func calibrate(with inputs: [FloatTensor]) throws(QuantizerError) {
        do {
            try calibrate(inputs.count) { inputs[$0] }
        } catch let error as QuantizerError {
            throw error
        } catch {
            // the closure above throws nothing, and everything else is a QuantizerError
            preconditionFailure("\(error)")
        }
    }

    /// The same network, calibration included, with these values as int16 too.
    public func widened(_ values: Set<String>) -> Quantizer {
        var options = options
        options.wideValues.formUnion(values)
        return with(options)
    }

    /// The same network and calibration with other options: those that ask for no other graph and no other rounding
    /// than to nearest.
    func with(_ options: QuantizerOptions) -> Quantizer {
        var other = self
        other.options = options
        other.plan = LoweringPlan(prepared, options)
        if options.rounding == .nearest { other.calibration?.refined = [:] }
        return other
    }

    /// What calibration saw of a value of `prepared`; `nil` when it was not watched.
    func histogram(of value: ValueID) -> Histogram? { calibration?.statistics[value]?.histogram }

    /// The integer network, validated as a runtime would.
    public func quantize() throws(QuantizerError) -> QuantizedModel {
        guard let calibration else { throw .emptyCalibration }
        var lowering = Lowering(prepared, plan, calibration, options)
        let (frame, clip) = try lowering.run()
        let bytes: [UInt8]
        do {
            bytes = try lowering.builder.encode(
                name: recipe.name, frame: frame, clipProgram: clip,
                clip: recipe.clip.map { Clip(frames: $0.frames, stride: $0.stride) },
                preprocessing: Preprocessing(
                    width: recipe.width, height: recipe.height, colour: recipe.colour == .bgr ? .bgr : .rgb),
                tasks: tasks(), provenance: recipe.provenance.map { ProvenanceEntry(key: $0.key, value: $0.value) })
        } catch {
            throw .modelFile(error)
        }
        return QuantizedModel(bytes: bytes, report: report(lowering, byteCount: bytes.count))
    }

    private func tasks() -> [Task] {
        let outputs = prepared.outputs.map { prepared.values[$0].name }
        return recipe.tasks.map { task in
            Task(
                name: task.name, kind: task.kind == .classification ? .classification : .regression,
                output: outputs.firstIndex(of: task.output)!, labels: task.labels, unit: task.unit)
        }
    }

    private func report(_ lowering: Lowering, byteCount: Int) -> QuantizationReport {
        var report = QuantizationReport()
        report.passes = passes
        report.layers = lowering.layers
        report.featureNames = plan.split.features.map { prepared.values[$0].name }
        report.calibrationInputs = lowering.calibration.inputCount
        report.byteCount = byteCount
        report.warnings = lowering.warnings
        report.multiplyAdds = lowering.multiplyAdds()
        return report
    }
}
