import FloatGraph
import ModelFile

extension FunctionTable {
    /// The segments in which the bytes of a table may change for kernels to hold it in registers: 128, and where they
    /// begin is rounded to a segment.
    private static let window = 126.0

    /// The error, in units of the output, that a line between points may have for the sake of a window: a kink.
    private static let error = 0.4

    /// The input with a scale so coarse that the table's bytes change in one window only. Some 16,000 of its steps for
    /// 255 of the output's add less than a thousandth to the rounding noise. The input as it is where lines of that
    /// length would miss the function.
    static func windowed(_ function: UnaryFunction, from input: Quantization, to output: Quantization) -> Quantization {
        var coarse = input
        // a wider range may show more of the function: as it is coarsened, until all that changes is in the window
        for _ in 0..<8 {
            let changing = changingSegments(function, from: coarse, to: output)
            guard changing > window else { break }
            coarse.scale *= changing / window
        }
        return lineError(function, from: coarse, to: output) <= error ? coarse : input
    }

    /// From the first point to the last between which bytes change.
    private static func changingSegments(
        _ function: UnaryFunction, from input: Quantization, to output: Quantization
    ) -> Double {
        let bytes = (0...512).map { output.quantize(evaluate(function, real(Double($0), input))) }
        guard let first = bytes.firstIndex(where: { $0 != bytes[0] }),
            let last = bytes.lastIndex(where: { $0 != bytes[512] })
        else { return 0 }
        return Double(last - first + 2)
    }

    /// The largest distance of the function from the middles of the lines between its points, as far as bytes reach.
    private static func lineError(
        _ function: UnaryFunction, from input: Quantization, to output: Quantization
    ) -> Double {
        func exact(_ knot: Double) -> Double {
            let y = evaluate(function, real(knot, input)) / output.scale + Double(output.zeroPoint)
            return min(max(y, -128), 127)
        }
        return (0..<512).reduce(0) { worst, knot in
            let ends = (exact(Double(knot)), exact(Double(knot + 1)))
            // where a line reaches the last byte, it bends
            if min(ends.0, ends.1) <= -128 || max(ends.0, ends.1) >= 127 { return worst }
            return max(worst, abs((ends.0 + ends.1) / 2 - exact(Double(knot) + 0.5)))
        }
    }

    private static func real(_ knot: Double, _ input: Quantization) -> Double { (knot * 128 - 32768) * input.scale }
}
