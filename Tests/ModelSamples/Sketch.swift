import Foundation
import ModelFile

/// Draws a program operation by operation, with random weights and scales that keep results spread over their type.
public struct Sketch {
    public var builder = ModelBuilder()
    public var operations: [ModelFile.Operation] = []
    public var random: SampleGenerator

    public init(seed: UInt64) { random = SampleGenerator(seed: seed) }

    public func tensor(_ index: Int) -> Tensor { builder.tensors[index] }

    /// A new activation with a random quantization, or the given one.
    public mutating func activation(
        _ shape: [Int], _ type: ElementType = .int8, scale: Double? = nil, zeroPoint: Int32? = nil, name: String? = nil
    ) -> Int {
        let zero = zeroPoint ?? (type == .int8 ? Int32(random.integer(-128...127)) : 0)
        return builder.addActivation(
            Tensor(
                name: name ?? "t\(builder.tensors.count)", type: type, shape: shape,
                scale: scale ?? Double.random(in: 0.001...0.1, using: &random), zeroPoint: zero))
    }

    mutating func append(_ kind: ModelFile.Operator, _ inputs: [Int], _ output: Int) -> Int {
        operations.append(Operation(name: "n\(operations.count)", kind: kind, inputs: inputs, output: output))
        return output
    }

    // MARK: Numbers

    /// A multiplier and shift that bring accumulators of about `typical` to most of the output's range.
    mutating func requantization(typical: Double, to type: ElementType) -> (multiplier: Int32, shift: Int32) {
        let ratio = (type == .int8 ? 90.0 : 20_000.0) / max(typical, 1)
        let shift = min(31, max(1, Int((-log2(ratio)).rounded(.up))))
        return (Int32(random.integer(1 << 30...(1 << 31) - 1)), Int32(shift))
    }

    mutating func rescale(typical: Double, magnitude: Int, to type: ElementType) -> Rescale {
        var left = 0
        while left < 24, magnitude << (left + 1) < 1 << 30, typical * Double(1 << left) < 60_000 { left += 1 }
        let (multiplier, shift) = requantization(typical: typical * Double(1 << left), to: type)
        return Rescale(left: Int32(left), multiplier: multiplier, shift: shift)
    }

    mutating func clamp(_ type: ElementType) -> Clamp {
        let bound: Int32 = type == .int8 ? 127 : 32_767
        guard random.chance(0.4) else { return Clamp(low: -bound - 1, high: bound) }
        let low = -random.integer(Int(bound / 2)...Int(bound)), high = random.integer(0...Int(bound))
        return Clamp(low: Int32(low), high: Int32(high))
    }

    /// The largest and a typical |q − z|.
    func magnitude(_ index: Int) -> Int {
        switch tensor(index).type {
        case .int8: 255
        case .uint16: 65_535
        default: 32_768
        }
    }

    func typical(_ index: Int) -> Double { tensor(index).type == .int8 ? 75 : 15_000 }

    /// Weights small enough that `products` of them with an operand cannot overflow an accumulator.
    mutating func weights(_ shape: [Int], products: Int, of x: Int) -> (index: Int, typical: Double) {
        let bound = max(1, min(127, (1 << 29) / (magnitude(x) * products)))
        let values = (0..<shape.reduce(1, *)).map { _ in Int8(random.integer(-bound...bound)) }
        let typical = Double(bound) * 0.58 * self.typical(x) * Double(products).squareRoot()
        return (builder.addConstant(name: "w", shape: shape, values), typical)
    }

    /// The operands weights, bias, multiplier and shift of `channels` outputs.
    mutating func weighted(_ x: Int, shape: [Int], products: Int, channels: Int, to type: ElementType) -> [Int] {
        let weights = weights(shape, products: products, of: x)
        let offset = Int(min(weights.typical, 1e8))
        let bias = (0..<channels).map { _ in Int32(random.integer(-offset...offset)) }
        let scales = (0..<channels).map { _ in requantization(typical: weights.typical, to: type) }
        return [weights.index, builder.addConstant(name: "b", shape: [channels], bias)] + requantizations(scales)
    }

    mutating func requantizations(_ scales: [(multiplier: Int32, shift: Int32)]) -> [Int] {
        [
            builder.addConstant(name: "m", shape: [scales.count], scales.map(\.multiplier)),
            builder.addConstant(name: "s", shape: [scales.count], scales.map(\.shift)),
        ]
    }
}
