/// Bilinear interpolation, one output row at a time: rows are mixed first into a line, then its columns.
func resizeLinear(_ x: [Int], _ output: [Int], _ coordinates: ResizeCoordinates) -> Kernel {
    let ys = (0..<output[1]).map { Neighbours(coordinates.position($0, x[1], output[1]), extent: x[1]) }
    let xs = (0..<output[2]).map { Neighbours(coordinates.position($0, x[2], output[2]), extent: x[2]) }
    let channels = x[3], line = x[2] * x[3]
    return { inputs, result, parallel in
        parallel(x[0] * output[1], grain: 8192 / (output[2] * channels) + 1) { rows in
            let mixed = UnsafeMutablePointer<Float>.allocate(capacity: line)
            defer { mixed.deallocate() }
            for row in rows {
                let y = ys[row % output[1]]
                let image = inputs[0] + row / output[1] * x[1] * line
                mix(image + y.first * line, image + y.second * line, y.share, into: mixed, count: line)
                for (column, x) in xs.enumerated() {
                    mix(
                        mixed + x.first * channels, mixed + x.second * channels, x.share,
                        into: result + (row * output[2] + column) * channels, count: channels)
                }
            }
        }
    }
}

/// The two pixels around a coordinate, and the second one's share.
private struct Neighbours {
    let first, second: Int
    let share: Float

    init(_ position: Double, extent: Int) {
        let bounded = min(max(position, 0), Double(extent - 1))
        first = Int(bounded)
        second = min(first + 1, extent - 1)
        share = Float(bounded - Double(first))
    }
}

private func mix(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ share: Float, into y: UnsafeMutablePointer<Float>,
    count: Int
) {
    for i in 0..<count { y[i] = a[i] + (b[i] - a[i]) * share }
}
