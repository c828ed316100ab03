import FloatGraph

extension Quantizer {
    /// Finds the integers of every weighted layer, and its bias, on calibration inputs.
    ///
    /// - Parameters:
    ///   - inputs: some of those that `calibrate` saw.
    ///   - progress: takes the share of the work that is done, 0…1.
    mutating func refine(
        with inputs: [FloatTensor], progress: (Double) -> Void = { _ in }
    ) throws(QuantizerError) {
        calibration?.refined = [:]
        guard let calibration else { throw .emptyCalibration }
        var draft = Lowering(prepared, plan, calibration, options)
        _ = try draft.run()
        let named = prepared.values.indices.map { (prepared.values[$0].name, $0) }
        let values = Dictionary(named, uniquingKeysWith: { $1 })
        var quantizations: [ValueID: Quantization] = [:]
        for layer in draft.layers {
            guard let id = values[layer.value] else { continue }
            quantizations[id] = Quantization(type: layer.type, scale: layer.scale, zeroPoint: layer.zeroPoint)
        }
        let rounding = AdaptiveRounding(
            graph: prepared, quantizations: quantizations, threads: options.threads,
            isAdaptive: options.rounding == .adaptive, wideWeights: plan.wideWeights, damping: options.roundingDamping)
        let layers: [ValueID: RefinedLayer]
        do { layers = try rounding.run(inputs, progress: progress) } catch { throw .graph(error) }
        self.calibration?.refined = layers
        passes.append(RefinedLayer.record(layers.values.map { $0 }, options.rounding))
    }
}

extension RefinedLayer {
    /// The layers' gain, each layer's noise as a part of its output's variance.
    static func record(_ layers: [RefinedLayer], _ method: RoundingMethod) -> PassRecord {
        let judged = layers.filter { $0.variance > 0 }
        let nearest = judged.reduce(0) { $0 + $1.errors.nearest / $1.variance }
        let refined = judged.reduce(0) { $0 + $1.errors.refined / $1.variance }
        let changes = method == .adaptive ? layers.filter(\.isKept).count : layers.count
        let gain = method == .adaptive && refined > 0 ? decibels(signal: nearest, noise: refined) : nil
        return PassRecord(
            name: method == .adaptive ? "adaptive rounding" : "sequential bias correction", changes: changes,
            gain: gain)
    }
}
