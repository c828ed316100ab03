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

    /// |bias| + Σ|w|·max|x − z| < 2^30 in every channel, and weights within −127…127.
    func accumulators(
        _ x: Tensor, weights: Int, shape: [Int], bias: Int?, _ order: WeightOrder
    ) throws(ModelFileError) {
        try require(order.products <= Limit.products, "more than \(Limit.products) products in one sum")
        let values = try constant(weights, .int8, shape).assumingMemoryBound(to: Int8.self)
        let offsets = try bias.map { bias throws(ModelFileError) in
            try constant(bias, .int32, [order.channels]).assumingMemoryBound(to: Int32.self)
        }
        for channel in 0..<order.channels {
            let (sum, hasLowest) = order.absoluteSum(of: values.baseAddress!, channel: channel)
            try require(!hasLowest, "a weight is −128")
            try accumulator(sum * x.magnitude + Int(offsets?[channel].magnitude ?? 0))
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

    /// Σ|w| of a channel, and whether one of its weights is −128. Millions of weights pass here when a model is loaded.
    func absoluteSum(of weights: UnsafePointer<Int8>, channel: Int) -> (sum: Int, hasLowest: Bool) {
        guard channelsInnermost else { return absoluteSum(UnsafeRawPointer(weights + channel * products)) }
        var sum = 0, hasLowest = false
        for product in 0..<products {
            let weight = weights[product * channels + channel]
            sum += Int(weight.magnitude)
            hasLowest = hasLowest || weight == -128
        }
        return (sum, hasLowest)
    }

    /// The same of neighbours, eight bytes at a time: the magnitudes are bytes of a word, of which −128 alone fills the highest
    /// bit; words of four 16-bit sums hold 256 of them.
    private func absoluteSum(_ weights: UnsafeRawPointer) -> (sum: Int, hasLowest: Bool) {
        let bytes: UInt64 = 0x00ff_00ff_00ff_00ff, ones: UInt64 = 0x0101_0101_0101_0101
        var sum = 0, seen: UInt64 = 0, first = 0
        while first + 8 <= products {
            let end = min(first + 8 * 128, products / 8 * 8)
            var sums: UInt64 = 0
            while first < end {
                let word = weights.loadUnaligned(fromByteOffset: first, as: UInt64.self)
                let negative = (word >> 7) & ones
                let magnitudes = (word ^ (negative &* 0xff)) &+ negative
                seen |= magnitudes
                sums &+= (magnitudes & bytes) &+ ((magnitudes >> 8) & bytes)
                first += 8
            }
            sum += Int((sums & 0xffff) &+ (sums >> 16 & 0xffff) &+ (sums >> 32 & 0xffff) &+ sums >> 48)
        }
        for product in first..<products {
            let magnitude = weights.load(fromByteOffset: product, as: Int8.self).magnitude
            seen |= UInt64(magnitude)
            sum += Int(magnitude)
        }
        return (sum, seen & (ones << 7) != 0)
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
