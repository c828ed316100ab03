import FloatGraph

/// A tensor as pictures `[N, H, W, C]`: batch and frames joined; of 1-D layers the steps are the height, the width is 1.
struct Picture {
    let shape: [Int]
    let is1D: Bool
    private let leading: [Int]

    init(_ x: KerasTensor, is1D: Bool) throws(ImportFailure) {
        let inner = is1D ? 2 : 3
        guard x.rank > inner else { throw .invalid("needs a value of at least \(inner + 1) axes, is given \(x.shape)") }
        leading = Array(x.shape.dropLast(inner))
        let tail = x.shape.suffix(inner)
        shape = [leading.reduce(1, *)] + (is1D ? [tail.first!, 1, tail.last!] : Array(tail))
        self.is1D = is1D
    }

    var channels: Int { shape[3] }

    /// The shape that Keras gives a result of the graph's shape.
    func keras(_ shape: [Int]) -> [Int] { leading + (is1D ? [shape[1], shape[3]] : Array(shape.dropFirst())) }

    /// A kernel's extents as Keras stores them.
    func stored(_ kernel: [Int]) -> [Int] { is1D ? [kernel[0]] : kernel }
}

extension KerasImporter {
    /// Kernel, strides, dilation and padding of a layer; "same" as TensorFlow has it, the odd row at the bottom.
    func window(
        _ layer: KerasLayer, _ picture: Picture, kernel: JSONValue, strides: JSONValue? = nil
    ) throws(ImportFailure) -> (kernel: [Int], window: ConvolutionWindow) {
        let config = layer.config
        let pair = { (json: JSONValue, name: String, value: Int?) throws(ImportFailure) -> [Int] in
            try self.pair(json, name, default: value, is1D: picture.is1D)
        }
        let kernel = try pair(kernel, "kernel_size", nil)
        let strides = try pair(strides ?? config["strides"], "strides", 1)
        let dilation = try pair(config["dilation_rate"], "dilation_rate", 1)
        var pads: [(before: Int, after: Int)] = []
        for axis in 0..<2 {
            let (extent, taps) = (picture.shape[1 + axis], (kernel[axis] - 1) * dilation[axis] + 1)
            switch config["padding"].string ?? "valid" {
            case "valid": pads.append((0, 0))
            case "same":
                let total = max(((extent - 1) / strides[axis]) * strides[axis] + taps - extent, 0)
                pads.append((total / 2, total - total / 2))
            case "causal" where picture.is1D: pads.append((taps - 1, 0))
            case let other: throw .unsupported("pads by \(other); supported are valid, same and, in 1-D, causal")
            }
        }
        let window = ConvolutionWindow(
            strideY: strides[0], strideX: strides[1], padTop: pads[0].before, padLeft: pads[1].before,
            padBottom: pads[0].after, padRight: pads[1].after, dilationY: dilation[0], dilationX: dilation[1])
        return (kernel, window)
    }

    /// Two extents, from two, one for both, or, in 1-D, one for the steps.
    func pair(
        _ json: JSONValue, _ name: String, default value: Int? = nil, minimum: Int = 1, is1D: Bool = false
    ) throws(ImportFailure) -> [Int] {
        guard var values = json.isNull ? value.map({ [$0] }) : json.integers, (1...2).contains(values.count),
            values.allSatisfy((minimum...1 << 16).contains)
        else { throw .invalid("has no usable \(name)") }
        if values.count == 1 { values.append(is1D ? 1 : values[0]) }
        return values
    }

    mutating func pool(
        _ layer: KerasLayer, _ function: PoolFunction, _ x: KerasTensor
    ) throws(ImportFailure) -> KerasTensor {
        let picture = try Picture(x, is1D: layer.type.hasSuffix("1D"))
        let size = layer.config["pool_size"]
        let strides = layer.config["strides"]
        let window = try window(layer, picture, kernel: size, strides: strides.isNull ? size : strides)
        let output = try emit(
            .pool(function, kernelY: window.kernel[0], kernelX: window.kernel[1], window.window),
            [value(x, as: picture.shape)])
        return tensor(output, picture.keras(graph.shape(output)))
    }

    mutating func globalPool(
        _ layer: KerasLayer, _ function: ReduceFunction, _ x: KerasTensor
    ) throws(ImportFailure) -> KerasTensor {
        let inner = layer.type.hasSuffix("1D") ? 1 : 2
        guard x.rank == inner + 2 else { throw .invalid("needs a value of \(inner + 2) axes, is given \(x.shape)") }
        return try reduce(function, x, axes: Array(1...inner), keep: layer.config["keepdims"].bool ?? false)
    }
}
