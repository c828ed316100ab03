import FloatGraph
import TFLiteFormat

/// Operators that take parts of a tensor.
extension TFLiteImporter {
    /// The elements that are taken along an axis.
    struct Part {
        var start: Int
        var extent: Int
        var step = 1

        func isAll(_ extent: Int) -> Bool { start == 0 && self.extent == extent && step == 1 }
    }

    /// Defines an output as a part of x; `removed` axes have extent 1 and go.
    private mutating func take(
        _ parts: [Part], of x: Activation, removing removed: Set<Int> = [], _ node: TFLiteNode, output: Int = 0
    ) throws(ImportFailure) {
        let kept = parts.indices.filter { !removed.contains($0) }.map { parts[$0].extent }
        guard parts.allSatisfy({ $0.extent > 0 }) else { throw .invalid("takes an empty part of \(x.shape)") }
        if parts.indices.allSatisfy({ parts[$0].isAll(x.shape[$0]) }) {
            return try alias(node, output: output, x, shape: kept)
        }
        let lost = dropped(x.shape)
        let inner = parts.dropFirst(lost)
        let id = try append(
            .slice(starts: inner.map(\.start), extents: inner.map(\.extent), steps: inner.map(\.step)), [value(x)],
            node)
        try define(node, output: output, id, shape: kept)
    }

    /// One axis of x taken in part.
    private mutating func take(
        _ part: Part, axis: Int, of x: Activation, removingAxis: Bool = false, _ node: TFLiteNode, output: Int = 0
    ) throws(ImportFailure) {
        var parts = x.shape.map { Part(start: 0, extent: $0) }
        parts[axis] = part
        try take(parts, of: x, removing: removingAxis ? [axis] : [], node, output: output)
    }

    private func axis(_ axis: Int, of x: Activation) throws(ImportFailure) -> Int {
        let axis = try normalizedAxis(axis, rank: x.shape.count)
        guard axis < x.shape.count else { throw .invalid("has no axis \(axis)") }
        return axis
    }

