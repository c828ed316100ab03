/// Checks one operation whose operands exist and are computed: their number, types and shapes, by operator.
/// What the numbers may be is in OperationCheck+Arithmetic.swift.
struct OperationCheck {
    let operation: Operation
    private let program: String
    private let index: Int
    let tensors: [Tensor]
    let data: UnsafeRawBufferPointer
    let file: String

    init(
        _ operation: Operation, program: String, index: Int, tensors: [Tensor], data: UnsafeRawBufferPointer,
        file: String
    ) {
        self.operation = operation
        self.program = program
        self.index = index
        self.tensors = tensors
        self.data = data
        self.file = file
    }

    /// The operation's name for errors.
    var label: String { "\(program), operation \(index) “\(operation.name)” (\(operation.kind.label))" }

    func invalid(_ what: String) -> ModelFileError { .invalid(file: file, what: "\(label): \(what)") }

    func require(_ condition: Bool, _ what: @autoclosure () -> String) throws(ModelFileError) {
        if !condition { throw invalid(what()) }
    }

    func validate() throws(ModelFileError) {
        let output = tensors[operation.output]
        try require(
            operation.kind == .softmax ? output.type == .uint16 : operation.kind.movesAny || output.type != .uint16,
            "the output cannot be \(output.type.label)")
        switch operation.kind {
        case .convolution(let window, let clamp): try convolution(window, clamp, output)
        case .depthwise(let window, let clamp): try depthwise(window, clamp, output)
        case .dense(let clamp): try dense(clamp, output)
        case .add(let mx, let my, let multiplier, let shift, let clamp):
            try operandCount(2)
            let x = try activation(0), y = try activationOrConstant(1)
            try require(x.shape == y.shape && x.shape == output.shape, "the shapes differ")
            try requantization(multiplier, shift)
            try accumulator(x.magnitude * Int(mx.magnitude) + y.magnitude * Int(my.magnitude))
            try clamps(clamp, output)
        case .multiply(let rescale, let clamp): try multiply(rescale, clamp, output)
        case .concatenate(let rescales): try concatenate(rescales, output)
        case .mean(let outer, let count, let inner, let rescale):
            try reduction(outer, count, inner, output)
            try self.rescale(rescale, magnitude: Int(count) * tensors[operation.inputs[0]].magnitude)
        case .maximum(let outer, let count, let inner):
            try reduction(outer, count, inner, output)
            try require(
                tensors[operation.inputs[0]].hasQuantization(of: output), "input and output differ in quantization")
        case .rescale(let rescale):
            let x = try unary(output, [.int8, .int16, .uint16])
            try self.rescale(rescale, magnitude: x.magnitude)
        case .table: try table(output)
        case .prelu(let rescale): try prelu(rescale, output)
        case .softmax: try softmax(output)
        case .lstm(let cellBits): try lstm(cellBits, output)
        case .attention(let scoreMultiplier, let scoreShift, let outputMultiplier, let outputShift):
            try requantization(scoreMultiplier, scoreShift)
            try requantization(outputMultiplier, outputShift)
            try attention(output)
        case .gather(let fill): try gather(fill, output)
        case .maximumPool(let window, let kernelY, let kernelX): try maximumPool(window, kernelY, kernelX, output)
        case .interpolate(let outer, let count, let inner, let multiplier, let shift):
            try requantization(multiplier, shift)
            try interpolate(outer, count, inner, output)
        case .matmul(let transposed, let multiplier, let shift, let clamp):
            try requantization(multiplier, shift)
            try clamps(clamp, output)
            try matmul(transposed, output)
        case .normalize(_, let epsilon, let multiplier, let shift):
            try requantization(multiplier, shift)
            try normalize(epsilon, output)
        case .gru: try gru(output)
        case .reshape:
            try operandCount(1)
            let x = try activation(0, [.int8, .int16, .uint16])
            try require(x.count == output.count, "\(x.count) elements become \(output.count)")
            try require(x.hasQuantization(of: output), "input and output differ in quantization")
        }
    }

    // MARK: Operands

    func operandCount(_ count: Int) throws(ModelFileError) {
        try require(operation.inputs.count == count, "\(operation.inputs.count) operands instead of \(count)")
    }

    func activation(_ operand: Int, _ types: [ElementType] = [.int8, .int16]) throws(ModelFileError) -> Tensor {
        let tensor = tensors[operation.inputs[operand]]
        try require(!tensor.isConstant, "operand \(operand) cannot be a constant")
        try require(types.contains(tensor.type), "operand \(operand) cannot be \(tensor.type.label)")
        return tensor
    }

    /// A second summand or factor, or a part of a concatenation; constants have the zero point 0.
    func activationOrConstant(_ operand: Int) throws(ModelFileError) -> Tensor {
        let tensor = tensors[operation.inputs[operand]]
        try require(tensor.type == .int8 || tensor.type == .int16, "operand \(operand) cannot be \(tensor.type.label)")
        return tensor
    }

