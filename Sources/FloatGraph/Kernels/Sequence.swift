import Foundation

/// A long short-term memory over `steps` rows: the input's part of all gates as one product, then step by step.
func lstm(_ input: PackedMatrix, _ recurrent: PackedMatrix, steps: Int, hidden: Int) -> Kernel {
    let width = 4 * hidden
    return { inputs, output, parallel in
        let scratch = UnsafeMutablePointer<Float>.allocate(capacity: (steps + 1) * width + 2 * hidden)
        defer { scratch.deallocate() }
        let (gates, fed) = (scratch, scratch + steps * width)
        let (cell, zero) = (fed + width, fed + width + hidden)
        cell.update(repeating: 0, count: 2 * hidden)
        input.multiply(inputs[0], rows: steps, into: gates, parallel)
        for t in 0..<steps {
            let previous = t == 0 ? zero : output + (t - 1) * hidden
            recurrent.multiply(previous, rows: 1, into: fed, parallel)
            let g = gates + t * width
            for h in 0..<hidden {
                func gate(_ index: Int) -> Float { g[index * hidden + h] + fed[index * hidden + h] }
                cell[h] = sigmoid(gate(1)) * cell[h] + sigmoid(gate(0)) * tanh(gate(2))
                output[t * hidden + h] = sigmoid(gate(3)) * tanh(cell[h])
            }
        }
    }
}

/// A gated recurrent unit over `steps` rows; the formulas stand at `FloatOperator.gru`.
func gru(
    _ input: PackedMatrix, recurrent: [Float], _ bias: [Float], steps: Int, hidden: Int, resetAfter: Bool
) -> Kernel {
    // The new gate's sum waits for the reset gate when that scales h.
    func part(_ gates: Range<Int>) -> PackedMatrix {
        let rows = gates.lowerBound * hidden..<gates.upperBound * hidden
        return PackedMatrix(
            weights: Array(recurrent[rows.lowerBound * hidden..<rows.upperBound * hidden]), bias: Array(bias[rows]),
            columns: rows.count, depth: hidden)
    }
    let (gatesPart, newPart) = (part(0..<2), part(2..<3))
    return { inputs, output, parallel in
        let scratch = UnsafeMutablePointer<Float>.allocate(capacity: (steps + 1) * 3 * hidden + 2 * hidden)
        defer { scratch.deallocate() }
        let (sums, fed) = (scratch, scratch + steps * 3 * hidden)
        let (zero, scaled) = (fed + 3 * hidden, fed + 4 * hidden)
        zero.update(repeating: 0, count: hidden)
        input.multiply(inputs[0], rows: steps, into: sums, parallel)
        for t in 0..<steps {
            let previous = t == 0 ? zero : output + (t - 1) * hidden
            let g = sums + t * 3 * hidden
            gatesPart.multiply(previous, rows: 1, into: fed, parallel)
            for h in 0..<2 * hidden { g[h] = sigmoid(g[h] + fed[h]) }
            let (update, reset, new) = (g, g + hidden, g + 2 * hidden)
            for h in 0..<hidden { scaled[h] = resetAfter ? previous[h] : reset[h] * previous[h] }
            newPart.multiply(scaled, rows: 1, into: fed, parallel)
            for h in 0..<hidden {
                let n = tanh(new[h] + (resetAfter ? reset[h] * fed[h] : fed[h]))
                output[t * hidden + h] = update[h] * previous[h] + (1 - update[h]) * n
            }
        }
    }
}

/// Additive self-attention; the formulas stand at `FloatOperator.selfAttention`. The query carries the bias of both.
func selfAttention(
    query: PackedMatrix, key: PackedMatrix, score: [Float], scoreBias: Float, steps: Int, channels: Int
) -> Kernel {
    let units = score.count
    return { inputs, output, parallel in
        let x = inputs[0]
        let scratch = UnsafeMutablePointer<Float>.allocate(capacity: 2 * steps * units + steps)
        defer { scratch.deallocate() }
        let (q, k, weights) = (scratch, scratch + steps * units, scratch + 2 * steps * units)
        query.multiply(x, rows: steps, into: q, parallel)
        key.multiply(x, rows: steps, into: k, parallel)
        for t in 0..<steps {
            for u in 0..<steps {
                var sum = scoreBias
                for i in 0..<units { sum += score[i] * tanh(q[t * units + i] + k[u * units + i]) }
                weights[u] = sigmoid(sum)
            }
            softmax(weights, into: weights, count: steps)
            let row = output + t * channels
            row.update(repeating: 0, count: channels)
            for u in 0..<steps {
                for c in 0..<channels { row[c] += weights[u] * x[u * channels + c] }
            }
        }
    }
}
