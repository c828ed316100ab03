import Foundation
import ModelFile

/// The function that a table was made of, recognised by its values.
enum TableFunction: CaseIterable {
    case sigmoid, tanh, swish, hardSwish, hardSigmoid, relu, elu, gelu, exp

    func callAsFunction(_ x: Double) -> Double {
        switch self {
        case .sigmoid: 1 / (1 + Foundation.exp(-x))
        case .tanh: Foundation.tanh(x)
        case .swish: x / (1 + Foundation.exp(-x))
        case .hardSwish: x * max(0, min(1, x / 6 + 0.5))
        case .hardSigmoid: max(0, min(1, x / 6 + 0.5))
        case .relu: max(0, x)
        case .elu: x >= 0 ? x : expm1(x)
        case .gelu: 0.5 * x * (1 + erf(x * 0.5.squareRoot()))
        case .exp: Foundation.exp(x)
        }
    }

    /// `nil` for a table of another function, and where the table's straight lines are too coarse for a function.
    init?(_ table: [Int16], from input: Tensor, to output: Tensor) {
        let isNarrow = input.type == .int8
        let gain: Double = !isNarrow && output.type == .int8 ? 256 : 1
        let range = output.type == .int8 ? -128.0...127.0 : -32_768.0...32_767.0
        let match = Self.allCases.first { function in
            func error(_ q: Int, _ stored: Double) -> Double {
                let y = function(Double(q - Int(input.zeroPoint)) * input.scale) / output.scale + Double(output.zeroPoint)
                return abs(min(max(y, range.lowerBound), range.upperBound) - stored / gain)
            }
            if isNarrow { return (0..<256).allSatisfy { error($0 - 128, Double(table[$0])) <= 0.75 } }
            return (0..<512).allSatisfy { knot in
                error(knot * 128 - 32_768, Double(table[knot])) <= 0.75
                    && error(knot * 128 - 32_704, (Double(table[knot]) + Double(table[knot + 1])) / 2) <= 1.5
            }
        }
        guard let match else { return nil }
        self = match
    }
}
