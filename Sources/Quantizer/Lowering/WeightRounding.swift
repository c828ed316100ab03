import FloatGraph

/// A layer's weights by output channel.
struct WeightMatrix {
    let channels: Int
    /// Weights of one channel.
    let products: Int
    private var values: [Float]
    /// Depthwise weights lie `[products, channels]`, all others `[channels, products]`.
    private let isDepthwise: Bool

    init(_ tensor: FloatTensor, isDepthwise: Bool = false) {
        channels = isDepthwise ? tensor.shape.last! : tensor.shape[0]
        products = channels == 0 ? 0 : tensor.count / channels
        values = tensor.values
        self.isDepthwise = isDepthwise
    }

    subscript(channel: Int) -> [Double] {
        (0..<products).map { Double(values[index(channel, $0)]) }
    }

    /// What a rounded row leaves of a channel's weights.
    func remainder(_ row: RoundedChannel, _ channel: Int) -> [Double] {
        (0..<products).map { Double(values[index(channel, $0)]) - Double(row.values[$0]) * row.scale }
    }

    /// The matrix with other weights.
    func replacing(_ rows: [[Double]]) -> WeightMatrix {
        var other = self
        for (channel, row) in rows.enumerated() {
            for (product, weight) in row.enumerated() { other.values[index(channel, product)] = Float(weight) }
        }
        return other
    }

    private func index(_ channel: Int, _ product: Int) -> Int {
        isDepthwise ? product * channels + channel : channel * products + product
    }

    /// Rounded channels in the layout of the weights.
    func assemble(_ rows: [[Int8]]) -> [Int8] {
        var result = [Int8](repeating: 0, count: values.count)
        for channel in 0..<channels {
            for product in 0..<products { result[index(channel, product)] = rows[channel][product] }
        }
        return result
    }

    /// The real weights that rounded channels stand for, in the layout of the weights.
    func reals(_ rows: [RoundedChannel]) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        for channel in 0..<channels {
            for product in 0..<products {
                result[index(channel, product)] = Float(Double(rows[channel].values[product]) * rows[channel].scale)
            }
        }
        return result
    }

    /// The input channel that a product reads, of `inputs`: for statistics of the layer's input.
    func inputChannel(_ channel: Int, _ product: Int, inputs: Int) -> Int {
        isDepthwise ? channel : product % inputs
    }
}

/// One channel's weights as int8: weight ≈ q · scale, −127…127.
struct RoundedChannel {
    var scale: Double
    var values: [Int8]

    init(scale: Double, values: [Int8]) {
        self.scale = scale
        self.values = values
    }

    var absoluteSum: Double { values.reduce(0) { $0 + abs(Double($1)) } }

    /// Rounds to nearest at a scale of at least `least`; channels of zeros get no scale of their own.
    ///
    /// - Parameter importance: how much each weight's squared error counts, such as its input's mean square.
    init(_ weights: [Double], importance: [Double]?, method: WeightMethod, atLeast least: Double) {
        let largest = weights.reduce(0) { max($0, abs($1)) }
        guard largest > 0 else {
            scale = 0
            values = Array(repeating: 0, count: weights.count)
            return
        }
        var best = max(largest / 127, least)
        if method == .leastSquares, largest / 127 >= least {
            // what rounding of doubles leaves of an exact fit, relative to having no weights at all
            let noticeable = 1e-12 * RoundedChannel.squareError(weights, importance, largest * 1e-9)
            var smallest = Double.infinity
            // below 127 steps whole-number rows become exact; above, the largest weights saturate a little
            for steps in RoundedChannel.candidates {
                let candidate = largest / steps
                guard candidate >= least else { continue }
                let error = RoundedChannel.squareError(weights, importance, candidate)
                if error < smallest - noticeable { (smallest, best) = (error, candidate) }
            }
        }
        scale = best
        values = weights.map { Int8(min(max(($0 / best).rounded(), -127), 127)) }
    }

    /// The largest weight in steps; 127 first, so that it wins when others are no better.
    private static let candidates: [Double] =
        [127] + (64..<127).reversed().map(Double.init) + (128...150).map(Double.init)

    private static func squareError(_ weights: [Double], _ importance: [Double]?, _ scale: Double) -> Double {
        // adding and subtracting 1.5·2⁵² rounds to a whole number, and unlike rounded() it vectorizes
        let perUnit = 1 / scale, rounder = 0x1.8p52
        func error(_ weight: Double) -> Double {
            let steps = weight * perUnit + rounder - rounder
            let held = steps > 127 ? 127 : steps < -127 ? -127 : steps
            let difference = weight - scale * held
            return difference * difference
        }
        var sum = 0.0
        weights.withUnsafeBufferPointer { weights in
            if let importance {
                importance.withUnsafeBufferPointer { for i in weights.indices { sum += error(weights[i]) * $0[i] } }
            } else {
                for weight in weights { sum += error(weight) }
            }
        }
        return sum
    }
}
