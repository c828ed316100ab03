import FloatGraph

extension KerasImporter {
    /// Conv1D and Conv2D: kernel `[kh, kw, C / groups, M]`.
    mutating func convolution(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        let picture = try Picture(x, is1D: layer.type.hasSuffix("1D"))
        let window = try window(layer, picture, kernel: layer.config["kernel_size"])
        let groups = layer.config["groups"].integer ?? 1
        guard let filters = layer.config["filters"].integer, filters > 0, groups > 0,
            picture.channels % groups == 0, filters % groups == 0
        else { throw .invalid("has impossible filters or groups") }
        let (c, m) = (picture.channels / groups, filters / groups)
        let stored = picture.stored(window.kernel) + [c, filters]
        guard let kernel = try weights.weight("kernel", of: layer, shape: stored) else {
            throw .invalid("has no kernel")
        }
        let bias = try weight("bias", layer, shape: [filters])
        let input = value(x, as: picture.shape)
        var output: ValueID
        let tensor = ConstantTensor(kernel, shape: window.kernel + [c, filters])
        if groups == 1 {
            let id = place(
                tensor.transposed([3, 0, 1, 2]).floats, shape: [filters] + window.kernel + [c],
                "kernel of \(layer.name)")
            output = try emit(.convolution(window.window), [input, id] + (bias.map { [$0] } ?? []))
        } else if c == 1, m == 1 {
            let id = place(kernel, shape: window.kernel + [filters], "kernel of \(layer.name)")
            output = try emit(.depthwise(window.window), [input, id] + (bias.map { [$0] } ?? []))
        } else {
            output = try grouped(layer, tensor, groups: groups, input, window.window)
            if let bias { output = try emit(.arithmetic(.add), [output, bias]) }
        }
        let result = self.tensor(output, picture.keras(graph.shape(output)))
        return try activate(result, layer.config["activation"])
    }

    /// A convolution for each group of channels, side by side.
    private mutating func grouped(
        _ layer: KerasLayer, _ kernel: ConstantTensor, groups: Int, _ input: ValueID, _ window: ConvolutionWindow
    ) throws(ImportFailure) -> ValueID {
        let shape = graph.shape(input)
        let (c, m) = (kernel.shape[2], kernel.shape[3] / groups)
        let size = kernel.shape[0] * kernel.shape[1] * c
        var parts: [ValueID] = []
        for group in 0..<groups {
            let slice = try emit(
                .slice(starts: [0, 0, 0, group * c], extents: shape.dropLast() + [c], steps: [1, 1, 1, 1]), [input])
            // [kh, kw, c, M] → the group's [m, kh, kw, c]
            let part = (0..<m).flatMap { filter in
                (0..<size).map { kernel.floats[$0 * m * groups + group * m + filter] }
            }
            let id = place(part, shape: [m] + kernel.shape.dropLast(), "kernel of \(layer.name), group \(group)")
            parts.append(try emit(.convolution(window), [slice, id]))
        }
        return try emit(.concatenate(axis: 3), parts)
    }

    mutating func depthwise(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        let picture = try Picture(x, is1D: layer.type.hasSuffix("1D"))
        let bias = try weight("bias", layer, shape: [picture.channels * multiplier(layer)])
        let output = try depthwise(layer, x, picture, bias: bias)
        return try activate(tensor(output, picture.keras(graph.shape(output))), layer.config["activation"])
    }

    private func multiplier(_ layer: KerasLayer) -> Int { max(1, layer.config["depth_multiplier"].integer ?? 1) }

    /// Kernel `[kh, kw, C, multiplier]`; with a multiplier above 1 it becomes a full convolution, mostly of zeros.
    private mutating func depthwise(
        _ layer: KerasLayer, _ x: KerasTensor, _ picture: Picture, bias: ValueID?
    ) throws(ImportFailure) -> ValueID {
        let window = try window(layer, picture, kernel: layer.config["kernel_size"])
        let (c, m) = (picture.channels, multiplier(layer))
        let size = window.kernel[0] * window.kernel[1]
        let shape = picture.stored(window.kernel) + [c, m]
        guard let kernel = try weights.weight("depthwise_kernel", of: layer, shape: shape) else {
            throw .invalid("has no kernel")
        }
        let inputs = [value(x, as: picture.shape)]
        let name = "depthwise kernel of \(layer.name)"
        guard m > 1 else {
            let id = place(kernel, shape: window.kernel + [c], name)
            return try emit(.depthwise(window.window), inputs + [id] + (bias.map { [$0] } ?? []))
        }
        guard c * m * size * c <= Graph.elementLimit / 16 else { throw .invalid("has an absurd depth_multiplier") }
        var full = [Float](repeating: 0, count: c * m * size * c)
        for filter in 0..<c * m {
            for tap in 0..<size { full[(filter * size + tap) * c + filter / m] = kernel[tap * c * m + filter] }
        }
        let id = place(full, shape: [c * m] + window.kernel + [c], name)
        return try emit(.convolution(window.window), inputs + [id] + (bias.map { [$0] } ?? []))
    }