    mutating func slice(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0)
        try take(try sliceParts(node, x.shape), of: x, node)
    }

    /// The parts that SLICE takes: begin and size, −1 for the rest.
    mutating func sliceParts(_ node: TFLiteNode, _ shape: [Int]) throws(ImportFailure) -> [Part] {
        let begin = try integers(node, 1), size = try integers(node, 2)
        guard begin.count == shape.count, size.count == shape.count else { throw .invalid("slices \(shape)") }
        var parts: [Part] = []
        for (axis, extent) in shape.enumerated() {
            guard (0...extent).contains(begin[axis]) else { throw .invalid("begins at \(begin) in \(shape)") }
            let count = size[axis] == -1 ? extent - begin[axis] : size[axis]
            guard (0...extent - begin[axis]).contains(count) else { throw .invalid("takes \(size) of \(shape)") }
            parts.append(Part(start: begin[axis], extent: count))
        }
        return parts
    }

    mutating func stridedSlice(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0)
        let (parts, removed) = try stridedParts(node, x.shape)
        try take(parts, of: x, removing: removed, node)
    }

    /// The parts that STRIDED_SLICE takes, and the axes that go.
    mutating func stridedParts(_ node: TFLiteNode, _ shape: [Int]) throws(ImportFailure) -> ([Part], Set<Int>) {
        let begin = try integers(node, 1), end = try integers(node, 2), steps = try integers(node, 3)
        typealias Field = Schema.StridedSlice
        let (ellipsis, newAxes) = (try node.integer(Field.ellipsisMask), try node.integer(Field.newAxisMask))
        try require(ellipsis == 0 && newAxes == 0, "slices with an ellipsis or new axes")
        guard begin.count == end.count, begin.count == steps.count, begin.count <= shape.count,
            steps.allSatisfy({ $0 != 0 && abs(Double($0)) <= Double(Graph.extentLimit) })
        else { throw .invalid("slices \(shape) from \(begin) to \(end) by \(steps)") }
        func has(_ field: Int, _ axis: Int) throws(ImportFailure) -> Bool { try node.integer(field) >> axis & 1 == 1 }
        var parts = shape.map { Part(start: 0, extent: $0) }
        var removed: Set<Int> = []
        for axis in begin.indices {
            let extent = shape[axis], step = steps[axis]
            let (low, high) = step > 0 ? (0, extent) : (-1, extent - 1)
            func bound(_ index: Int) -> Int {
                let index = index.clamped(to: -2 * Graph.extentLimit...2 * Graph.extentLimit)
                return (index < 0 ? index + extent : index).clamped(to: low...max(low, high))
            }
            if try has(Field.shrinkAxisMask, axis) {
                let start = begin[axis] < 0 ? begin[axis] + extent : begin[axis]
                guard (0..<extent).contains(start) else { throw .invalid("takes element \(begin[axis]) of \(extent)") }
                parts[axis] = Part(start: start, extent: 1)
                removed.insert(axis)
                continue
            }
            let start = try has(Field.beginMask, axis) ? (step > 0 ? 0 : extent - 1) : bound(begin[axis])
            let stop = try has(Field.endMask, axis) ? (step > 0 ? extent : -1) : bound(end[axis])
            let span = step > 0 ? stop - start : start - stop
            parts[axis] = Part(start: start, extent: max(0, (span + abs(step) - 1) / abs(step)), step: step)
        }
        return (parts, removed)
    }

    /// Inputs: the axis, x.
    mutating func split(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 1)
        guard let listed = try integers(node, 0).first else { throw .invalid("has no axis") }
        let axis = try axis(listed, of: x), parts = node.outputs.count
        guard x.shape[axis] % parts == 0 else { throw .invalid("splits \(x.shape) into \(parts) on axis \(axis)") }
        try split(x, axis, Array(repeating: x.shape[axis] / parts, count: parts), node)
    }

    /// Inputs: x, the sizes, the axis.
    mutating func splitV(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0)
        var sizes = try integers(node, 1)
        guard let listed = try integers(node, 2).first else { throw .invalid("has no axis") }
        let axis = try axis(listed, of: x)
        guard sizes.allSatisfy((-1...Graph.extentLimit).contains), sizes.count == node.outputs.count else {
            throw .invalid("splits into \(sizes)")
        }
        let known = sizes.filter { $0 >= 0 }.reduce(0, +)
        if let open = sizes.firstIndex(of: -1) { sizes[open] = x.shape[axis] - known }
        guard sizes.allSatisfy({ $0 > 0 }), sizes.reduce(0, +) == x.shape[axis] else {
            throw .invalid("splits \(x.shape) into \(sizes) on axis \(axis)")
        }
        try split(x, axis, sizes, node)
    }

    private mutating func split(
        _ x: Activation, _ axis: Int, _ sizes: [Int], _ node: TFLiteNode
    ) throws(ImportFailure) {
        var start = 0
        for (output, size) in sizes.enumerated() {
            try take(Part(start: start, extent: size), axis: axis, of: x, node, output: output)
            start += size
        }
    }

    mutating func unpack(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0)
        let axis = try axis(try node.integer(Schema.Pack.axis), of: x)
        guard x.shape[axis] == node.outputs.count else { throw .invalid("unpacks \(x.shape) on axis \(axis)") }
        for output in node.outputs.indices {
            try take(Part(start: output, extent: 1), axis: axis, of: x, removingAxis: true, node, output: output)
        }
    }

    /// Constant indices with equal steps.
    mutating func gather(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0), constant = try requiredConstant(node, 1).tensor
        guard let indices = constant.integers, let first = indices.first else { throw .invalid("has no indices") }
        let axis = try axis(try node.integer(Schema.Gather.axis), of: x)
        try require(try node.integer(Schema.Gather.batchAxes) == 0, "gathers in batches")
        guard indices.allSatisfy((0..<x.shape[axis]).contains) else { throw .invalid("gathers beyond \(x.shape)") }
        let step = indices.count > 1 ? indices[1] - first : 1
        try require(
            constant.shape.count <= 1 && step != 0 && zip(indices, indices.dropFirst()).allSatisfy { $1 - $0 == step },
            "gathers \(constant.count) indices, supported are those with equal steps")
        try take(
            Part(start: first, extent: indices.count, step: step), axis: axis, of: x,
            removingAxis: constant.shape.isEmpty, node)
    }

    mutating func reverse(_ node: TFLiteNode) throws(ImportFailure) {
        let x = try activation(node, 0)
        var parts = x.shape.map { Part(start: 0, extent: $0) }
        for listed in try integers(node, 1) {
            let axis = try axis(listed, of: x)
            if x.shape[axis] > 1 { parts[axis] = Part(start: x.shape[axis] - 1, extent: x.shape[axis], step: -1) }
        }
        try take(parts, of: x, node)
    }
}
