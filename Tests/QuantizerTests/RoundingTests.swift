import FloatGraph
import GraphSamples
import Testing

@testable import Quantizer

struct RoundingTests {
    /// Rows that share a common part, so that their moments are far from diagonal.
    private func rows(_ count: Int, _ width: Int, seed: UInt64) -> [[Double]] {
        var random = SeededGenerator(seed)
        return (0..<count).map { _ in
            let common = random.real(-1...1)
            return (0..<width).map { i in
                Double(common) * (1 + Double(i) / Double(width)) + Double(random.real(-0.5...0.5))
            }
        }
    }

    private func moments(_ rows: [[Double]], damping: Double = 0.01) -> [Double] {
        let n = rows[0].count
        var result = [Double](repeating: 0, count: n * n)
        for row in rows {
            for i in 0..<n { for j in 0..<n { result[i * n + j] += row[i] * row[j] / Double(rows.count) } }
        }
        for i in 0..<n { result[i * n + i] += damping }
        return result
    }

    @Test(arguments: [1, 7, 48, 131]) func choleskyFactorSolves(_ n: Int) throws {
        let matrix = moments(rows(3 * n, n, seed: UInt64(n)))
        let factor = try #require(CholeskyFactor(matrix, count: n))
        var random = SeededGenerator(5)
        let x = (0..<n).map { _ in Double(random.real(-1...1)) }
        var b = (0..<n).map { i in (0..<n).reduce(0) { $0 + matrix[i * n + $1] * x[$1] } }
        factor.solve(&b)
        for (found, wanted) in zip(b, x) { #expect(abs(found - wanted) < 1e-8) }
    }

    @Test func choleskyFactorRefusesWhatIsNotPositive() {
        #expect(CholeskyFactor([1, 2, 2, 1], count: 2) == nil)
        #expect(CholeskyFactor([0], count: 1) == nil)
    }

    @Test(arguments: [(3, 5), (16, 16), (21, 37)]) func productsAddUp(_ m: Int, _ n: Int) {
        var random = SeededGenerator(9)
        let count = 150
        let a = (0..<count * m).map { _ in random.real(-1...1) }, b = (0..<count * n).map { _ in random.real(-1...1) }
        var matrix = Matrix(rows: m, columns: n)
        matrix.addProduct(a, b, count: count)
        for i in 0..<m {
            for j in 0..<n {
                let sum = (0..<count).reduce(0.0) { $0 + Double(a[$1 * m + i]) * Double(b[$1 * n + j]) }
                #expect(abs(Double(matrix[i, j]) - sum) < 1e-4)
            }
        }
    }

    /// The sum that rounding reports is the squared error of the integers it returns.
    @Test(arguments: [2, 9, 40]) func errorIsThatOfTheIntegers(_ n: Int) throws {
        let matrix = moments(rows(4 * n, n, seed: 3))
        let rounding = try #require(RowRounding(matrix, count: n))
        var random = SeededGenerator(UInt64(n))
        let weights = (0..<n).map { _ in Double(random.real(-1...1)) }
        let (values, error) = rounding.round(weights, scale: 0.05)
        let rest = zip(weights, values).map { $0 - Double($1) * 0.05 }
        var direct = 0.0
        for i in 0..<n { for j in 0..<n { direct += rest[i] * matrix[i * n + j] * rest[j] } }
        #expect(abs(error - direct) < 1e-3 * direct + 1e-9)
        #expect(abs(rounding.error(weights, values.map { Double($0) * 0.05 }) - direct) < 1e-3 * direct + 1e-9)
    }

    /// Fitted integers are never worse than the nearest ones, by the error that both are chosen by.
    @Test(arguments: 1...8) func neverWorseThanNearest(_ seed: Int) throws {
        let n = 24
        let matrix = moments(rows(100, n, seed: UInt64(seed)), damping: 0)
        let damped = try #require(DampedMoments(matrix, count: n, damping: 0.01))
        let mean = (0..<n).reduce(0) { $0 + matrix[$1 * n + $1] } / Double(n)
        let judge = try #require(
            RowRounding(moments(rows(100, n, seed: UInt64(seed)), damping: 0.01 * mean), count: n))
        var random = SeededGenerator(UInt64(100 + seed))
        let weights = (0..<n).map { _ in Double(random.real(-1...1)) }
        let scale = weights.reduce(0) { max($0, abs($1)) } / 7
        let correlation = (0..<n).map { i in (0..<n).reduce(0) { $0 + matrix[i * n + $1] * weights[$1] } }
        let refined = damped.refine(weights, correlation, near: scale, atLeast: 0)
        let nearest = weights.map { ($0 / scale).rounded() * scale }
        let fitted = judge.error(weights, refined.values.map { Double($0) * refined.scale })
        #expect(fitted <= judge.error(weights, nearest) * 1.001)
    }

