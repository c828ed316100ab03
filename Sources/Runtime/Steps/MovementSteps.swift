import CKernels
import ModelFile

extension ProgramBuilder {
    /// Elements by tables of offsets. Axes that only count on are joined into blocks, which are copied whole.
    func gather(fill: Int32) {
        let x = operand(0), output = output
        let (xs, ys, memory) = (tensor(x), tensor(output), memory)
        let unit = xs.type.size
        let tables = GatherTables((1..<operandCount).map { operand in
            UnsafeBufferPointer(start: constant(operand, Int32.self), count: tensor(self.operand(operand)).count)
        })
        let rows = ys.count / (tables.innermost * tables.block)
        let ranges = Share.ranges(rows, parts: share.parts(work: ys.count))
        append(
            KernelStep(partCount: ranges.count) { part in
                tk_gather(
                    axes: Int32(tables.count), tables: UnsafePointer(tables.addresses),
                    extents: UnsafePointer(tables.extents), unit: unit, block: tables.block * unit, fill: fill,
                    row_begin: ranges[part].lowerBound, row_end: ranges[part].upperBound, x: memory[x],
                    out: memory[output])
            } kernel: {
                tk_gather_rows($0)
            })
    }

    /// Shared by output rows.
    func maximumPool(_ window: Window, _ kernelY: Int32, _ kernelX: Int32) {
        let x = operand(0), output = output
        let (xs, ys, memory) = (tensor(x), tensor(output), memory)
        let ranges = Share.ranges(ys.shape[0], parts: share.parts(work: ys.count * Int(kernelY) * Int(kernelX)))
        append(
            KernelStep(partCount: ranges.count) { part in
                tk_maximum_pool(
                    kernel_h: kernelY, kernel_w: kernelX, channels: Int32(xs.shape[2]), input_h: Int32(xs.shape[0]),
                    input_w: Int32(xs.shape[1]), output_w: Int32(ys.shape[1]), stride_y: window.strideY,
                    stride_x: window.strideX, pad_top: window.padTop, pad_left: window.padLeft,
                    row_begin: Int32(ranges[part].lowerBound), row_end: Int32(ranges[part].upperBound),
                    type: xs.type.kernelType, x: memory[x], y: memory[output])
            } kernel: {
                tk_maximum_pool_rows($0)
            })
    }

    func interpolate(count: Int, inner: Int, _ scale: (multiplier: Int32, shift: Int32)) {
        let x = operand(0), output = output
        let (xs, ys, memory) = (tensor(x), tensor(output), memory)
        let lower = constant(1, Int32.self), upper = constant(2, Int32.self), fraction = constant(3, Int16.self)
        let positions = tensor(operand(1)).count
        let ranges = Share.ranges(ys.count / inner, parts: share.parts(work: ys.count))
        append(
            KernelStep(partCount: ranges.count) { part in
                tk_linear(
                    count: count, positions: positions, inner: inner, row_begin: ranges[part].lowerBound,
                    row_end: ranges[part].upperBound, lower: lower, upper: upper, fraction: fraction,
                    x_type: xs.type.kernelType, x: memory[x], out: memory[output], zero_point: xs.zeroPoint,
                    multiplier: scale.multiplier, shift: scale.shift, output: tk_output(ys))
            } kernel: {
                tk_linear_rows($0)
            })
    }

    func normalize(centres: Bool, epsilon: Int64, _ scale: (multiplier: Int32, shift: Int32)) {
        let x = operand(0), output = output
        let (xs, ys, memory) = (tensor(x), tensor(output), memory)
        let channels = xs.shape.last!
        let ranges = rowRanges(xs)
        append(
            KernelStep(partCount: ranges.count) { part in
                let rows = ranges[part]
                return tk_normalize(
                    rows: rows.count, channels: channels, centres: centres ? 1 : 0, epsilon: epsilon,
                    x_type: xs.type.kernelType, x: memory[x] + rows.lowerBound * channels * xs.type.size,
                    out: memory[output] + rows.lowerBound * channels * ys.type.size, zero_point: xs.zeroPoint,
                    multiplier: scale.multiplier, shift: scale.shift, output: tk_output(ys))
            } kernel: {
                tk_normalize_rows($0)
            })
    }
}

/// The tables of a gather as its kernel reads them, without those that became part of the block.
private final class GatherTables {
    let addresses: UnsafeMutablePointer<UnsafePointer<Int32>?>
    let extents: UnsafeMutablePointer<Int>
    let count: Int
    /// Elements that lie next to each other in both tensors.
    let block: Int

    /// Blocks of a row.
    var innermost: Int { extents[count - 1] }

    init(_ tables: [UnsafeBufferPointer<Int32>]) {
        var tables = tables, block = 1
        while tables.count > 1, let last = tables.last, Self.continues(last, block) {
            block *= last.count
            tables.removeLast()
        }
        self.block = block
        count = tables.count
        addresses = .allocate(capacity: count)
        extents = .allocate(capacity: count)
        for axis in 0..<count {
            (addresses + axis).initialize(to: tables[axis].baseAddress)
            (extents + axis).initialize(to: tables[axis].count)
        }
    }

    /// Whether a table is 0, block, 2·block, …
    private static func continues(_ table: UnsafeBufferPointer<Int32>, _ block: Int) -> Bool {
        for index in 0..<table.count where Int(table[index]) != index * block { return false }
        return true
    }

    deinit {
        addresses.deallocate()
        extents.deallocate()
    }
}
