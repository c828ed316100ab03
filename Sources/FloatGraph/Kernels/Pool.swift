/// The maximum or average under a window: channels side by side in memory go through it together.
func pool(_ function: PoolFunction, _ s: ConvolutionSizes) -> Kernel {
    { inputs, output, parallel in
        let line = s.outputWidth * s.channels
        parallel(s.images * s.outputHeight, grain: 4096 / (line * s.kernelHeight * s.kernelWidth) + 1) { rows in
            for row in rows {
                let image = inputs[0] + row / s.outputHeight * s.height * s.width * s.channels
                let ys = s.rowTaps(row % s.outputHeight)
                for column in 0..<s.outputWidth {
                    let target = output + row * line + column * s.channels
                    pool(function, s, image, ys, s.columnTaps(column), into: target)
                }
            }
        }
    }
}

/// One output position.
private func pool(
    _ function: PoolFunction, _ s: ConvolutionSizes, _ image: UnsafePointer<Float>, _ ys: WindowTaps, _ xs: WindowTaps,
    into y: UnsafeMutablePointer<Float>
) {
    func pixel(_ ky: Int, _ kx: Int) -> UnsafePointer<Float> { image + (ys[ky] * s.width + xs[kx]) * s.channels }
    y.update(from: pixel(ys.range.lowerBound, xs.range.lowerBound), count: s.channels)
    for ky in ys.range {
        for kx in xs.range where (ky, kx) != (ys.range.lowerBound, xs.range.lowerBound) {
            let x = pixel(ky, kx)
            switch function {
            case .maximum: for c in 0..<s.channels { y[c] = x[c] > y[c] ? x[c] : y[c] }
            case .average: for c in 0..<s.channels { y[c] += x[c] }
            }
        }
    }
    guard case .average(let countsPadding) = function else { return }
    let inside = ys.range.count * xs.range.count
    let factor = 1 / Float(countsPadding ? s.kernelHeight * s.kernelWidth : inside)
    for c in 0..<s.channels { y[c] *= factor }
}
