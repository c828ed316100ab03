/// Two operands, broadcast by NumPy's rules. The output may be the first operand's memory where their shapes agree.
func arithmetic(_ function: ArithmeticFunction, _ x: [Int], _ y: [Int], _ output: [Int]) -> Kernel {
    let loop = BroadcastLoop(x, y, output)
    return switch function {
    case .add: loop.kernel(Add.self)
    case .subtract: loop.kernel(Subtract.self)
    case .multiply: loop.kernel(Multiply.self)
    case .divide: loop.kernel(Divide.self)
    case .minimum: loop.kernel(Minimum.self)
    case .maximum: loop.kernel(Maximum.self)
    }
}

/// A type and not a closure, so that the loops are compiled around each of them.
private protocol BinaryFunction {
    static func apply(_ x: Float, _ y: Float) -> Float
}

private enum Add: BinaryFunction {
    @inline(__always) static func apply(_ x: Float, _ y: Float) -> Float { x + y }
}

private enum Subtract: BinaryFunction {
    @inline(__always) static func apply(_ x: Float, _ y: Float) -> Float { x - y }
}

private enum Multiply: BinaryFunction {
    @inline(__always) static func apply(_ x: Float, _ y: Float) -> Float { x * y }
}

private enum Divide: BinaryFunction {
    @inline(__always) static func apply(_ x: Float, _ y: Float) -> Float { x / y }
}

private enum Minimum: BinaryFunction {
    @inline(__always) static func apply(_ x: Float, _ y: Float) -> Float { y < x ? y : x }
}

private enum Maximum: BinaryFunction {
    @inline(__always) static func apply(_ x: Float, _ y: Float) -> Float { y > x ? y : x }
}

/// A broadcast as few nested loops: adjacent axes on which both operands step alike are one axis.
private struct BroadcastLoop {
    private struct Axis {
        var extent: Int
        var xStride: Int
        var yStride: Int
    }

    private var outer: [Axis] = []
    private var inner = Axis(extent: 1, xStride: 1, yStride: 1)

    init(_ x: [Int], _ y: [Int], _ output: [Int]) {
        let (xStrides, yStrides) = (Self.strides(x, output), Self.strides(y, output))
        var axes: [Axis] = []
        for i in output.indices where output[i] > 1 {
            let axis = Axis(extent: output[i], xStride: xStrides[i], yStride: yStrides[i])
            if let last = axes.last, last.xStride == axis.xStride * axis.extent,
                last.yStride == axis.yStride * axis.extent
            {
                axes.removeLast()
                axes.append(
                    Axis(extent: last.extent * axis.extent, xStride: axis.xStride, yStride: axis.yStride))
            } else {
                axes.append(axis)
            }
        }
        if let last = axes.popLast() { inner = last }
        outer = axes
    }

    /// Steps of a row-major operand along the output's axes; 0 where it is broadcast.
    private static func strides(_ shape: [Int], _ output: [Int]) -> [Int] {
        var strides = Array(repeating: 0, count: output.count)
        var stride = 1
        for i in shape.indices.reversed() {
            if shape[i] > 1 { strides[output.count - shape.count + i] = stride }
            stride *= shape[i]
        }
        return strides
    }

    func kernel<Function: BinaryFunction>(_ function: Function.Type) -> Kernel {
        let rows = outer.reduce(1) { $0 * $1.extent }
        let extent = inner.extent
        return { inputs, output, parallel in
            func run(_ row: Int, _ range: Range<Int>) {
                let (x, y) = self.starts(row)
                self.run(function, inputs[0] + x, inputs[1] + y, output + row * extent, range)
            }
            if rows == 1 {
                parallel(extent, grain: 16_384) { run(0, $0) }
            } else {
                parallel(rows, grain: 16_384 / extent + 1) { for row in $0 { run(row, 0..<extent) } }
            }
        }
    }

    /// Part of one inner loop.
    private func run<Function: BinaryFunction>(
        _: Function.Type, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>,
        _ range: Range<Int>
    ) {
        switch (inner.xStride, inner.yStride) {
        case (1, 1):
            for i in range { out[i] = Function.apply(x[i], y[i]) }
        case (1, 0):
            let b = y[0]
            for i in range { out[i] = Function.apply(x[i], b) }
        case (0, 1):
            let a = x[0]
            for i in range { out[i] = Function.apply(a, y[i]) }
        default:
            for i in range { out[i] = Function.apply(x[i * inner.xStride], y[i * inner.yStride]) }
        }
    }

    /// Where the operands of an inner loop begin.
    private func starts(_ row: Int) -> (Int, Int) {
        var (rest, x, y) = (row, 0, 0)
        for axis in outer.reversed() {
            x += rest % axis.extent * axis.xStride
            y += rest % axis.extent * axis.yStride
            rest /= axis.extent
        }
        return (x, y)
    }
}
