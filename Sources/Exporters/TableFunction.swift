import Foundation
import ModelFile

/// The function that a table was made of, recognised by its values.
enum TableFunction: CaseIterable {
    case sigmoid, tanh, swish, hardSwish, hardSigmoid, relu, elu, gelu, exp, geluTanh, mish, softplus, softsign, erf
    case absolute, square

    func callAsFunction(_ x: Double) -> Double {
        switch self {
        case .sigmoid: 1 / (1 + Foundation.exp(-x))
        case .tanh: Foundation.tanh(x)
        case .swish: x / (1 + Foundation.exp(-x))
        case .hardSwish: x * max(0, min(1, x / 6 + 0.5))
        case .hardSigmoid: max(0, min(1, x / 6 + 0.5))
        case .relu: max(0, x)
        case .elu: x >= 0 ? x : expm1(x)
        case .gelu: 0.5 * x * (1 + Foundation.erf(x * 0.5.squareRoot()))
        case .exp: Foundation.exp(x)
        case .geluTanh: 0.5 * x * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        case .mish: x * Foundation.tanh(TableFunction.softplus(x))
        case .softplus: max(x, 0) + log1p(Foundation.exp(-abs(x)))
        case .softsign: x / (1 + abs(x))
        case .erf: Foundation.erf(x)
        case .absolute: abs(x)
        case .square: x * x
        }
    }

    /// `nil` for a table of another function. Between its knots a table is a straight line, which may leave the function
    /// by a quarter of an int8 step.
    init?(_ table: [Int16], from input: Tensor, to output: Tensor) {
        let isNarrow = input.type == .int8
        let gain: Double = !isNarrow && output.type == .int8 ? 256 : 1
        let range = output.type == .int8 ? -128.0...127.0 : -32_768.0...32_767.0
        let coarseness = output.type == .int8 ? 0.5 : 64
        let match = Self.allCases.first { function in
            func error(_ q: Int, _ stored: Double) -> Double {
                let y = function(Double(q - Int(input.zeroPoint)) * input.scale) / output.scale + Double(output.zeroPoint)
                return abs(min(max(y, range.lowerBound), range.upperBound) - stored / gain)
            }
            if isNarrow { return (0..<256).allSatisfy { error($0 - 128, Double(table[$0])) <= 0.75 } }
            return (0..<512).allSatisfy { knot in
                let (here, next) = (Double(table[knot]) / gain, Double(table[knot + 1]) / gain)
                guard error(knot * 128 - 32_768, Double(table[knot])) <= 1 / gain else { return false }
                // Where it begins to saturate, a line cuts the corner.
                let saturates = [here, next].contains(range.lowerBound) || [here, next].contains(range.upperBound)
                return saturates || error(knot * 128 - 32_704, (here + next) / 2 * gain) <= coarseness
            }
        }
        guard let match else { return nil }
        self = match
    }
}
