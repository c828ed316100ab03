import CKernels
import ModelFile

extension ProgramBuilder {
    func add(_ call: tk_add) {
        let x = operand(0), y = operand(1), output = output
        let (xs, ys, memory) = (tensor(x), tensor(y), memory)
        let size = tensor(output).type.size
        let add = kernels.add!
        let ranges = elementRanges(xs.count)
        append(
            KernelStep(partCount: ranges.count) { part in
                let range = ranges[part]
                var call = call
                call.count = range.count
                call.x = UnsafeRawPointer(memory[x] + range.lowerBound * xs.type.size)
                call.y = UnsafeRawPointer(memory[y] + range.lowerBound * ys.type.size)
                call.out = memory[output] + range.lowerBound * size
                return call
            } kernel: {
                add($0)
            })
    }

    /// Everything of the call but the count and addresses.
    func addCall(mx: Int32, my: Int32, multiplier: Int32, shift: Int32, _ clamp: Clamp) -> tk_add {
        let x = tensor(operand(0)), y = tensor(operand(1))
        return tk_add(
            count: 0, x_type: x.type.kernelType, y_type: y.type.kernelType, x: nil, y: nil, out: nil,
            x_zero_point: x.zeroPoint, y_zero_point: y.zeroPoint, mx: mx, my: my, multiplier: multiplier, shift: shift,
            output: tk_output(tensor(output), clamp))
    }

    func multiply(_ call: tk_multiply) {
        let x = operand(0), y = operand(1), output = output
        let (xs, memory) = (tensor(x), memory)
        let width = xs.shape.last! * xs.type.size, outputWidth = xs.shape.last! * tensor(output).type.size
        let factorWidth = factorRowBytes(call)
        let multiply = kernels.multiply!
        let ranges = rowRanges(xs)
        append(
            KernelStep(partCount: ranges.count) { part in
                let rows = ranges[part]
                var call = call
                call.rows = rows.count
                call.x = UnsafeRawPointer(memory[x] + rows.lowerBound * width)
                call.y = UnsafeRawPointer(memory[y] + rows.lowerBound * factorWidth)
                call.out = memory[output] + rows.lowerBound * outputWidth
                return call
            } kernel: {
                multiply($0)
            })
    }

    /// Everything of the call but the rows and addresses.
    func multiplyCall(_ rescale: tk_rescale, _ clamp: Clamp) -> tk_multiply {
        let x = tensor(operand(0)), y = tensor(operand(1)), channels = x.shape.last!
        return tk_multiply(
            rows: 0, channels: channels,
            broadcast: y.shape == x.shape ? TK_SAME : y.shape == [channels] ? TK_PER_CHANNEL : TK_PER_ROW,
            x_type: x.type.kernelType, y_type: y.type.kernelType, x: nil, y: nil, out: nil, x_zero_point: x.zeroPoint,
            y_zero_point: y.zeroPoint, rescale: rescale, output: tk_output(tensor(output), clamp))
    }

    /// By row, how far the second factor moves on.
    func factorRowBytes(_ call: tk_multiply) -> Int {
        let elements = call.broadcast == TK_SAME ? call.channels : call.broadcast == TK_PER_CHANNEL ? 0 : 1
        return elements * tensor(operand(1)).type.size
    }

    /// A change of scale or type of everything.
    func rescaleRows(_ rescale: tk_rescale) {
        if tensor(operand(0)).type == .uint16 {
            rescaleProbabilities(rescale)
        } else {
            self.rescale(operand(0), rescale, channelOffset: 0)
        }
    }

    /// A softmax's few uint16 probabilities, which no kernel reads.
    private func rescaleProbabilities(_ rescale: tk_rescale) {
        let x = operand(0), output = output
        let (xs, ys, memory) = (tensor(x), tensor(output), memory)
        append(
            KernelStep(partCount: 1) { _ in
                ProbabilityRescale(
                    count: xs.count, source: memory[x], target: memory[output], isWide: ys.type == .int16,
                    rescale: rescale, output: tk_output(ys))
            } kernel: {
                $0.pointee.run()
            })
    }

    /// Each input goes to its channels of the output.
    func concatenate(_ rescales: [Rescale?]) {
        var channelOffset = 0
        for (index, rescale) in rescales.enumerated() {
            let input = operand(index)
            if let rescale {
                self.rescale(input, tk_rescale(rescale), channelOffset: channelOffset)
            } else {
                copy(input, channelOffset: channelOffset)
            }
            channelOffset += tensor(input).shape.last!
        }
    }

    private func rescale(_ x: Int, _ rescale: tk_rescale, channelOffset: Int) {
        let output = output
        let (xs, ys, memory) = (tensor(x), tensor(output), memory)
        let channels = xs.shape.last!, stride = ys.shape.last!
        let kernel = kernels.rescale!
        let ranges = rowRanges(xs)
        append(
            KernelStep(partCount: ranges.count) { part in
                let rows = ranges[part]
                return tk_rescale_rows(
                    rows: rows.count, channels: channels, out_stride: stride, x_type: xs.type.kernelType,
                    x: memory[x] + rows.lowerBound * channels * xs.type.size,
                    out: memory[output] + (rows.lowerBound * stride + channelOffset) * ys.type.size,
                    zero_point: xs.zeroPoint, rescale: rescale, output: tk_output(ys))
            } kernel: {
                kernel($0)
            })
    }

