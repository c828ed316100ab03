import CKernels

extension Check {
    func add() {
        let count = random.size(1...150), xType = random.type(), yType = random.type(), outputType = random.type()
        let x = input(xType, count: count), y = input(yType, count: count)
        // Every difference is below 2^(8 or 16), so that both products together stay below 2^30.
        func factor(_ type: tk_type) -> Int32 {
            let limit: Int32 = type == TK_INT8 ? 1 << 20 : 1 << 12
            return random.extreme(-limit...limit)
        }
        let mx = factor(xType), my = factor(yType)
        let scale = random.scale(bound: 1 << 29, outputType)
        var a = tk_add(
            count: count, x_type: xType, y_type: yType, x: x.start, y: y.start, out: nil,
            x_zero_point: random.extreme(xType.range), y_zero_point: random.extreme(yType.range), mx: mx, my: my,
            multiplier: scale.multiplier, shift: scale.shift, output: random.output(outputType))
        func run(_ table: tk_kernels) -> Output {
            let out = Output(byteCount: count * outputType.size)
            a.out = out.start
            table.add(&a)
            return out
        }
        compare("add", outputType, run(reference), run(kernels),
                "\(count) elements, \(xType.label) + \(yType.label) to \(outputType.label)")
    }

    func multiply() {
        for broadcast in [TK_SAME, TK_PER_CHANNEL, TK_PER_ROW] { multiply(broadcast) }
    }

    private func multiply(_ broadcast: tk_broadcast) {
        let rows = random.size(1...9), channels = random.size(1...70)
        let xType = random.type(), outputType = random.type()
        // Two int16 differences of the whole range exceed an accumulator: such a pair is centred, and only int16 × int8
        // is not.
        let yType = xType == TK_INT16 ? TK_INT8 : random.type()
        let yCount = broadcast == TK_SAME ? rows * channels : broadcast == TK_PER_CHANNEL ? channels : rows
        let x = input(xType, count: rows * channels), y = input(yType, count: yCount)
        let bound: Int64 = (xType == TK_INT8 ? 255 : 65535) * (yType == TK_INT8 ? 255 : 65535)
        var p = tk_multiply(
            rows: rows, channels: channels, broadcast: broadcast, x_type: xType, y_type: yType, x: x.start, y: y.start,
            out: nil, x_zero_point: random.extreme(xType.range), y_zero_point: random.extreme(yType.range),
            rescale: random.rescale(bound: bound, outputType), output: random.output(outputType))
        func run(_ table: tk_kernels) -> Output {
            let out = Output(byteCount: rows * channels * outputType.size)
            p.out = out.start
            table.multiply(&p)
            return out
        }
        compare("multiply", outputType, run(reference), run(kernels), """
            \(rows)×\(channels), broadcast \(broadcast.rawValue), \(xType.label) × \(yType.label) to \(outputType.label)
            """)
    }

    func rescale() {
        let rows = random.size(1...9), channels = random.size(1...70), stride = channels + random.size(0...3)
        let xType = random.type(), outputType = random.type()
        let x = input(xType, count: rows * channels)
        var r = tk_rescale_rows(
            rows: rows, channels: channels, out_stride: stride, x_type: xType, x: x.start, out: nil,
            zero_point: random.extreme(xType.range),
            rescale: random.rescale(bound: xType == TK_INT8 ? 255 : 65535, outputType),
            output: random.output(outputType))
        func run(_ table: tk_kernels) -> Output {
            let out = Output(byteCount: ((rows - 1) * stride + channels) * outputType.size)
            r.out = out.start
            table.rescale(&r)
            return out
        }
        compare("rescale", outputType, run(reference), run(kernels),
                "\(rows)×\(channels), stride \(stride), \(xType.label) to \(outputType.label)")
    }

    func prelu() {
        let rows = random.size(1...9), channels = random.size(1...70), xType = random.type(), outputType = random.type()
        let x = input(xType, count: rows * channels)
        let rescale = random.rescale(bound: xType == TK_INT8 ? 255 : 65535, outputType)
        let bound = Int64(xType == TK_INT8 ? 255 : 65535) << Int64(rescale.left)
        let slopes = ChannelParameters(count: channels, bound: bound, output: outputType, random: &random)
        let zeroPoint = random.extreme(xType.range), output = random.output(outputType)
        func run(_ table: tk_kernels) -> Output {
            let out = Output(byteCount: rows * channels * outputType.size)
            slopes.withPointers { _, multiplier, shift in
                var p = tk_prelu(
                    rows: rows, channels: channels, x_type: xType, x: x.start, out: out.start, zero_point: zeroPoint,
                    rescale: rescale, multiplier: multiplier, shift: shift, output: output)
                table.prelu(&p)
            }
            return out
        }
        compare("prelu", outputType, run(reference), run(kernels),
                "\(rows)×\(channels), \(xType.label) to \(outputType.label), left \(rescale.left)")
    }
}
