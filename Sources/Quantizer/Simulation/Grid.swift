import ModelFile

/// The real numbers that a tensor's integers can stand for.
struct Grid: Equatable, Sendable {
    let type: ElementType
    let scale: Double
    let zeroPoint: Int32

    init(_ tensor: Tensor) {
        type = tensor.type
        scale = tensor.scale
        zeroPoint = tensor.zeroPoint
    }

    private var quantization: Quantization { Quantization(type: type, scale: scale, zeroPoint: zeroPoint) }

    /// The smallest and the largest of the numbers.
    var range: ClosedRange<Double> {
        let bounds = quantization.bounds
        return quantization.dequantize(bounds.lowerBound)...quantization.dequantize(bounds.upperBound)
    }

    /// Moves every number to the nearest of the grid, halves upward.
    func round(_ values: UnsafeMutableBufferPointer<Float>) {
        let bounds = quantization.bounds
        let low = Float(bounds.lowerBound - zeroPoint), high = Float(bounds.upperBound - zeroPoint)
        let perUnit = Float(1 / scale), unit = Float(scale)
        // adding and subtracting 1.5·2²³ rounds to a whole number, halves to even
        let rounder: Float = 0x1.8p23
        for i in values.indices {
            let x = values[i] * perUnit
            let held = x < low ? low : x > high ? high : x
            let even = held + rounder - rounder
            values[i] = (held - even == 0.5 ? even + 1 : even) * unit
        }
    }
}

/// A table of a unary function as the kernels read it; see `Operator.table`.
struct InterpolatedTable: Sendable {
    let input: Grid
    let output: Grid
    let entries: [Int32]

    /// - Precondition: `source` holds numbers of the input's grid.
    func apply(_ source: UnsafeMutableBufferPointer<Float>, _ target: UnsafeMutableBufferPointer<Float>) {
        let perUnit = Float(1 / input.scale), unit = Float(output.scale)
        let isInt8 = output.type == .int8
        entries.withUnsafeBufferPointer { t in
            for i in target.indices {
                let q = Int32((source[i] * perUnit).rounded()) + input.zeroPoint
                let y: Int32
                if input.type == .int8 {
                    y = t[Int(q) + 128]
                } else {
                    let u = q + 32768, knot = Int(u >> 7), part = u & 127
                    let sum = t[knot] * (128 - part) + t[knot + 1] * part
                    y = isInt8 ? min(max((sum + 0x4000) >> 15, -128), 127) : (sum + 0x40) >> 7
                }
                target[i] = Float(y - output.zeroPoint) * unit
            }
        }
    }
}
