import FloatGraph
import ModelFile

/// How a value's real numbers become integers: real = (q − zeroPoint) · scale.
struct Quantization: Equatable, Sendable {
    var type: ElementType
    var scale: Double
    var zeroPoint: Int32 = 0

    /// Asymmetric int8 over a range, widened to contain zero so that zero is exact.
    static func int8(_ range: ClosedRange<Double>, atLeast least: Double = 0) -> Quantization {
        let low = min(range.lowerBound, 0), high = max(range.upperBound, 0)
        let scale = max(safe((high - low) / 255), least)
        let zeroPoint = min(max((-128 - low / scale).rounded(), -128), 127)
        return Quantization(type: .int8, scale: scale, zeroPoint: Int32(zeroPoint))
    }

    /// Symmetric int16: ±`magnitude` at ±32767.
    static func int16(magnitude: Double, atLeast least: Double = 0) -> Quantization {
        Quantization(type: .int16, scale: max(safe(magnitude / 32767), least))
    }

    /// Int16 in units of 2^−`bits`: gates at 2⁻¹², their results at Q0.15.
    static func int16(bits: Int) -> Quantization {
        Quantization(type: .int16, scale: Double(sign: .plus, exponent: -bits, significand: 1))
    }

    /// Probabilities of a softmax.
    static let probabilities = Quantization(type: .uint16, scale: 0x1p-16)

    /// A value that is always zero has no scale of its own: any positive one represents it exactly.
    private static func safe(_ scale: Double) -> Double { scale > 0x1p-60 ? scale : 0x1p-15 }

    /// The integers that are written on purpose; int16 is symmetric.
    var bounds: ClosedRange<Int32> {
        switch type {
        case .int8: -128...127
        case .int16: -32767...32767
        case .uint16: 0...65535
        case .int32: .min ... .max
        }
    }

    /// The largest |q − zeroPoint| that the type can hold: what overflow is judged by.
    var magnitude: Double {
        switch type {
        case .int8: Double(max(127 - zeroPoint, zeroPoint + 128))
        case .int16: 32768
        case .uint16: 65535
        case .int32: 0x1p31
        }
    }

    /// The nearest integer within `bounds`.
    func quantize(_ real: Double) -> Int32 {
        let q = (real / scale).rounded() + Double(zeroPoint)
        return Int32(min(max(q, Double(bounds.lowerBound)), Double(bounds.upperBound)))
    }

    func dequantize(_ q: Int32) -> Double { Double(q - zeroPoint) * scale }

    /// The bounds of an output that a fused activation limits to `range`; all that the type holds when it is `nil`.
    func clamp(_ range: ClosedRange<Double>?) -> Clamp {
        guard let range else { return Clamp(low: bounds.lowerBound, high: bounds.upperBound) }
        return Clamp(low: quantize(range.lowerBound), high: quantize(range.upperBound))
    }
}

extension Quantization {
    /// The grid that an already quantized network gives a value; `nil` unless it is one of int8 or uint8.
    ///
    /// - Parameter seen: the numbers that calibration saw: a zero point of 0…127 may be one of either type, and the
    ///   grid that covers more of them is meant.
    init?(_ given: ValueQuantization, seen: ClosedRange<Double>) {
        guard given.bits == 8, given.scales.count == 1, given.zeroPoints.count == 1, given.scales[0] > 0,
            (-128...255).contains(given.zeroPoints[0])
        else { return nil }
        let scale = Double(given.scales[0]), zeroPoint = given.zeroPoints[0]
        func missed(_ zeroPoint: Int32) -> Double {
            max(0, Double(-128 - zeroPoint) * scale - seen.lowerBound)
                + max(0, seen.upperBound - Double(127 - zeroPoint) * scale)
        }
        let isUnsigned = zeroPoint > 127 || (zeroPoint >= 0 && missed(zeroPoint - 128) < missed(zeroPoint))
        self.init(type: .int8, scale: scale, zeroPoint: isUnsigned ? zeroPoint - 128 : zeroPoint)
    }
}