    /// The bytes of a constant operand of exactly this type and shape.
    @discardableResult
    func constant(
        _ operand: Int, _ type: ElementType, _ shape: [Int]
    ) throws(ModelFileError) -> UnsafeRawBufferPointer {
        let tensor = tensors[operation.inputs[operand]]
        guard case .constant(let offset, let byteCount) = tensor.storage else {
            throw invalid("operand \(operand) must be a constant")
        }
        try require(
            tensor.type == type && tensor.shape == shape,
            "operand \(operand) is \(tensor.type.label) \(tensor.shape), not \(type.label) \(shape)")
        return UnsafeRawBufferPointer(rebasing: data[offset..<offset + byteCount])
    }

    /// One activation of the output's shape.
    func unary(
        _ output: Tensor, _ types: [ElementType] = [.int8, .int16]
    ) throws(ModelFileError) -> Tensor {
        try operandCount(1)
        let x = try activation(0, types)
        try require(x.shape == output.shape, "input and output differ in shape")
        return x
    }

    // MARK: Shapes

    private func convolution(_ window: Window, _ clamp: Clamp, _ output: Tensor) throws(ModelFileError) {
        try operandCount(5)
        let x = try activation(0), kernel = tensors[operation.inputs[1]].shape
        try require(x.shape.count == 3 && kernel.count == 4, "input or weights have the wrong rank")
        let products = kernel[1] * kernel[2] * kernel[3]
        try require(kernel[3] == x.shape[2], "weights \(kernel) do not fit input \(x.shape)")
        try slide(window, kernel: (kernel[1], kernel[2]), input: x.shape, output: output, channels: kernel[0])
        try weighted(x, shape: kernel, output, clamp, WeightOrder(channels: kernel[0], products: products))
    }

    private func depthwise(_ window: Window, _ clamp: Clamp, _ output: Tensor) throws(ModelFileError) {
        try operandCount(5)
        let x = try activation(0), kernel = tensors[operation.inputs[1]].shape
        try require(x.shape.count == 3 && kernel.count == 3, "input or weights have the wrong rank")
        try require(kernel[2] == x.shape[2], "weights \(kernel) do not fit input \(x.shape)")
        try slide(window, kernel: (kernel[0], kernel[1]), input: x.shape, output: output, channels: kernel[2])
        let order = WeightOrder(channels: kernel[2], products: kernel[0] * kernel[1], channelsInnermost: true)
        try weighted(x, shape: kernel, output, clamp, order)
    }

    /// Without dilation every position of the window overlaps the input, since each padding is smaller than the kernel.
    func slide(
        _ window: Window, kernel: (height: Int, width: Int), input: [Int], output: Tensor, channels: Int
    ) throws(ModelFileError) {
        func extent(
            _ size: Int, _ kernel: Int, _ dilation: Int32, _ stride: Int32, _ before: Int32, _ after: Int32
        ) -> Int? {
            let steps = 1...Int32(Limit.extent)
            guard steps.contains(stride), steps.contains(dilation) else { return nil }
            let reach = (kernel - 1) * Int(dilation) + 1
            guard reach <= 2 * Limit.extent, before >= 0, before < reach, after >= 0, after < reach else { return nil }
            let span = size + Int(before) + Int(after) - reach
            return span < 0 ? nil : span / Int(stride) + 1
        }
        guard
            let height = extent(
                input[0], kernel.height, window.dilationY, window.strideY, window.padTop, window.padBottom),
            let width = extent(
                input[1], kernel.width, window.dilationX, window.strideX, window.padLeft, window.padRight)
        else { throw invalid("window \(kernel.height)×\(kernel.width), its strides or padding do not fit \(input)") }
        let expected = [height, width, channels]
        try require(output.shape == expected, "the output is \(output.shape), not \(expected)")
    }

    private func dense(_ clamp: Clamp, _ output: Tensor) throws(ModelFileError) {
        try operandCount(5)
        let x = try activation(0), weights = tensors[operation.inputs[1]].shape
        try require(weights.count == 2 && weights[1] == x.shape.last!, "weights \(weights) do not fit \(x.shape)")
        try require(output.shape == x.shape.dropLast() + [weights[0]], "the output cannot be \(output.shape)")
        try weighted(x, shape: weights, output, clamp, WeightOrder(channels: weights[0], products: weights[1]))
    }

    private func multiply(_ rescale: Rescale, _ clamp: Clamp, _ output: Tensor) throws(ModelFileError) {
        try operandCount(2)
        let x = try activation(0), y = try activationOrConstant(1)
        try require(x.shape == output.shape, "input and output differ in shape")
        try require(
            y.shape == x.shape || y.shape == [x.shape.last!] || y.shape == x.shape.dropLast() + [1],
            "factors \(y.shape) do not fit \(x.shape)")
        // Only −32768·−32768 reaches 2^30, and an unlifted requantization takes that: ⌊2^30·m / 2^31⌋ + 2^(s−1) < 2^31.
        try self.rescale(rescale, magnitude: min(x.magnitude * y.magnitude, Self.accumulatorBound - 1))
        try clamps(clamp, output)
    }

