import FloatGraph
import Foundation
import GraphSamples
import Testing

struct SequenceTests {
    private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    @Test func lstmEqualsDefinition() throws {
        let (steps, channels, hidden) = (6, 5, 3)
        var random = SeededGenerator(1)
        let x = random.tensor([steps, channels])
        let (w, r, b) = (random.tensor([12, channels]), random.tensor([12, hidden]), random.tensor([12]))
        var (h, c) = (Array(repeating: 0.0, count: hidden), Array(repeating: 0.0, count: hidden))
        var expected: [Float] = []
        for t in 0..<steps {
            let gates = (0..<12).map { g in
                var sum = Double(b.values[g])
                for k in 0..<channels { sum += Double(w.values[g * channels + k]) * Double(x.values[t * channels + k]) }
                for k in 0..<hidden { sum += Double(r.values[g * hidden + k]) * h[k] }
                return sum
            }
            for k in 0..<hidden {
                c[k] = sigmoid(gates[3 + k]) * c[k] + sigmoid(gates[k]) * tanh(gates[6 + k])
                h[k] = sigmoid(gates[9 + k]) * tanh(c[k])
            }
            expected += h.map(Float.init)
        }
        expectEqual(try run(.lstm(hidden: hidden), x, [w, r, b]), FloatTensor(shape: [steps, hidden], values: expected))
    }

    @Test func attentionEqualsDefinition() throws {
        let (steps, channels, units) = (5, 4, 3)
        var random = SeededGenerator(2)
        let x = random.tensor([steps, channels])
        let (q, k) = (random.tensor([units, channels]), random.tensor([units, channels]))
        let (b, w, s) = (random.tensor([units]), random.tensor([units]), random.tensor([1]))
        func project(_ m: FloatTensor, _ t: Int, _ u: Int) -> Double {
            (0..<channels).reduce(0) { $0 + Double(m.values[u * channels + $1]) * Double(x.values[t * channels + $1]) }
        }
        var expected: [Float] = []
        for t in 0..<steps {
            let scores = (0..<steps).map { v in
                let h = (0..<units).map { tanh(project(q, t, $0) + project(k, v, $0) + Double(b.values[$0])) }
                return exp(sigmoid((0..<units).reduce(Double(s.values[0])) { $0 + Double(w.values[$1]) * h[$1] }))
            }
            let sum = scores.reduce(0, +)
            for c in 0..<channels {
                let mean = (0..<steps).reduce(0) { $0 + scores[$1] / sum * Double(x.values[$1 * channels + c]) }
                expected.append(Float(mean))
            }
        }
        expectEqual(
            try run(.selfAttention(units: units), x, [q, k, b, w, s]), FloatTensor(shape: x.shape, values: expected))
    }
}
