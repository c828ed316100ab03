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

/// Rows of several inputs side by side.
func concatenate(_ channels: [Int], rows: Int) -> Kernel {
    let width = channels.reduce(0, +)
    return { inputs, output, _ in
        var start = 0
        for (input, count) in zip(inputs, channels) {
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
