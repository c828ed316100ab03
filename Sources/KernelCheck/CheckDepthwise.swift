import CKernels

extension Check {
    func depthwise() {
        let sides: [Int] = [3, 5, random.size(1...4)]
        for side in sides {
            let oblong = random.chance(4) ? random.size(1...7) : side
            let most = random.chance(10) ? 3 : 150
            depthwise(kernelHeight: side, kernelWidth: oblong, channels: random.size(1...most))
        }
    }

    private func depthwise(kernelHeight: Int, kernelWidth: Int, channels: Int) {
        let inputType = random.type(), outputType = random.type()
        let strideY = random.size(1...2), strideX = random.size(1...3)
        let padTop = random.size(0...kernelHeight - 1), padLeft = random.size(0...kernelWidth - 1)
        let padBottom = random.size(0...kernelHeight - 1), padRight = random.size(0...kernelWidth - 1)
        let dilationY = random.chance(3) ? random.size(1...3) : 1, dilationX = random.chance(3) ? random.size(1...3) : 1
        let reachY = (kernelHeight - 1) * dilationY + 1, reachX = (kernelWidth - 1) * dilationX + 1
        let height = max(reachY - padTop - padBottom, 1) + random.size(0...9)
        // now and then a row far longer than its parameters
        let isLong = channels < 4 && kernelHeight < 4
        let width = max(reachX - padLeft - padRight, 1) + random.size(0...(isLong ? 8000 / channels : 9))
        let outputHeight = (height + padTop + padBottom - reachY) / strideY + 1
        let outputWidth = (width + padLeft + padRight - reachX) / strideX + 1
        let rowBegin = random.size(0...outputHeight - 1), rowEnd = random.size(rowBegin + 1...outputHeight)

        let zeroPoint = random.extreme(inputType.range)
        let taps = kernelHeight * kernelWidth
        let bound = (inputType == TK_INT8 ? 255 : 65535) * 127 * Int64(taps)
        let parameters = ChannelParameters(count: channels, bound: bound, output: outputType, random: &random)
        let weights = self.weights(count: taps * channels, limit: 127)
        let x = input(inputType, count: height * width * channels)
        let output = random.output(outputType)

        func run(_ table: tk_kernels) -> Output {
            let y = Output(byteCount: outputHeight * outputWidth * channels * outputType.size)
            let packed = self.packed(byteCount: table.depthwise_packed_size(
                Int32(kernelHeight), Int32(kernelWidth), Int32(channels), inputType))
            parameters.withPointers { bias, multiplier, shift in
                var description = tk_depthwise_weights(
                    kernel_h: Int32(kernelHeight), kernel_w: Int32(kernelWidth), channels: Int32(channels),
                    stride_x: Int32(strideX), dilation_x: Int32(dilationX), input_type: inputType,
                    input_zero_point: zeroPoint, weights: weights.int8, bias: bias,
                    multiplier: multiplier, shift: shift)
                table.depthwise_pack(&description, packed.start)
            }
            var d = tk_depthwise(
                kernel_h: Int32(kernelHeight), kernel_w: Int32(kernelWidth), channels: Int32(channels),
                input_type: inputType, input_zero_point: zeroPoint, input_h: Int32(height), input_w: Int32(width),
                output_h: Int32(outputHeight), output_w: Int32(outputWidth), stride_y: Int32(strideY),
                stride_x: Int32(strideX), pad_top: Int32(padTop), pad_left: Int32(padLeft), dilation_y: Int32(dilationY),
                dilation_x: Int32(dilationX), row_begin: Int32(rowBegin), row_end: Int32(rowEnd), x: x.start,
                packed: packed.start, y: y.start, output: output)
            table.depthwise(&d)
            return y
        }
        compare("depthwise", outputType, run(reference), run(kernels), """
            kernel \(kernelHeight)×\(kernelWidth), \(inputType.label) \(height)×\(width)×\(channels), \
            stride \(strideY) \(strideX), dilation \(dilationY) \(dilationX), padding \(padTop) \(padLeft), rows \(rowBegin)..<\(rowEnd), \
            zero point \(zeroPoint), to \(outputType.label)
            """)
    }
}