    /// A depthwise convolution, then one of 1 × 1 with bias and activation.
    mutating func separable(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        let picture = try Picture(x, is1D: layer.type.hasSuffix("1D"))
        guard let filters = layer.config["filters"].integer, filters > 0 else { throw .invalid("has no filters") }
        let inner = picture.channels * multiplier(layer)
        let pointwise = try requiredWeight(
            "pointwise_kernel", layer, shape: (picture.is1D ? [1] : [1, 1]) + [inner, filters],
            layout: picture.is1D ? [2, 0, 1] : [3, 0, 1, 2], as: [filters, 1, 1, inner])
        let bias = try weight("bias", layer, shape: [filters])
        let depthwise = try depthwise(layer, x, picture, bias: nil)
        let output = try emit(
            .convolution(ConvolutionWindow()), [depthwise, pointwise] + (bias.map { [$0] } ?? []))
        return try activate(tensor(output, picture.keras(graph.shape(output))), layer.config["activation"])
    }

    /// Kernel `[kh, kw, M, C]`. The padding is that of the forward convolution whose inverse this is.
    mutating func transposedConvolution(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        let picture = try Picture(x, is1D: false)
        let kernel = try pair(layer.config["kernel_size"], "kernel_size")
        let strides = try pair(layer.config["strides"], "strides", default: 1)
        let dilation = try pair(layer.config["dilation_rate"], "dilation_rate", default: 1)
        guard let filters = layer.config["filters"].integer, filters > 0 else { throw .invalid("has no filters") }
        let isSame = layer.config["padding"].string == "same"
        let given = layer.config["output_padding"].isNull
            ? nil : try pair(layer.config["output_padding"], "output_padding", minimum: 0)
        var pads: [(before: Int, after: Int, extra: Int)] = []
        for axis in 0..<2 {
            let (input, stride) = (picture.shape[1 + axis], strides[axis])
            let taps = (kernel[axis] - 1) * dilation[axis] + 1
            let full = (input - 1) * stride + taps
            let extent =
                if let given {
                    full + given[axis] - (isSame ? 2 * (taps / 2) : 0)
                } else {
                    isSame ? input * stride : input * stride + max(taps - stride, 0)
                }
            let total = isSame ? max(full - extent, 0) : 0
            pads.append((total / 2, total - total / 2, max(extent - full, 0)))
        }
        let window = ConvolutionWindow(
            strideY: strides[0], strideX: strides[1], padTop: pads[0].before, padLeft: pads[1].before,
            padBottom: pads[0].after, padRight: pads[1].after, dilationY: dilation[0], dilationX: dilation[1])
        let weights = try requiredWeight(
            "kernel", layer, shape: kernel + [filters, picture.channels], layout: [2, 0, 1, 3])
        let bias = try weight("bias", layer, shape: [filters])
        let output = try emit(
            .transposedConvolution(window, outputPadY: pads[0].extra, outputPadX: pads[1].extra),
            [value(x, as: picture.shape), weights] + (bias.map { [$0] } ?? []))
        return try activate(tensor(output, picture.keras(graph.shape(output))), layer.config["activation"])
    }

    /// Kernel `[K, M]`.
    mutating func dense(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        guard let units = layer.config["units"].integer, units > 0, x.rank >= 2 else { throw .invalid("has no units") }
        let kernel = try requiredWeight("kernel", layer, shape: [x.shape[x.rank - 1], units], layout: [1, 0])
        let bias = try weight("bias", layer, shape: [units])
        let output = try emit(.dense, [x.value, kernel] + (bias.map { [$0] } ?? []))
        let result = KerasTensor(value: output, shape: x.shape.dropLast() + [units])
        return try activate(result, layer.config["activation"])
    }
}
