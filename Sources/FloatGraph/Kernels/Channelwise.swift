/// scale · (x − mean) / √(variance + epsilon) + offset on the last axis, as one product and one sum.
func batchNormalization(
    scale: [Float], offset: [Float], mean: [Float], variance: [Float], _ epsilon: Float, count: Int
) -> Kernel {
    let factors = zip(scale, variance).map { $0 / ($1 + epsilon).squareRoot() }
    let terms = zip(offset, zip(mean, factors)).map { $0 - $1.0 * $1.1 }
    return rows(of: scale.count, count: count) { x, y in
        for c in factors.indices { y[c] = x[c] * factors[c] + terms[c] }
    }
}

/// x, or x · slope where x is negative; one slope, or one for each channel.
func prelu(slope: [Float], channels: Int, count: Int) -> Kernel {
    let slopes = slope.count == channels ? slope : Array(repeating: slope[0], count: channels)
    return rows(of: channels, count: count) { x, y in
        for c in slopes.indices { y[c] = x[c] < 0 ? x[c] * slopes[c] : x[c] }
    }
}

/// (x − mean) / √(variance + epsilon) · scale + offset, mean and variance of each row.
func layerNormalization(scale: [Float], offset: [Float], _ epsilon: Float, count: Int) -> Kernel {
    let factor = 1 / Float(scale.count)
    return rows(of: scale.count, count: count) { x, y in
        var (sum, squares) = (Float(0), Float(0))
        for c in scale.indices { sum += x[c] }
        let mean = sum * factor
        for c in scale.indices { squares += (x[c] - mean) * (x[c] - mean) }
        let gain = 1 / (squares * factor + epsilon).squareRoot()
        for c in scale.indices { y[c] = (x[c] - mean) * gain * scale[c] + offset[c] }
    }
}

/// Runs of several inputs one after the other; a run is what the input holds from the joined axis on.
func concatenate(_ runs: [Int], rows: Int) -> Kernel {
    let width = runs.reduce(0, +)
    return { inputs, output, _ in
        var start = 0
        for (input, count) in zip(inputs, runs) {
            for row in 0..<rows { (output + row * width + start).update(from: input + row * count, count: count) }
            start += count
        }
    }
}

/// A kernel that treats every row of `channels` numbers alike.
private func rows(
    of channels: Int, count: Int, _ body: @escaping (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
) -> Kernel {
    { inputs, output, parallel in
        parallel(count / channels, grain: 16_384 / channels + 1) { rows in
            for row in rows { body(inputs[0] + row * channels, output + row * channels) }
        }
    }
}
