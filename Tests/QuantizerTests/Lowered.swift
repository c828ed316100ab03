import FloatGraph
import ModelFile

@testable import Quantizer

/// A graph, its quantized form, and what both compute of one input.
struct Lowered {
    let graph: Graph
    let model: Model
    let report: QuantizationReport
    private let executor: IntegerExecutor
    private let float: FloatExecutor

    /// - Parameter options: int8 wherever nothing asks for int16, full ranges.
    init(_ graph: Graph, _ inputs: [FloatTensor], _ options: QuantizerOptions = .narrow) throws {
        self.graph = graph
        var quantizer = try Quantizer(graph, recipe: Recipe(describing: graph), options: options)
        try quantizer.calibrate(with: inputs)
        let quantized = try quantizer.quantize()
        report = quantized.report
        model = try Model(bytes: quantized.bytes, name: graph.name)
        executor = try IntegerExecutor(model, keepsActivations: true)
        float = try FloatExecutor(graph, threads: 1)
    }

    /// The largest |float − integer| of values over `inputs`, and the largest |float|.
    func deviations(_ inputs: [FloatTensor], _ values: ValueID...) throws -> [(error: Double, magnitude: Double)] {
        var result = values.map { _ in (error: 0.0, magnitude: 0.0) }
        for input in inputs {
            let floats = try float.run(input, keep: Set(values))
            _ = try executor.run(input)
            for (position, value) in values.enumerated() {
                let reals = IntegerExecutor.real(executor.network.tensor(try index(of: value))!).values
                for (x, y) in zip(floats[value]!.values.suffix(reals.count), reals) {
                    result[position].error = max(result[position].error, abs(Double(x) - Double(y)))
                    result[position].magnitude = max(result[position].magnitude, abs(Double(x)))
                }
            }
        }
        return result
    }

    struct Missing: Error { let name: String }

    func index(of value: ValueID) throws -> Int {
        let name = graph.values[value].name
        guard let index = model.description.tensors.firstIndex(where: { $0.name == name && !$0.isConstant }) else {
            throw Missing(name: name)
        }
        return index
    }

    func tensor(_ value: ValueID) throws -> Tensor { model.description.tensors[try index(of: value)] }

    /// The labels of all operations, frame program first.
    var operations: [String] {
        (model.description.frame.operations + (model.description.clipProgram?.operations ?? [])).map(\.kind.label)
    }
}

extension QuantizerOptions {
    static var narrow: QuantizerOptions {
        var options = QuantizerOptions()
        options.ranges = .minMax
        options.wideShare = 0
        options.wideElements = 0
        options.wideWeightShare = 0
        options.keepsResidualsWide = false
        options.wideDepth = 0
        options.rounding = .nearest
        return options
    }
}
