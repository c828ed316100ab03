/// The product of two activations, batched; the leading axes of both are broadcast.
func matmul(_ a: [Int], _ b: [Int], _ output: [Int], transposeB: Bool) -> Kernel {
    let (rows, depth, columns) = (a[a.count - 2], a[a.count - 1], output[output.count - 1])
    let batch = Array(output.dropLast(2))
    let aStarts = batchStarts(a, batch), bStarts = batchStarts(b, batch)
    return { inputs, result, parallel in
        parallel(aStarts.count, grain: 65_536 / (rows * depth * columns) + 1) { part in
            let transposed = UnsafeMutablePointer<Float>.allocate(capacity: depth * columns)
            defer { transposed.deallocate() }
            for index in part {
                var b = inputs[1] + bStarts[index]
                if transposeB {
                    for k in 0..<depth { for n in 0..<columns { transposed[k * columns + n] = b[n * depth + k] } }
                    b = UnsafePointer(transposed)
                }
                for row in 0..<rows {
                    let x = inputs[0] + aStarts[index] + row * depth
                    multiply(x, b, depth, columns, into: result + (index * rows + row) * columns)
                }
            }
        }
    }
}

/// Where the matrices of each batch index begin.
private func batchStarts(_ shape: [Int], _ batch: [Int]) -> [Int] {
    let leading = Array(repeating: 1, count: batch.count + 2 - shape.count) + shape
    var starts = [0]
    for axis in batch.indices {
        let stride = leading[axis] == 1 ? 0 : leading[(axis + 1)...].reduce(1, *)
        starts = starts.flatMap { start in (0..<batch[axis]).map { start + $0 * stride } }
    }
    return starts
}

/// One row: Σ over k of x[k] times row k of b.
private func multiply(
    _ x: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ depth: Int, _ columns: Int,
    into y: UnsafeMutablePointer<Float>
) {
    y.update(repeating: 0, count: columns)
    for k in 0..<depth {
        let factor = x[k], row = b + k * columns
        for n in 0..<columns { y[n] += factor * row[n] }
    }
}
