import FloatGraph

/// Operators as plain loops in double precision, straight from their definitions.
enum Naive {
    static func convolution(
        _ x: FloatTensor, _ w: FloatTensor, _ bias: FloatTensor?, _ window: ConvolutionWindow
    ) -> FloatTensor {
        let (n, h, width, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        let (m, kh, kw) = (w.shape[0], w.shape[1], w.shape[2])
        let oh = (h + window.padTop + window.padBottom - kh) / window.strideY + 1
        let ow = (width + window.padLeft + window.padRight - kw) / window.strideX + 1
        var output = FloatTensor(shape: [n, oh, ow, m])
        for i in output.values.indices {
            let (o, ox, oy, image) = (i % m, i / m % ow, i / m / ow % oh, i / m / ow / oh)
            var sum = Double(bias?.values[o] ?? 0)
            for ky in 0..<kh {
                for kx in 0..<kw {
                    let (y, x_) = (oy * window.strideY - window.padTop + ky, ox * window.strideX - window.padLeft + kx)
                    guard (0..<h).contains(y), (0..<width).contains(x_) else { continue }
                    for k in 0..<c {
                        sum += Double(x.values[((image * h + y) * width + x_) * c + k])
                            * Double(w.values[((o * kh + ky) * kw + kx) * c + k])
                    }
                }
            }
            output.values[i] = Float(sum)
        }
        return output
    }

    /// Depthwise weights `[kh, kw, C]` as dense ones with zeros, `[C, kh, kw, C]`.
    static func densified(_ w: FloatTensor) -> FloatTensor {
        let (taps, c) = (w.shape[0] * w.shape[1], w.shape[2])
        var dense = FloatTensor(shape: [c, w.shape[0], w.shape[1], c])
        for channel in 0..<c {
            for tap in 0..<taps { dense.values[(channel * taps + tap) * c + channel] = w.values[tap * c + channel] }
        }
        return dense
    }

    static func broadcast(_ x: FloatTensor, _ y: FloatTensor, _ f: (Float, Float) -> Float) -> FloatTensor {
        let rank = max(x.shape.count, y.shape.count)
        func padded(_ shape: [Int]) -> [Int] { Array(repeating: 1, count: rank - shape.count) + shape }
        let (a, b) = (padded(x.shape), padded(y.shape))
        var output = FloatTensor(shape: zip(a, b).map(max))
        for i in output.values.indices {
            var (rest, p, q, pStep, qStep) = (i, 0, 0, 1, 1)
            for axis in (0..<rank).reversed() {
                let position = rest % output.shape[axis]
                rest /= output.shape[axis]
                p += a[axis] == 1 ? 0 : position * pStep
                q += b[axis] == 1 ? 0 : position * qStep
                pStep *= a[axis]
                qStep *= b[axis]
            }
            output.values[i] = f(x.values[p], y.values[q])
        }
        return output
    }

    /// Reduces one axis of three: `[outer, count, inner]`.
    static func reduce(_ x: [Float], _ outer: Int, _ count: Int, _ inner: Int, _ f: ([Float]) -> Float) -> [Float] {
        (0..<outer * inner).map { i in
            f((0..<count).map { x[(i / inner * count + $0) * inner + i % inner] })
        }
    }
}
