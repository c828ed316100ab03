import Foundation

/// A function of one number on every element. Output and input may be the same memory.
func unary(_ function: UnaryFunction, count: Int) -> Kernel {
    switch function {
    case .relu: map(Relu(), count)
    case .clip(let low, let high): map(Clip(low: low, high: high), count)
    case .leakyRelu(let slope): map(LeakyRelu(slope: slope), count)
    case .sigmoid: map(Sigmoid(), count)
    case .tanh: map(Tanh(), count)
    case .swish: map(Swish(), count)
    case .hardSigmoid(let alpha, let beta): map(HardSigmoid(alpha: alpha, beta: beta), count)
    case .hardSwish: map(HardSwish(), count)
    case .exp: map(Exponential(), count)
    case .negate: map(Negate(), count)
    }
}

/// A function on eight numbers at once: a type and not a closure, so that the loop below is compiled around each of
/// them.
private protocol VectorFunction: Sendable {
    typealias Vector = SIMD8<Float>
    func callAsFunction(_ x: Vector) -> Vector
}

private struct Relu: VectorFunction {
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector { x.replacing(with: 0, where: x .< 0) }
}

private struct Clip: VectorFunction {
    let low, high: Float
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector { clip(x, low, high) }
}

private struct LeakyRelu: VectorFunction {
    let slope: Float
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector { x.replacing(with: x * slope, where: x .< 0) }
}

private struct Sigmoid: VectorFunction {
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector { sigmoid(x) }
}

private struct Tanh: VectorFunction {
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector {
        var result = x
        for i in 0..<8 { result[i] = tanh(x[i]) }
        return result
    }
}

private struct Swish: VectorFunction {
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector { x * sigmoid(x) }
}

private struct HardSigmoid: VectorFunction {
    let alpha, beta: Float
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector { clip(x * alpha + beta, 0, 1) }
}

private struct HardSwish: VectorFunction {
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector { x * clip(x * (1 / 6) + 0.5, 0, 1) }
}

private struct Exponential: VectorFunction {
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector { exponential(x) }
}

private struct Negate: VectorFunction {
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector { Vector.zero - x }
}

private func map<Function: VectorFunction>(_ function: Function, _ count: Int) -> Kernel {
    { inputs, output, parallel in
        parallel((count + 7) / 8, grain: 2048) { vectors in
            map(function, inputs[0], output, vectors.lowerBound * 8..<min(count, vectors.upperBound * 8))
        }
    }
}

private func map<Function: VectorFunction>(
    _ function: Function, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ range: Range<Int>
) {
    var i = range.lowerBound
    while i + 8 <= range.upperBound {
        let vector = UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Float>.self)
        UnsafeMutableRawPointer(y + i).storeBytes(of: function(vector), as: SIMD8<Float>.self)
        i += 8
    }
    guard i < range.upperBound else { return }
    var padded = SIMD8<Float>.zero
    for j in i..<range.upperBound { padded[j - i] = x[j] }
    let result = function(padded)
    for j in i..<range.upperBound { y[j] = result[j - i] }
}
