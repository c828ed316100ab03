import ModelFile
import TFLiteFormat

extension TFLiteExporter {
    mutating func convolution(_ operation: Operation, _ window: Window, _ clamp: Clamp, isDepthwise: Bool) {
        let layer = WeightedLayer(source, operation, channelsInnermost: isDepthwise)
        let (input, output) = (operation.inputs[0], operation.output)
        let kernel = source.tensor(operation.inputs[1]).shape
        let shape = isDepthwise ? [1] + kernel : kernel
        let isNarrow = isNarrow([input, output]) && fused(clamp, output) != nil
        let weights = constants(
            operation, layer, shape, axis: isDepthwise ? 3 : 0, inputScale: source.tensor(input).scale,
            asFloats: !isNarrow)
        var x = isNarrow ? integer(input) : real(input)
        let padding = padding(window, input, output, height: shape[1], width: shape[2])
        if padding == nil { x = padded(x, input, window, isNarrow: isNarrow) }
        var options: [Int: FlatValue] = [
            Schema.Window.padding: .int8(padding ?? 1), Schema.Window.strideX: .int32(window.strideX),
            Schema.Window.strideY: .int32(window.strideY),
        ]
        let field = isDepthwise ? Schema.Depthwise.activation : Schema.Convolution.activation
        options[field] = .int8(isNarrow ? fused(clamp, output)! : 0)
        let dilations = isDepthwise
            ? [Schema.Depthwise.dilationX, Schema.Depthwise.dilationY]
            : [Schema.Convolution.dilationX, Schema.Convolution.dilationY]
        options[dilations[0]] = .int32(window.dilationX)
        options[dilations[1]] = .int32(window.dilationY)
        if isDepthwise { options[Schema.Depthwise.multiplier] = .int32(1) }
        let result = isNarrow ? narrow(output) : float(output, " sum")
        writer.add(isDepthwise ? .depthwiseConv2D : .conv2D, [x] + weights, result, options)
        if !isNarrow { store(result, output, bounds: clamp.bounds(source.tensor(output))) }
    }

    /// The format's SAME (0) or VALID (1), where one of them is meant; `nil` for other paddings.
    func padding(_ window: Window, _ input: Int, _ output: Int, height: Int, width: Int) -> Int8? {
        let pads = [window.padTop, window.padBottom, window.padLeft, window.padRight].map(Int.init)
        if pads == [0, 0, 0, 0] { return 1 }
        let x = source.tensor(input).shape, y = source.tensor(output).shape
        func same(_ extent: Int, _ result: Int, _ kernel: Int, _ stride: Int32, _ dilation: Int32) -> [Int]? {
            let (stride, span) = (Int(stride), (kernel - 1) * Int(dilation) + 1)
            guard result == (extent + stride - 1) / stride else { return nil }
            let total = max(0, (result - 1) * stride + span - extent)
            return [total / 2, total - total / 2]
        }
        guard let vertical = same(x[0], y[0], height, window.strideY, window.dilationY),
            let horizontal = same(x[1], y[1], width, window.strideX, window.dilationX),
            vertical + horizontal == pads
        else { return nil }
        return 0
    }

    private mutating func padded(_ x: Int, _ input: Int, _ window: Window, isNarrow: Bool) -> Int {
        let tensor = source.tensor(input)
        let pads = [0, 0, window.padTop, window.padBottom, window.padLeft, window.padRight, 0, 0].map { Int32($0) }
        let amounts = writer.constant("pads", .int32, [4, 2], pads)
        let shape = [
            batch, tensor.shape[0] + Int(window.padTop + window.padBottom),
            tensor.shape[1] + Int(window.padLeft + window.padRight), tensor.shape[2],
        ]
        let grid = TFLiteGraphWriter.Grid(scales: [tensor.scale], zeroPoint: Int(tensor.zeroPoint))
        let result = writer.tensor(
            "\(tensor.name) padded", isNarrow ? .int8 : .float32, shape, isNarrow ? grid : nil)
        writer.add(.pad, [x, amounts], result)
        return result
    }

    mutating func dense(_ operation: Operation, _ clamp: Clamp) {
        let layer = WeightedLayer(source, operation)
        let (input, output) = (operation.inputs[0], operation.output)
        // Per-channel weights of a dense layer are newer than most runtimes: floats, unless all scales are the same.
        let isNarrow = isNarrow([input, output]) && fused(clamp, output) != nil && Set(layer.scales).count == 1
        let weights = constants(
            operation, layer, source.tensor(operation.inputs[1]).shape, axis: 0,
            inputScale: source.tensor(input).scale, asFloats: !isNarrow)
        let result = isNarrow ? narrow(output) : float(output, " sum")
        let keepsAxes = source.tensor(input).shape.count > 1
        writer.add(.fullyConnected, [isNarrow ? integer(input) : real(input)] + weights, result, [
            Schema.Dense.activation: .int8(isNarrow ? fused(clamp, output)! : 0),
            Schema.Dense.keepsAxes: .bool(keepsAxes),
        ])
        if !isNarrow { store(result, output, bounds: clamp.bounds(source.tensor(output))) }
    }

    /// Weights and bias as int8 and int32 constants, or as the floats that they stand for.
    private mutating func constants(
        _ operation: Operation, _ layer: WeightedLayer, _ shape: [Int], axis: Int, inputScale: Double, asFloats: Bool
    ) -> [Int] {
        let name = operation.name, count = layer.bias.count
        let isUniform = Set(layer.scales).count == 1
        let scales = isUniform ? [layer.scales[0]] : layer.scales
        let weights = writer.constant(
            "\(name).weights", .int8, shape, layer.weights, .init(scales: scales, axis: isUniform ? 0 : axis))
        let steps = layer.scales.map { $0 * inputScale }
        guard asFloats else {
            let grid = TFLiteGraphWriter.Grid(scales: isUniform ? [steps[0]] : steps)
            return [weights, writer.constant("\(name).bias", .int32, [count], layer.bias, grid)]
        }
        let floats = zip(layer.bias, steps).map { Double($0) * $1 }
        let real = writer.tensor("\(name).weights real", .float32, shape)
        writer.add(.dequantize, [weights], real)
        return [real, writer.floats("\(name).bias", floats)]
    }

    /// The fused activation that clamps as ours does; `nil` if there is none.
    func fused(_ clamp: Clamp, _ output: Int) -> Int8? {
        let tensor = source.tensor(output)
        guard clamp.bounds(tensor) != nil else { return 0 }
        guard clamp.low == max(-128, tensor.zeroPoint) else { return nil }
        if clamp.high == 127 { return 1 }
        let six = (6 / tensor.scale).rounded() + Double(tensor.zeroPoint)
        return Double(clamp.high) == min(six, 127) ? 3 : nil
    }
}
