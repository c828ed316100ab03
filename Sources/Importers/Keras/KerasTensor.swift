import FloatGraph

/// A value of a Keras model: the same elements as a value of the float graph, in the same order.
///
/// The float graph has no batch axis: [1, T, H, W, C] and [1, T, C] are there without the 1, so that axis 0 is the
/// frame axis.
struct KerasTensor {
    var value: ValueID
    /// As Keras has it, the batch axis first.
    var shape: [Int]

    var rank: Int { shape.count }

    /// The float graph's shape for a shape of Keras.
    static func graphShape(_ shape: [Int]) -> [Int] {
        let hasFrames = shape.count == 3 || shape.count > 4
        return hasFrames && shape[0] == 1 ? Array(shape.dropFirst()) : shape
    }

    /// How many axes the float graph's shape lacks in front.
    static func droppedAxes(_ shape: [Int]) -> Int { shape.count - graphShape(shape).count }

    /// An axis counted from the front.
    func axis(_ axis: Int) throws(ImportFailure) -> Int { try normalizedAxis(axis, rank: rank) }
}
