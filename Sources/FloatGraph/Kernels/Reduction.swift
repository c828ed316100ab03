import Foundation

/// A reduction over some axes: for every output position a walk over the reduced ones.
func reduce(_ function: ReduceFunction, _ shape: [Int], _ axes: [Int]) -> Kernel {
    let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    let kept = shape.indices.filter { !axes.contains($0) && shape[$0] > 1 }
    let outputStarts = offsets(kept.map { (shape[$0], strides[$0]) })
    let steps = offsets(axes.sorted().map { (shape[$0], strides[$0]) })
    let isChannelwise = kept.last == shape.count - 1
    // Channels side by side in memory go through the sum together, as one row.
    let channels = isChannelwise ? shape[shape.count - 1] : 1
    return { inputs, output, parallel in
        parallel(outputStarts.count / channels, grain: 16_384 / (channels * steps.count) + 1) { rows in
            for row in rows {
                let x = inputs[0] + outputStarts[row * channels]
                let y = output + row * channels
                switch function {
                case .mean: sum(x, steps, channels, into: y, factor: 1 / Double(steps.count))
                case .sum: sum(x, steps, channels, into: y, factor: 1)
                case .maximum: fold(x, steps, channels, into: y) { $1 > $0 ? $1 : $0 }
                case .minimum: fold(x, steps, channels, into: y) { $1 < $0 ? $1 : $0 }
                case .product: fold(x, steps, channels, into: y) { $0 * $1 }
                }
            }
        }
    }
}

/// The offsets of all positions of nested loops with (extent, stride), the last one innermost.
private func offsets(_ axes: [(Int, Int)]) -> [Int] {
    axes.reduce([0]) { starts, axis in starts.flatMap { start in (0..<axis.0).map { start + $0 * axis.1 } } }
}

/// Sums in doubles: a mean of a whole picture in floats, added one by one, is the largest error of a network that weighs
/// its channels by means (squeeze and excitation).
private func sum(
    _ x: UnsafePointer<Float>, _ steps: [Int], _ channels: Int, into y: UnsafeMutablePointer<Float>, factor: Double
) {
    var c = 0
    while c + 8 <= channels {
        var sum = SIMD8<Double>.zero
        for step in steps {
            sum += SIMD8<Double>(UnsafeRawPointer(x + step + c).loadUnaligned(as: SIMD8<Float>.self))
        }
        UnsafeMutableRawPointer(y + c).storeBytes(of: SIMD8<Float>(sum * factor), as: SIMD8<Float>.self)
        c += 8
    }
    while c < channels {
        var sum = 0.0
        for step in steps { sum += Double(x[step + c]) }
        y[c] = Float(sum * factor)
        c += 1
    }
}

@inline(__always)
private func fold(
    _ x: UnsafePointer<Float>, _ steps: [Int], _ channels: Int, into y: UnsafeMutablePointer<Float>,
    _ combine: (Float, Float) -> Float
) {
    y.update(from: x + steps[0], count: channels)
    for step in steps.dropFirst() {
        let row = x + step
        for c in 0..<channels { y[c] = combine(y[c], row[c]) }
    }
}

/// Over the last axis.
func softmax(rows: Int, channels: Int) -> Kernel {
    { inputs, output, _ in
        for row in 0..<rows { softmax(inputs[0] + row * channels, into: output + row * channels, count: channels) }
    }
}

/// exp(x − max x) / Σ; input and output may be the same memory.
func softmax(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int) {
    var largest = x[0]
    for i in 1..<max(1, count) { largest = max(largest, x[i]) }
    var sum: Float = 0
    for i in 0..<count {
        y[i] = exp(x[i] - largest)
        sum += y[i]
    }
    for i in 0..<count { y[i] /= sum }
}