    private func concatenate(_ rescales: [Rescale?], _ output: Tensor) throws(ModelFileError) {
        try operandCount(rescales.count)
        var channels = 0
        for (operand, rescale) in rescales.enumerated() {
            let x = try activationOrConstant(operand)
            try require(x.shape.dropLast() == output.shape.dropLast(), "operand \(operand) differs in shape")
            channels += x.shape.last!
            if let rescale {
                try self.rescale(rescale, magnitude: x.magnitude)
            } else {
                try require(x.hasQuantization(of: output), "operand \(operand) differs in quantization")
            }
        }
        try require(channels == output.shape.last!, "\(channels) channels instead of \(output.shape.last!)")
    }

    private func reduction(_ outer: Int32, _ count: Int32, _ inner: Int32, _ output: Tensor) throws(ModelFileError) {
        try operandCount(1)
        let x = try activation(0)
        let elements = Int32(clamping: x.count)
        try require(
            [outer, count, inner].allSatisfy { (1...elements).contains($0) },
            "[\(outer), \(count), \(inner)] is no view of \(x.shape)")
        let (rows, overflow) = Int(outer).multipliedReportingOverflow(by: Int(inner))
        try require(
            !overflow && rows == output.count && x.count / Int(count) == rows && x.count % Int(count) == 0,
            "[\(outer), \(count), \(inner)] is no view of \(x.shape), or does not give \(output.shape)")
    }

    private func table(_ output: Tensor) throws(ModelFileError) {
        try operandCount(2)
        let x = try activation(0)
        try require(x.shape == output.shape, "input and output differ in shape")
        if x.type == .int8 {
            try require(output.type == .int8, "int8 becomes int8 only")
            try constant(1, .int8, [256])
        } else {
            try constant(1, .int16, [513])
        }
    }

    private func prelu(_ rescale: Rescale, _ output: Tensor) throws(ModelFileError) {
        try operandCount(3)
        let x = try activation(0)
        try require(x.shape == output.shape, "input and output differ in shape")
        try self.rescale(rescale, magnitude: x.magnitude)
        try requantizations(1, 2, channels: x.shape.last!)
    }

    private func softmax(_ output: Tensor) throws(ModelFileError) {
        try operandCount(3)
        let x = try activation(0)
        try require(x.shape == output.shape, "input and output differ in shape")
        try require(output.scale == 0x1p-16, "probabilities must be in units of 2⁻¹⁶")
        try exponentials(1, 2)
    }

    private func lstm(_ cellBits: Int32, _ output: Tensor) throws(ModelFileError) {
        try operandCount(10)
        let x = try activation(0)
        try require(x.shape.count == 2 && output.shape.count == 2 && x.shape[0] == output.shape[0], "wrong shapes")
        try require((0...15).contains(cellBits), "cell bits \(cellBits) are outside 0…15")
        try require(
            output.zeroPoint == 0 && output.scale == (output.type == .int8 ? 0x1p-7 : 0x1p-15),
            "the hidden state must be in units of 2⁻⁷ (int8) or 2⁻¹⁵ (int16)")
        let gates = 4 * output.shape[1]
        let input = WeightOrder(channels: gates, products: x.shape[1])
        try accumulators(x, weights: 1, shape: [gates, x.shape[1]], bias: 3, input)
        let recurrent = WeightOrder(channels: gates, products: output.shape[1])
        try accumulators(output, weights: 2, shape: [gates, output.shape[1]], bias: nil, recurrent)
        try requantizations(4, 5, channels: gates)
        try requantizations(6, 7, channels: gates)
        try constant(8, .int16, [513])
        try constant(9, .int16, [513])
    }

    private func attention(_ output: Tensor) throws(ModelFileError) {
        try operandCount(9)
        let x = try activation(0), query = try activation(1, [.int16]), key = try activation(2, [.int16])
        try require(x.shape.count == 2 && x.shape == output.shape, "input and output differ in shape")
        try require(
            query.shape.count == 2 && query.shape == key.shape && query.shape[0] == x.shape[0],
            "query \(query.shape) or key \(key.shape) do not fit \(x.shape)")
        try require(x.shape[0] <= Limit.attentionSteps, "more than \(Limit.attentionSteps) steps")
        try require(query.scale == 0x1p-12 && key.scale == 0x1p-12, "query and key must be in units of 2⁻¹²")
        let units = WeightOrder(channels: 1, products: query.shape[1])
        try accumulators(query, weights: 3, shape: [query.shape[1]], bias: 4, units)
        try constant(5, .int16, [513])
        try constant(6, .int16, [513])
        try exponentials(7, 8)
    }
}
