import FloatGraph
import ModelFile

import func Foundation.erf
import func Foundation.exp
import func Foundation.expm1
import func Foundation.log
import func Foundation.log1p
import func Foundation.pow
import func Foundation.tanh

/// Unary functions as the tables of `Operator.table`, computed in double precision.
enum FunctionTable {
    /// The exact function; numbers outside of its domain are moved to its edge.
    static func evaluate(_ function: UnaryFunction, _ x: Double) -> Double {
        switch function {
        case .relu: max(x, 0)
        case .clip(let low, let high): max(Double(low), min(Double(high), x))
        case .leakyRelu(let slope): x >= 0 ? x : x * Double(slope)
        case .thresholdedRelu(let threshold): x > Double(threshold) ? x : 0
        case .sigmoid: sigmoid(x)
        case .tanh: tanh(x)
        case .swish: x * sigmoid(x)
        case .hardSigmoid(let alpha, let beta): max(0, min(1, Double(alpha) * x + Double(beta)))
        case .hardSwish: x * max(0, min(1, x / 6 + 0.5))
        case .elu(let alpha): x >= 0 ? x : Double(alpha) * expm1(x)
        case .selu(let alpha, let gamma): Double(gamma) * (x >= 0 ? x : Double(alpha) * expm1(x))
        case .softplus: max(x, 0) + log1p(exp(-abs(x)))
        case .softsign: x / (1 + abs(x))
        case .gelu: 0.5 * x * (1 + erf(x * 0.5.squareRoot()))
        case .geluTanh: x * sigmoid(2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))
        case .mish: x * tanh(evaluate(.softplus, x))
        case .erf: erf(x)
        case .exp: exp(x)
        case .logarithm: log(max(x, .leastNormalMagnitude))
        case .squareRoot: max(x, 0).squareRoot()
        case .square: x * x
        case .power(let exponent): power(x, Double(exponent))
        case .reciprocal: 1 / (x == 0 ? .leastNormalMagnitude : x)
        case .absolute: abs(x)
        case .negate: -x
        }
    }

    private static func power(_ x: Double, _ exponent: Double) -> Double {
        let result = pow(x, exponent)
        return result.isNaN ? 0 : result
    }

    static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// int8 → int8: the output for every input.
    static func int8(_ function: UnaryFunction, from input: Quantization, to output: Quantization) -> [Int8] {
        (-128...127).map { Int8(output.quantize(evaluate(function, input.dequantize(Int32($0))))) }
    }

    /// int16 → int16 or int8: knots at every 128th input, the last one past the end; int8 outputs are tabled 256-fold.
    static func int16(_ function: UnaryFunction, from input: Quantization, to output: Quantization) -> [Int16] {
        let gain: Double = output.type == .int8 ? 256 : 1
        return (0...512).map { knot in
            let y = evaluate(function, input.dequantize(Int32(knot * 128 - 32768)))
            let exact = y / output.scale + Double(output.zeroPoint)
            let bounded = min(max(exact, Double(output.bounds.lowerBound)), Double(output.bounds.upperBound))
            return Int16((bounded * gain).rounded())
        }
    }

    /// Sigmoid or tanh from 2⁻¹² to Q0.15, as LSTM and attention read them.
    static func gate(_ function: UnaryFunction) -> [Int16] {
        int16(function, from: .int16(bits: 12), to: .int16(bits: 15))
    }

    /// The two halves of exp(−d·scale) in Q30: for d's high byte and for its low byte.
    static func exponent(scale: Double) -> (high: [Int32], low: [Int32]) {
        func q30(_ x: Double) -> Int32 { Int32((exp(-x * scale) * 0x1p30).rounded()) }
        return ((0..<256).map { q30(Double($0 * 256)) }, (0..<256).map { q30(Double($0)) })
    }
}