    private func copy(_ x: Int, channelOffset: Int) {
        let output = output
        let (xs, ys, memory) = (tensor(x), tensor(output), memory)
        let size = xs.type.size, width = xs.shape.last! * size, stride = ys.shape.last! * size
        let ranges = rowRanges(xs)
        append(
            KernelStep(partCount: ranges.count) { part in
                let rows = ranges[part]
                return RowCopy(
                    rows: rows.count, width: width, stride: stride, source: memory[x] + rows.lowerBound * width,
                    target: memory[output] + rows.lowerBound * stride + channelOffset * size)
            } kernel: {
                $0.pointee.run()
            })
    }

    func prelu(_ rescale: tk_rescale) {
        let x = operand(0), output = output
        let (xs, ys, memory) = (tensor(x), tensor(output), memory)
        let channels = xs.shape.last!
        let multiplier = constant(1, Int32.self), shift = constant(2, Int32.self)
        let prelu = kernels.prelu!
        let ranges = rowRanges(xs)
        append(
            KernelStep(partCount: ranges.count) { part in
                let rows = ranges[part]
                return tk_prelu(
                    rows: rows.count, channels: channels, x_type: xs.type.kernelType,
                    x: memory[x] + rows.lowerBound * channels * xs.type.size,
                    out: memory[output] + rows.lowerBound * channels * ys.type.size, zero_point: xs.zeroPoint,
                    rescale: rescale, multiplier: multiplier, shift: shift, output: tk_output(ys))
            } kernel: {
                prelu($0)
            })
    }

    func table() {
        let x = operand(0), output = output
        let (xs, ys, memory) = (tensor(x), tensor(output), memory)
        let table = tableAddress()
        let lookup = tableKernel(xs.type, ys.type)
        let ranges = elementRanges(xs.count)
        append(
            KernelStep(partCount: ranges.count) { part in
                let range = ranges[part]
                return TableLookup(
                    count: range.count, source: memory[x] + range.lowerBound * xs.type.size, table: table(),
                    target: memory[output] + range.lowerBound * ys.type.size)
            } kernel: {
                lookup($0.pointee)
            })
    }

    /// Where the table is, once weights are packed: bytes are looked up in a prepared one.
    func tableAddress() -> () -> UnsafeRawPointer {
        guard tensor(operand(0)).type == .int16, tensor(output).type == .int8 else {
            let table = model.constant(operand(1)).baseAddress!
            return { table }
        }
        let points = constant(1, Int16.self), weights = weights
        let prepared = reserve(byteCount: tk_byte_table_size()) { tk_byte_table_make(points, OpaquePointer($0)) }
        return { UnsafeRawPointer(weights[prepared]) }
    }

    func tableKernel(_ x: ElementType, _ y: ElementType) -> (TableLookup) -> Void {
        let (bytes, words, wordsToBytes) = (kernels.table_int8!, kernels.table_int16!, kernels.table_int16_int8!)
        if x == .int8 {
            return { bytes($0.source.assumingMemoryBound(to: Int8.self), $0.count,
                $0.table.assumingMemoryBound(to: Int8.self), $0.target.assumingMemoryBound(to: Int8.self)) }
        }
        if y == .int8 {
            return { wordsToBytes($0.source.assumingMemoryBound(to: Int16.self), $0.count, OpaquePointer($0.table),
                $0.target.assumingMemoryBound(to: Int8.self)) }
        }
        return { words($0.source.assumingMemoryBound(to: Int16.self), $0.count,
            $0.table.assumingMemoryBound(to: Int16.self), $0.target.assumingMemoryBound(to: Int16.self)) }
    }

    /// Ranges of 0..<count, whole cache lines of int8 each.
    private func elementRanges(_ count: Int) -> [Range<Int>] {
        Share.ranges(count, parts: share.parts(work: count), grain: 64)
    }

    /// Ranges of a tensor's rows, which are everything but its last axis.
    func rowRanges(_ tensor: Tensor) -> [Range<Int>] {
        Share.ranges(tensor.count / tensor.shape.last!, parts: share.parts(work: tensor.count))
    }
}

/// Rows of `width` bytes, `stride` bytes apart where they go.
private struct RowCopy {
    let rows, width, stride: Int
    let source, target: UnsafeMutableRawPointer

    func run() {
        for row in 0..<rows { (target + row * stride).copyMemory(from: source + row * width, byteCount: width) }
    }
}

/// uint16 with zero point 0 → int8 or int16, by the rule of `Operator.rescale`.
private struct ProbabilityRescale {
    let count: Int
    let source, target: UnsafeMutableRawPointer
    let isWide: Bool
    let rescale: tk_rescale
    let output: tk_output

    func run() {
        for i in 0..<count {
            let a = Int64(source.load(fromByteOffset: 2 * i, as: UInt16.self)) << Int64(rescale.left)
            let product = a * Int64(rescale.multiplier) + (1 << Int64(30 + rescale.shift))
            let value = (product >> Int64(31 + rescale.shift)) + Int64(output.zero_point)
            let clamped = max(Int64(output.low), min(Int64(output.high), value))
            if isWide {
                target.storeBytes(of: Int16(truncatingIfNeeded: clamped), toByteOffset: 2 * i, as: Int16.self)
            } else {
                target.storeBytes(of: Int8(truncatingIfNeeded: clamped), toByteOffset: i, as: Int8.self)
            }
        }
    }
}

/// A range of elements to look up.
struct TableLookup {
    let count: Int
    let source: UnsafeMutableRawPointer
    let table: UnsafeRawPointer
    let target: UnsafeMutableRawPointer
}