    @Test func momentsGiveTheErrorOfTheRows() throws {
        let graph = try Sketch.pooledConvolution()
        let rows = LayerRows(graph.nodes.first(where: graph.isWeighted)!, in: graph)
        var moments = LayerMoments(rows)
        var random = SeededGenerator(4)
        let count = 60
        let a = (0..<count * rows.width).map { _ in random.real(-1...2) }
        let b = (0..<count * rows.outputs).map { _ in random.real(-1...1) }
        moments.add(a, b, count: count)
        let weights = (0..<rows.width).map { _ in Double(random.real(-1...1)) }
        var direct = 0.0
        for row in 0..<count {
            let y = (0..<rows.width).reduce(0.25) { $0 + weights[$1] * Double(a[row * rows.width + $1]) }
            direct += (Double(b[row * rows.outputs + 1]) - y) * (Double(b[row * rows.outputs + 1]) - y)
        }
        direct /= Double(count)
        let error = moments.error(weights, bias: 0.25, moments.covariance(0), 0, 1)
        #expect(abs(error - direct) < 1e-4 * direct)
    }

    /// Stages follow each other without gaps, and run one after the other compute what the whole graph does.
    @Test func stagesAreTheWholeGraph() throws {
        let graph = try Sketch.pooledConvolution()
        let stages = Stage.split(graph, limit: 1 << 20)
        #expect(stages.count > 1)
        #expect(stages.first!.nodes.lowerBound == 0 && stages.last!.nodes.upperBound == graph.nodes.count)
        for (stage, next) in zip(stages, stages.dropFirst()) {
            #expect(stage.nodes.upperBound == next.nodes.lowerBound)
        }
        let input = pictures(for: graph, 1)[0]
        var value = input
        for stage in stages { value = try FloatExecutor(stage.graph(of: graph), threads: 1).run(value)[0] }
        #expect(try FloatExecutor(graph, threads: 1).run(input)[0] == value)
    }

    /// On inputs that were kept back no layer is worse than rounded to nearest, and some are better.
    @Test(arguments: [RoundingMethod.sequentialBias, .adaptive])
    func layersFollowTheFloats(_ method: RoundingMethod) throws {
        let graph = try Sketch.pooledConvolution()
        var options = QuantizerOptions.narrow
        options.rounding = method
        var quantizer = try Quantizer(graph, recipe: Recipe(describing: graph), options: options)
        try quantizer.calibrate(with: pictures(for: graph, 24))
        let layers = try #require(quantizer.calibration?.refined)
        #expect(layers.count == graph.nodes.filter(graph.isWeighted).count)
        for layer in layers.values { #expect(layer.errors.refined <= layer.errors.nearest) }
        #expect(layers.values.contains(where: \.isKept) == (method == .adaptive))
        let plain = try Lowered(graph, pictures(for: graph, 24))
        let refined = try Lowered(graph, pictures(for: graph, 24), options)
        let others = pictures(for: graph, 8, seed: 99)
        let output = graph.outputs[0]
        #expect(try refined.deviations(others, output)[0].error <= plain.deviations(others, output)[0].error * 1.25)
    }

    /// Int16 in front of depthwise layers on request, and only there.
    @Test func productsAreWideOnRequest() throws {
        let graph = try Sketch.pooledConvolution()
        let depthwise = graph.nodes.first { if case .depthwise = $0.kind { true } else { false } }!
        let last = graph.nodes.last { if case .convolution = $0.kind { true } else { false } }!
        var options = QuantizerOptions.narrow
        #expect(try Lowered(graph, pictures(for: graph, 4), options).tensor(depthwise.inputs[0]).type == .int8)
        options.keepsProductsWide = true
        let wide = try Lowered(graph, pictures(for: graph, 4), options)
        #expect(try wide.tensor(depthwise.inputs[0]).type == .int16)
        #expect(try wide.tensor(last.inputs[0]).type == .int8)
    }
}

extension Sketch {
    /// A convolution, a depthwise one, another, a mean and a dense layer.
    fileprivate static func pooledConvolution() throws -> Graph {
        var sketch = Sketch([1, 12, 12, 3], seed: 11)
        var x = try sketch.convolution(try sketch.normalized(), 8)
        x = try sketch.node(.unary(.swish), [x])
        x = try sketch.depthwise(x)
        x = try sketch.node(.unary(.relu), [x])
        x = try sketch.convolution(x, 12, kernel: 1)
        let y = try sketch.dense(try sketch.pooled(x), 5)
        return try sketch.finished(y)
    }
}
