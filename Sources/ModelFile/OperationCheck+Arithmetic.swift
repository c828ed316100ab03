import CPlatform

// What the numbers of an operation may be, so that the fixed-point rules hold: |a| < 2^30 in every accumulator,
// multipliers and shifts in range, clamps within their type.

extension OperationCheck {
    static let accumulatorBound = 1 << 30

    /// 2^30 ≤ |multiplier| < 2^31 or 0; 1 ≤ shift ≤ 31.
    func requantization(_ multiplier: Int32, _ shift: Int32) throws(ModelFileError) {
        try require(
            multiplier == 0 || (1 << 30..<1 << 31).contains(Int(multiplier.magnitude)),
            "multiplier \(multiplier) is outside 2^30…2^31")
        try require((1...31).contains(shift), "shift \(shift) is outside 1…31")
    }

    func accumulator(_ magnitude: Int) throws(ModelFileError) {
        try require(magnitude < Self.accumulatorBound, "an accumulator may reach \(magnitude), 2^30 or more")
    }

    /// `magnitude`: the largest |a| that is rescaled, below 2^48.
    func rescale(_ rescale: Rescale, magnitude: Int) throws(ModelFileError) {
        try requantization(rescale.multiplier, rescale.shift)
        try require((0...30).contains(rescale.left), "left shift \(rescale.left) is outside 0…30")
        try accumulator(min(magnitude, Self.accumulatorBound) << Int(rescale.left))
    }

    func clamps(_ clamp: Clamp, _ output: Tensor) throws(ModelFileError) {
        let range = output.type.range
        try require(
            range.contains(clamp.low) && range.contains(clamp.high) && clamp.low <= clamp.high,
            "clamp \(clamp.low)…\(clamp.high) is outside \(output.type.label)")
    }

    /// Constants int32 `[channels]`: multipliers and shifts.
    func requantizations(_ multipliers: Int, _ shifts: Int, channels: Int) throws(ModelFileError) {
        let multiplier = try constant(multipliers, .int32, [channels]).assumingMemoryBound(to: Int32.self)
        let shift = try constant(shifts, .int32, [channels]).assumingMemoryBound(to: Int32.self)
        for channel in 0..<channels { try requantization(multiplier[channel], shift[channel]) }
    }

    /// Operands x, weights, bias, multiplier, shift.
    func weighted(
        _ x: Tensor, shape: [Int], _ output: Tensor, _ clamp: Clamp, _ order: WeightOrder
    ) throws(ModelFileError) {
        try accumulators(x, weights: 1, shape: shape, bias: 2, order)
        try requantizations(3, 4, channels: order.channels)
        try clamps(clamp, output)
    }

    /// |bias| + Σ|w|·max|x − z| < 2^30 in every channel, and weights within −127…127. Millions of weights pass here
    /// when a model is loaded: they are summed up only where as many of the largest would exceed the bound.
    func accumulators(
        _ x: Tensor, weights: Int, shape: [Int], bias: Int?, _ order: WeightOrder
    ) throws(ModelFileError) {
        try require(order.products <= Limit.products, "more than \(Limit.products) products in one sum")
        let values = try constant(weights, .int8, shape).assumingMemoryBound(to: Int8.self)
        let offsets = try bias.map { bias throws(ModelFileError) in
            try constant(bias, .int32, [order.channels]).assumingMemoryBound(to: Int32.self)
        }
        try require(tp_contains(values.baseAddress, values.count, -128) == 0, "a weight is −128")
        let largest = 127 * order.products
        for channel in 0..<order.channels {
            let offset = Int(offsets?[channel].magnitude ?? 0)
            guard largest * x.magnitude + offset >= Self.accumulatorBound else { continue }
            let sum = order.absoluteSum(of: values.baseAddress!, channel: channel)
            try accumulator(sum * x.magnitude + offset)
        }
    }

    /// Constants int32 `[256]`, Q30: within 0…1, and e(0) > 0 so that no softmax divides by zero.
    func exponentials(_ high: Int, _ low: Int) throws(ModelFileError) {
        let high = try constant(high, .int32, [256]).assumingMemoryBound(to: Int32.self)
        let low = try constant(low, .int32, [256]).assumingMemoryBound(to: Int32.self)
        for index in 0..<256 {
            try require(
                (0...1 << 30).contains(high[index]) && (0...1 << 30).contains(low[index]),
                "an exponential is outside 0…2^30")
        }
        try require((Int(high[0]) * Int(low[0]) + 1 << 29) >> 30 > 0, "the exponential of 0 is 0")
    }
}

/// How weights lie: `[channels, products]`, or `[products, channels]` of a depthwise convolution.
struct WeightOrder {
    let channels: Int
    /// Products summed into an accumulator.
    let products: Int
    var channelsInnermost = false

    /// Σ|w| of a channel, whose weights are within −127…127.
    func absoluteSum(of weights: UnsafePointer<Int8>, channel: Int) -> Int {
        guard channelsInnermost else { return Int(tp_absolute_sum(weights + channel * products, products)) }
        return (0..<products).reduce(0) { $0 + Int(weights[$1 * channels + channel].magnitude) }
    }
}

extension Tensor {
    /// The largest |q − zeroPoint| of its type.
    var magnitude: Int {
        let range = type.range
        return Int(max(range.upperBound - zeroPoint, zeroPoint - range.lowerBound))
    }
}

extension ElementType {
    /// The values of an activation of this type.
    var range: ClosedRange<Int32> {
        switch self {
        case .int8: -128...127
        case .int16: -32_768...32_767
        case .uint16: 0...65_535
        case .int32: .min ... .max
        }
    }

    public var label: String {
        switch self {
        case .int8: "int8"
        case .int16: "int16"
        case .int32: "int32"
        case .uint16: "uint16"
        }
    }
}
