import FloatGraph
import Foundation
import GraphSamples
import Testing

struct ElementwiseTests {
    static let functions: [(UnaryFunction, @Sendable (Double) -> Double)] = [
        (.relu, { max(0, $0) }),
        (.clip(-0.5, 6), { min(6, max(-0.5, $0)) }),
        (.leakyRelu(0.1), { $0 < 0 ? 0.1 * $0 : $0 }),
        (.sigmoid, { 1 / (1 + exp(-$0)) }),
        (.tanh, { tanh($0) }),
        (.swish, { $0 / (1 + exp(-$0)) }),
        (.hardSigmoid(alpha: 0.2, beta: 0.5), { min(1, max(0, 0.2 * $0 + 0.5)) }),
        (.hardSwish, { $0 * min(1, max(0, $0 / 6 + 0.5)) }),
        (.exp, { exp($0) }),
        (.negate, { -$0 }),
    ]

    @Test(arguments: functions.indices)
    func unaryEqualsDefinition(_ index: Int) throws {
        let (kind, definition) = Self.functions[index]
        var random = SeededGenerator(7)
        let x = FloatTensor(shape: [1, 403], values: random.tensor([400], -12...12).values + [0, -0.0, 1e-8])
        let y = try run(.unary(kind), x)
        for (x, y) in zip(x.values, y.values) {
            let expected = Float(definition(Double(x)))
            #expect(abs(y - expected) <= 2e-6 * max(1, abs(expected)), "\(kind)(\(x)) = \(y), expected \(expected)")
        }
    }

    @Test func exponentialAtTheEnds() throws {
        let x = FloatTensor(shape: [1, 6], values: [-1000, -88, 87.9, 89, 1000, -.infinity])
        let y = try run(.unary(.exp), x).values
        #expect(y[0] == 0 && y[1] == 0 && y[3] == .infinity && y[4] == .infinity && y[5] == 0)
        #expect(abs(y[2] / Float(exp(Double(Float(87.9)))) - 1) < 1e-5)
        let gates = try run(.unary(.sigmoid), x).values
        #expect(gates[0] == 0 && gates[4] == 1)
    }

    static let shapes: [([Int], [Int])] = [
        ([2, 3, 4, 5], [2, 3, 4, 5]), ([2, 3, 4, 5], [5]), ([2, 3, 4, 5], [1]), ([2, 3, 4, 5], [2, 1, 1, 5]),
        ([2, 3, 4, 5], [2, 3, 4, 1]), ([3, 1, 5], [1, 4, 5]), ([1, 5], [4, 1]), ([2, 3, 1, 5], [3, 4, 1]),
        ([1, 1], [1]),
    ]

    @Test(arguments: shapes.indices)
    func arithmeticBroadcasts(_ index: Int) throws {
        let (p, q) = Self.shapes[index]
        var random = SeededGenerator(UInt64(index))
        let (x, y) = (random.tensor(p), random.tensor(q, 0.5...2))
        expectEqual(try run(.arithmetic(.add), x, [y]), Naive.broadcast(x, y, +))
        expectEqual(try run(.arithmetic(.subtract), x, [y], threads: 2), Naive.broadcast(x, y, -))
        expectEqual(try run(.arithmetic(.multiply), x, [y]), Naive.broadcast(x, y, *))
        expectEqual(try run(.arithmetic(.divide), x, [y]), Naive.broadcast(x, y, /))
    }

    @Test func parametricReluAndBatchNormalization() throws {
        var random = SeededGenerator(3)
        let x = random.tensor([2, 3, 3, 11])
        let slope = random.tensor([11])
        expectEqual(try run(.prelu, x, [slope]), Naive.broadcast(x, slope) { $0 < 0 ? $0 * $1 : $0 })
        let one = FloatTensor(shape: [1], values: [0.25])
        expectEqual(try run(.prelu, x, [one]), Naive.broadcast(x, one) { $0 < 0 ? $0 * $1 : $0 })

        let (scale, offset, mean) = (random.tensor([11]), random.tensor([11]), random.tensor([11]))
        let variance = random.tensor([11], 0.1...2)
        var expected = Naive.broadcast(x, mean, -)
        expected = Naive.broadcast(expected, variance) { $0 / ($1 + 1e-3).squareRoot() }
        expected = Naive.broadcast(Naive.broadcast(expected, scale, *), offset, +)
        expectEqual(try run(.batchNormalization(epsilon: 1e-3), x, [scale, offset, mean, variance]), expected)
    }
}
