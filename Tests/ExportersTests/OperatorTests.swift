import FloatGraph
import ModelFile
import ModelSamples
import Quantizer
import Testing

/// Every operator alone, in both formats: our importer reads the file back, and its floats lie within a rounding of our
/// integers.
struct OperatorTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Integers of the output that the floats may be away: half a one is the rounding itself.
        var units = 0.51
        var formats = Format.allCases
        var build: @Sendable (inout Sketch, Int) -> Int
    }

    static let same = Window(padTop: 1, padLeft: 1, padBottom: 1, padRight: 1)
    static let odd = Window(
        strideY: 2, strideX: 1, padTop: 2, padLeft: 0, padBottom: 1, padRight: 2, dilationY: 2, dilationX: 1)

    static let weighted: [Case] = [
        Case(testDescription: "convolution") { $0.convolution($1, channels: 7, kernel: (3, 3), same) },
        Case(testDescription: "convolution of odd windows") { $0.convolution($1, channels: 4, kernel: (2, 3), odd) },
        Case(testDescription: "convolution to int16") { $0.convolution($1, channels: 4, kernel: (3, 3), to: .int16) },
        Case(testDescription: "depthwise") { $0.depthwise($1, kernel: (3, 3), same) },
        Case(testDescription: "depthwise of odd windows") { $0.depthwise($1, kernel: (2, 3), odd) },
        Case(testDescription: "dense on pictures") { $0.dense($1, 5) },
        Case(testDescription: "dense on a sequence") { $0.dense($0.reshape($1, [10, 9]), 5) },
        Case(testDescription: "dense on a vector") { $0.dense($0.reshape($1, [90]), 5, to: .int16) },
        Case(testDescription: "matmul", units: 2) {
            let x = $0.reshape($1, [10, 9])
            return $0.matmul(x, $0.symmetric(x), transposed: false)
        },
        Case(testDescription: "matmul transposed", units: 2) {
            let x = $0.reshape($1, [9, 10])
            return $0.matmul(x, $0.symmetric($0.reshape($1, [10, 9])), transposed: true)
        },
    ]

    static let elementwise: [Case] = [
        Case(testDescription: "add") { $0.add($1, $1) },
        Case(testDescription: "add of a constant") { $0.withConstant($1, multiplies: false) },
        Case(testDescription: "multiply") { $0.multiply($1, $1) },
        Case(testDescription: "multiply by a constant") { $0.withConstant($1, multiplies: true) },
        Case(testDescription: "multiply channels", units: 2) {
            $0.multiply($1, $0.mean($1, outer: 1, count: 30, inner: 3, shape: [3]))
        },
        Case(testDescription: "concatenate") { $0.concatenate([$1, $0.constant([5, 6, 2]), $1]) },
        Case(testDescription: "rescale") { $0.rescale($1, to: .int16) },
        Case(testDescription: "prelu") { $0.prelu($1) },
        Case(testDescription: "prelu of int16", units: 1.01) { $0.prelu($0.rescale($1, to: .int16)) },
        // Logits are rounded to 0.05: two of them by half of that each, times the largest slope ¼, are 820 units.
        Case(testDescription: "softmax", units: 820) { $0.softmax($0.dense($1, 4, scale: 0.05)) },
        Case(testDescription: "normalize", units: 1) { $0.normalize($1) },
        Case(testDescription: "normalize a sequence", units: 1) { $0.normalize($0.reshape($1, [6, 15])) },
    ]

    static let moving: [Case] = [
        Case(testDescription: "mean of pictures") { $0.mean($1, outer: 1, count: 30, inner: 3, shape: [3]) },
        Case(testDescription: "mean of channels") { $0.mean($1, outer: 30, count: 3, inner: 1, shape: [5, 6, 1]) },
        Case(testDescription: "mean of columns") { $0.mean($1, outer: 5, count: 6, inner: 3, shape: [5, 3]) },
        Case(testDescription: "maximum of channels") { $0.maximum($1, outer: 30, count: 3, inner: 1, shape: [5, 6, 1]) },
        Case(testDescription: "maximum across axes") { $0.maximum($1, outer: 2, count: 5, inner: 9, shape: [2, 9]) },
        Case(testDescription: "reshape") { $0.rescale($0.reshape($1, [3, 5, 6]), to: .int8) },
        Case(testDescription: "pool") { $0.maximumPool($1, kernel: (3, 3), same) },
        Case(testDescription: "pool of odd windows") {
            $0.maximumPool($1, kernel: (3, 2), Window(strideY: 2, strideX: 1, padTop: 2, padRight: 1))
        },
        Case(testDescription: "interpolate", formats: [.onnx]) { $0.interpolate($1, axis: 1, positions: 9) },
        Case(testDescription: "interpolate channels", formats: [.onnx]) { $0.interpolate($1, axis: 2, positions: 4, to: .int16) },
    ]

    static let sequences: [Case] = [
        Case(testDescription: "lstm", units: 4) { $0.lstm($0.reshape($1, [10, 9]), units: 6, cellBits: 11) },
        // Ours end gates at ±8 and round them to 2⁻¹²: 3 % of the largest state.
        Case(testDescription: "gru", units: 1000, formats: [.onnx]) {
            $0.gru($0.reshape($1, [10, 9]), units: 6, resetAfter: false)
        },
        Case(testDescription: "gru, reset after", units: 1000, formats: [.onnx]) {
            $0.gru($0.reshape($1, [10, 9]), units: 6, resetAfter: true)
        },
        Case(testDescription: "attention", units: 2) { $0.attention($0.reshape($1, [10, 9]), units: 5) },
    ]

    @Test(arguments: weighted + elementwise + moving + sequences, Format.allCases)
    func meansTheSame(_ given: Case, _ format: Format) throws {
        guard given.formats.contains(format) else { return }
        for seed in 1...3 as ClosedRange<UInt64> {
            let model = try sketched(seed: seed, given.build)
            let graph = try format.reread(model)
            let worst = try Self.deviation(of: graph, from: model, seed: seed)
            #expect(worst <= given.units, "seed \(seed): \(worst) units")
        }
    }

    /// Moved elements stay the same numbers, whatever their order; our importer does not read tables of positions.
    @Test(arguments: Format.allCases)
    func gathersArePositions(_ format: Format) throws {
        let model = try sketched { $0.gather($1) }
        let text = String(decoding: try format.export(model).bytes, as: UTF8.self)
        #expect(text.contains("positions"))
    }

    /// The largest distance of the graph's floats from the model's integers, in units of those; what their type cuts
    /// off is cut off.
    static func deviation(of graph: Graph, from model: Model, seed: UInt64) throws -> Double {
        let output = model.description.tensors[model.description.frame.outputs[0]]
        let range: ClosedRange<Double> = switch output.type {
        case .int8: -128...127
        case .uint16: 0...65_535
        default: -32_768...32_767
        }
        let executor = try IntegerExecutor(model), floats = try FloatExecutor(graph, threads: 1)
        var random = SampleGenerator(seed: seed)
        var worst = 0.0
        for _ in 0..<4 {
            let pixels = FloatTensor(
                shape: [1, 5, 6, 3], values: (0..<90).map { _ in Float(random.integer(0...255)) })
            let expected = try executor.run(pixels)[0].values, result = try floats.run(pixels)[0].values
            try #require(expected.count == result.count)
            let shape = try floats.run(pixels)[0].shape
            for (x, y) in zip(expected, channelLast(result, shape, output.shape)) {
                let integer = (Double(y) / output.scale + Double(output.zeroPoint))
                let cut = min(max(integer, range.lowerBound), range.upperBound)
                worst = max(worst, abs(cut - (Double(x) / output.scale + Double(output.zeroPoint))))
            }
        }
        return worst
    }

    /// A picture that was left channel-first, as the model has it.
    private static func channelLast(_ values: [Float], _ shape: [Int], _ wanted: [Int]) -> [Float] {
        guard wanted.count == 3, shape.suffix(3) == [wanted[2], wanted[0], wanted[1]], shape.suffix(3) != wanted[...] else {
            return values
        }
        let pixels = wanted[0] * wanted[1]
        return values.indices.map { values[$0 % wanted[2] * pixels + $0 / wanted[2]] }
    }
}
