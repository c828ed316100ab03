/// Depthwise convolution: vectors run over channels, the sums of one position stay in registers over all taps.
func depthwise(_ s: ConvolutionSizes, _ weights: [Float], _ bias: [Float]?) -> Kernel {
    let bias = bias ?? Array(repeating: 0, count: s.channels)
    return { inputs, output, parallel in
        weights.withUnsafeBufferPointer { weights in
            bias.withUnsafeBufferPointer { bias in
                let operands = DepthwiseOperands(x: inputs[0], weights: weights.baseAddress!, bias: bias.baseAddress!)
                parallel(s.images * s.outputHeight, grain: 1) { rows in
                    for row in rows {
                        let target = output + row * s.outputWidth * s.channels
                        depthwiseRow(s, operands, image: row / s.outputHeight, row: row % s.outputHeight, into: target)
                    }
                }
            }
        }
    }
}

private struct DepthwiseOperands {
    let x, weights, bias: UnsafePointer<Float>
}

private func depthwiseRow(
    _ s: ConvolutionSizes, _ o: DepthwiseOperands, image: Int, row: Int, into output: UnsafeMutablePointer<Float>
) {
    let ys = s.rowTaps(row)
    for column in 0..<s.outputWidth {
        let xs = s.columnTaps(column)
        let corner = ((image * s.height + ys.start) * s.width + xs.start) * s.channels
        let target = output + column * s.channels
        var c = 0
        while c + 16 <= s.channels {
            accumulate(SIMD16<Float>.self, s, o, ys, xs, corner, c, target)
            c += 16
        }
        while c + 4 <= s.channels {
            accumulate(SIMD4<Float>.self, s, o, ys, xs, corner, c, target)
            c += 4
        }
        while c < s.channels {
            accumulate(Float.self, s, o, ys, xs, corner, c, target)
            c += 1
        }
    }
}

/// A number or a vector of numbers that a sum of products can be made of.
private protocol Lanes: BitwiseCopyable {
    static func + (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
}
extension Float: Lanes {}
extension SIMD4: Lanes where Scalar == Float {}
extension SIMD16: Lanes where Scalar == Float {}

/// The channels from `c` on, as many as `L` has lanes, of one output position.
@inline(__always)
private func accumulate<L: Lanes>(
    _: L.Type, _ s: ConvolutionSizes, _ o: DepthwiseOperands, _ ys: WindowTaps, _ xs: WindowTaps, _ corner: Int,
    _ c: Int, _ target: UnsafeMutablePointer<Float>
) {
    func load(_ p: UnsafePointer<Float>) -> L { UnsafeRawPointer(p).loadUnaligned(as: L.self) }
    var sum = load(o.bias + c)
    let (first, step) = (xs.range.lowerBound, xs.dilation * s.channels)
    for y in ys.range {
        var x = o.x + (corner + y * ys.dilation * s.width * s.channels + first * step + c)
        var w = o.weights + ((y * s.kernelWidth + first) * s.channels + c)
        for _ in xs.range {
            sum = sum + load(x) * load(w)
            x += step
            w += s.channels
        }
    }
    UnsafeMutableRawPointer(target + c).storeBytes(of: sum, as: L.self)
}
