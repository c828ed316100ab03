import ModelFile

extension ONNXExporter {
    mutating func convolution(_ operation: Operation, _ window: Window, _ clamp: Clamp) {
        let layer = WeightedLayer(source, operation)
        let shape = source.tensor(operation.inputs[1]).shape
        // N×kh×kw×C → N×C×kh×kw.
        let (n, kernel, c) = (shape[0], shape[1] * shape[2], shape[3])
        var weights = layer.weights
        for i in 0..<n { for k in 0..<kernel { for j in 0..<c {
            weights[(i * c + j) * kernel + k] = layer.weights[(i * kernel + k) * c + j]
        } } }
        let inputs = [real(operation.inputs[0])] + constants(
            operation.name, layer, weights, shape: [n, c, shape[1], shape[2]],
            inputScale: source.tensor(operation.inputs[0]).scale)
        let result = writer.add("Conv", inputs, name: operation.name, attributes(window, shape[1], shape[2]))
        store(result, operation.output, bounds: clamp.bounds(source.tensor(operation.output)))
    }

    mutating func depthwise(_ operation: Operation, _ window: Window, _ clamp: Clamp) {
        let layer = WeightedLayer(source, operation, channelsInnermost: true)
        let shape = source.tensor(operation.inputs[1]).shape
        // kh×kw×C → C×1×kh×kw.
        let (kernel, c) = (shape[0] * shape[1], shape[2])
        var weights = layer.weights
        for k in 0..<kernel { for j in 0..<c { weights[j * kernel + k] = layer.weights[k * c + j] } }
        let inputs = [real(operation.inputs[0])] + constants(
            operation.name, layer, weights, shape: [c, 1, shape[0], shape[1]],
            inputScale: source.tensor(operation.inputs[0]).scale)
        let result = writer.add("Conv", inputs, name: operation.name, attributes(window, shape[0], shape[1], group: c))
        store(result, operation.output, bounds: clamp.bounds(source.tensor(operation.output)))
    }

    func attributes(
        _ window: Window, _ height: Int, _ width: Int, group: Int = 1
    ) -> [String: ONNXGraphWriter.Attribute] {
        var attributes: [String: ONNXGraphWriter.Attribute] = [
            "kernel_shape": .ints([height, width]),
            "strides": .ints([Int(window.strideY), Int(window.strideX)]),
            "dilations": .ints([Int(window.dilationY), Int(window.dilationX)]),
            "pads": .ints([window.padTop, window.padLeft, window.padBottom, window.padRight].map(Int.init)),
        ]
        if group > 1 { attributes["group"] = .int(group) }
        return attributes
    }

    /// Gemm for a vector, MatMul for a sequence; pictures have their channels put last.
    mutating func dense(_ operation: Operation, _ clamp: Clamp) {
        let layer = WeightedLayer(source, operation)
        let input = source.tensor(operation.inputs[0]), output = source.tensor(operation.output)
        let shape = source.tensor(operation.inputs[1]).shape
        let x = channelLast(real(operation.inputs[0]), input.shape, operation.name)
        var result: String
        if input.shape.count == 1 {
            let inputs = [x] + constants(operation.name, layer, layer.weights, shape: shape, inputScale: input.scale)
            result = writer.add("Gemm", inputs, name: operation.name, ["transB": .int(1)])
        } else {
            let transposed = (0..<shape[1]).flatMap { k in (0..<shape[0]).map { layer.weights[$0 * shape[1] + k] } }
            let constants = constants(
                operation.name, layer, transposed, shape: [shape[1], shape[0]], axis: 1, inputScale: input.scale)
            let product = writer.add("MatMul", [x, constants[0]], name: "\(operation.name) product")
            result = writer.add("Add", [product, constants[1]], name: operation.name)
        }
        result = channelFirst(result, output.shape, operation.name)
        store(result, operation.output, bounds: clamp.bounds(output))
    }

    /// Weights int8 and bias int32 through DequantizeLinear, one scale for each index of `axis`.
    mutating func constants(
        _ name: String, _ layer: WeightedLayer, _ weights: [Int8], shape: [Int], axis: Int = 0, inputScale: Double
    ) -> [String] {
        let names = (weights: "\(name).weights", bias: "\(name).bias")
        let integers = writer.constant(.int8, shape, weights, name: "\(names.weights) integer")
        let scales = writer.floats(layer.scales, name: "\(names.weights) scales")
        let offsets = writer.constant(.int32, [layer.bias.count], layer.bias, name: "\(names.bias) integer")
        let steps = writer.floats(layer.scales.map { $0 * inputScale }, name: "\(names.bias) scales")
        return [
            writer.add("DequantizeLinear", [integers, scales], name: names.weights, ["axis": .int(axis)]),
            writer.add("DequantizeLinear", [offsets, steps], name: names.bias, ["axis": .int(0)]),
        ]
    }
}
