import Foundation

/// A function of one number on every element. Output and input may be the same memory.
func unary(_ function: UnaryFunction, count: Int) -> Kernel {
    switch function {
    case .relu: map(Relu(), count)
    case .clip(let low, let high): map(Clip(low: low, high: high), count)
    case .leakyRelu(let slope): map(LeakyRelu(slope: slope), count)
    case .elu(let alpha): map(Selu(alpha: alpha, gamma: 1), count)
    case .selu(let alpha, let gamma): map(Selu(alpha: alpha, gamma: gamma), count)
    case .sigmoid: map(Sigmoid(), count)
    case .tanh: map(Tanh(), count)
    case .swish: map(Swish(), count)
    case .hardSigmoid(let alpha, let beta): map(HardSigmoid(alpha: alpha, beta: beta), count)
    case .hardSwish: map(HardSwish(), count)
    case .softplus: map(PerElement { max($0, 0) + log1p(exp(-abs($0))) }, count)
    case .thresholdedRelu(let threshold): map(PerElement { $0 > threshold ? $0 : 0 }, count)
    case .softsign: map(Softsign(), count)
    case .gelu: map(PerElement { 0.5 * $0 * (1 + erf($0 * Float(0.5).squareRoot())) }, count)
    case .geluTanh: map(GeluTanh(), count)
    case .mish: map(Mish(), count)
    case .erf: map(PerElement { erf($0) }, count)
    case .exp: map(Exponential(), count)
    case .logarithm: map(PerElement { log($0) }, count)
    case .squareRoot: map(SquareRoot(), count)
    case .square: map(Square(), count)
    case .power(let exponent): map(PerElement { pow($0, exponent) }, count)
    case .reciprocal: map(Reciprocal(), count)
    case .absolute: map(Absolute(), count)
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

private struct Selu: VectorFunction {
    let alpha, gamma: Float
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector {
        gamma * x.replacing(with: (exponential(x) - 1) * alpha, where: x .< 0)
    }
}

private struct Softsign: VectorFunction {
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector { x / (Absolute()(x) + 1) }
}

/// x/2 · (1 + tanh u) = x · sigmoid(2u)
private struct GeluTanh: VectorFunction {
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector {
        x * sigmoid((x + x * x * x * 0.044715) * (2 * (2 / Float.pi).squareRoot()))
    }
}

/// tanh(ln(1 + e)) = (e² + 2e) / (e² + 2e + 2); from 20 on it is 1.
private struct Mish: VectorFunction {
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector {
        let e = exponential(clip(x, -87, 20))
        let n = e * (e + 2)
        return x * (n / (n + 2))
    }
}

private struct SquareRoot: VectorFunction {
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector { x.squareRoot() }
}

private struct Square: VectorFunction {
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector { x * x }
}

private struct Reciprocal: VectorFunction {
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector { 1 / x }
}

private struct Absolute: VectorFunction {
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector {
        unsafeBitCast(unsafeBitCast(x, to: SIMD8<UInt32>.self) & 0x7FFF_FFFF, to: Vector.self)
    }
}

/// Functions without a formula for vectors, from the library.
private struct PerElement: VectorFunction {
    let function: @Sendable (Float) -> Float
    init(_ function: @escaping @Sendable (Float) -> Float) { self.function = function }
    @inline(__always) func callAsFunction(_ x: Vector) -> Vector {
        var result = x
        for i in 0..<8 { result[i] = function(x[i]) }
        return result
    }
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
