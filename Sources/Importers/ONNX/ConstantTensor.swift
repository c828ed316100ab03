import FloatGraph

/// A constant of an ONNX graph: weights (floats), or shapes, axes and indices (integers).
struct ConstantTensor {
    enum Elements {
        case floats([Float])
        case integers([Int])
    }

    var shape: [Int]
    var elements: Elements

    init(_ floats: [Float], shape: [Int]) {
        self.shape = shape
        elements = .floats(floats)
    }

    init(_ integers: [Int], shape: [Int]? = nil) {
        self.shape = shape ?? [integers.count]
        elements = .integers(integers)
    }

    var count: Int {
        switch elements {
        case .floats(let values): values.count
        case .integers(let values): values.count
        }
    }

    var floats: [Float] {
        switch elements {
        case .floats(let values): values
        case .integers(let values): values.map(Float.init)
        }
    }

    /// Integers, or `nil` for floats: a shape or an axis is never a fraction.
    var integers: [Int]? {
        if case .integers(let values) = elements { values } else { nil }
    }

    var asFloats: ConstantTensor { ConstantTensor(floats, shape: shape) }

    /// Fractions are cut off.
    var asIntegers: ConstantTensor {
        ConstantTensor(integers ?? floats.map { Int(min(max($0, -1e18), 1e18)) }, shape: shape)
    }

    func reshaped(_ shape: [Int]) -> ConstantTensor {
        var copy = self
        copy.shape = shape
        return copy
    }

    /// The elements at `indices`, as a tensor of another shape.
    func gathered(_ indices: [Int], shape: [Int]) -> ConstantTensor {
        switch elements {
        case .floats(let values): ConstantTensor(indices.map { values[$0] }, shape: shape)
        case .integers(let values): ConstantTensor(indices.map { values[$0] }, shape: shape)
        }
    }

    /// Axis `i` of the result is axis `order[i]` of this tensor.
    func transposed(_ order: [Int]) -> ConstantTensor {
        guard order != Array(order.indices) else { return self }
        let strides = rowMajorStrides(shape)
        return gathered(
            offsets(order.map { (shape[$0], strides[$0]) }), shape: order.map { shape[$0] })
    }
}

/// The steps of a row-major tensor along its axes.
func rowMajorStrides(_ shape: [Int]) -> [Int] {
    var strides = Array(repeating: 1, count: shape.count)
    for i in shape.indices.dropLast().reversed() { strides[i] = strides[i + 1] * shape[i + 1] }
    return strides
}

extension ConstantTensor {
    /// For every element of `shape` the place of the element that is broadcast to it.
    func broadcastOffsets(to shape: [Int]) -> [Int] {
        let strides = rowMajorStrides(self.shape)
        let missing = shape.count - self.shape.count
        return offsets(shape.indices.map { axis in
            let own = axis - missing
            return (shape[axis], own >= 0 && self.shape[own] > 1 ? strides[own] : 0)
        })
    }
}

/// NumPy's rule for two shapes.
func broadcastShape(_ x: [Int], _ y: [Int]) throws(ImportFailure) -> [Int] {
    do {
        return try Graph.outputShape(.arithmetic(.add), [x, y])
    } catch {
        throw .invalid(error.description)
    }
}

/// The offsets of nested loops with (extent, stride), the last one innermost.
func offsets(_ axes: [(Int, Int)]) -> [Int] {
    axes.reduce([0]) { starts, axis in starts.flatMap { start in (0..<axis.0).map { start + $0 * axis.1 } } }
}

/// An axis counted from the front, from one that may count from the back.
func normalizedAxis(_ axis: Int, rank: Int) throws(ImportFailure) -> Int {
    guard (-rank..<max(1, rank)).contains(axis) else { throw .invalid("axis \(axis) does not exist in \(rank) axes") }
    return axis < 0 ? axis + rank : axis
}

/// As `Graph.elementCount`, for constants: an extent of 0 is allowed.
func constantCount(_ shape: [Int]) throws(ImportFailure) -> Int {
    guard shape.allSatisfy({ (0...Graph.extentLimit).contains($0) }) else {
        throw .invalid("impossible shape \(shape)")
    }
    do {
        // Extents beside a 0 are checked too: strides are their products.
        let count = try Graph.elementCount(shape.map { max(1, $0) })
        return shape.contains(0) ? 0 : count
    } catch {
        throw .invalid(error.description)
    }
}

extension Comparable {
    func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
