import Dispatch
import FloatGraph
import Foundation
import ModelFile

/// How closely a quantized network follows the float one on some inputs.
public struct Comparison: Sendable, Equatable {
    public struct Output: Sendable, Equatable {
        public var name: String
        /// 10 log₁₀ of Σ float² over Σ (float − integer)², over all inputs.
        public var sqnr: Double
        /// Of all inputs' outputs, each output vector as a part of one long vector.
        public var cosine: Double
        /// The share of inputs with the same largest element; `nil` for a single number.
        public var topAgreement: Double?
        public var meanAbsoluteError: Double
    }

    public struct Layer: Sendable, Equatable {
        public var name: String
        public var type: ElementType
        public var sqnr: Double
    }

    public var inputs = 0
    public var outputs: [Output] = []
    /// In order of execution: the tensors that are values of the float network. Of a clip's frames the last counts.
    public var layers: [Layer] = []
}

/// Sums that a signal-to-noise ratio and a cosine need.
private struct ErrorSums {
    var float = 0.0, integer = 0.0, product = 0.0, noise = 0.0, absolute = 0.0
    var count = 0, agreements = 0, inputs = 0

    mutating func add(_ float: some Collection<Float>, _ integer: some Collection<Float>) {
        var best: (float: Float, integer: Float) = (-.infinity, -.infinity), tops = (0, 0)
        for (position, (f, q)) in zip(float, integer).enumerated() {
            let x = Double(f), y = Double(q)
            self.float += x * x
            self.integer += y * y
            product += x * y
            noise += (x - y) * (x - y)
            absolute += abs(x - y)
            if f > best.float { (best.float, tops.0) = (f, position) }
            if q > best.integer { (best.integer, tops.1) = (q, position) }
        }
        count += float.count
        inputs += 1
        agreements += tops.0 == tops.1 ? 1 : 0
    }

    var sqnr: Double { noise == 0 ? .infinity : decibels(signal: self.float, noise: noise) }

    func output(_ name: String) -> Comparison.Output {
        .init(
            name: name, sqnr: sqnr, cosine: product / (self.float * integer).squareRoot(),
            topAgreement: count > inputs ? Double(agreements) / Double(inputs) : nil,
            meanAbsoluteError: absolute / Double(max(1, count)))
    }
}

extension Quantizer {
    /// Runs both networks on the same inputs.
    ///
    /// - Parameters:
    ///   - count, input: as for `calibrate`; called one after the other.
    ///   - layers: whether every tensor is compared, not only the outputs.
    /// - Throws: `QuantizerError`, or what `input` throws.
    public static func compare(
        _ graph: Graph, _ model: Model, _ count: Int, layers: Bool = false, threads: Int = 2,
        input: (Int) throws -> FloatTensor
    ) throws -> Comparison {
        let executor: FloatExecutor
        do { executor = try FloatExecutor(graph, threads: threads) } catch { throw QuantizerError.graph(error) }
        let integers = try IntegerExecutor(model, threads: threads, keepsActivations: layers)
        let values = Dictionary(graph.values.indices.map { (graph.values[$0].name, $0) }, uniquingKeysWith: { $1 })
        let tensors = layers ? comparableTensors(model, values) : []
        var outputs = [ErrorSums](repeating: ErrorSums(), count: graph.outputs.count)
        var sums = [ErrorSums](repeating: ErrorSums(), count: tensors.count)
        for index in 0..<count {
            let x = try input(index)
            let wanted = Set(tensors.map(\.value) + graph.outputs)
            let float = try executor.run(x, keep: wanted)
            let integer = try integers.run(x)
            for (position, id) in graph.outputs.enumerated() {
                outputs[position].add(float[id]!.values, integer[position].values)
            }
            for (position, (tensor, id)) in tensors.enumerated() {
                guard let snapshot = integers.network.tensor(tensor) else { continue }
                let reals = IntegerExecutor.real(snapshot).values
                sums[position].add(float[id]!.values.suffix(reals.count), reals)
            }
        }
        return Comparison(
            inputs: count,
            outputs: zip(graph.outputs, outputs).map { $1.output(graph.values[$0].name) },
            layers: zip(tensors, sums).map { tensor, sum in
                let described = model.description.tensors[tensor.index]
                return .init(name: described.name, type: described.type, sqnr: sum.sqnr)
            })
    }

    /// Activations that carry the name of a float value and hold it, or its last frame.
    private static func comparableTensors(
        _ model: Model, _ values: [String: ValueID]
    ) -> [(index: Int, value: ValueID)] {
        model.description.tensors.indices.compactMap { index in
            let tensor = model.description.tensors[index]
            guard !tensor.isConstant, let value = values[tensor.name] else { return nil }
            return (index, value)
        }
    }
}
