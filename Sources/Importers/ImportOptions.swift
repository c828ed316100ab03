/// What the reader of a trained network has to be told where the file is silent.
public struct ImportOptions: Sendable {
    /// The number of frames, where the file leaves the clip's extent (or the input's first one) open.
    public var frames: Int?
    /// The first extent of an input that holds no frames, where the file leaves it open; 1 without it.
    public var batch: Int?
    /// The pictures' height and width, where the file leaves them open.
    public var height: Int?
    public var width: Int?
    /// The outputs to keep, by name and in this order; all of the file's without it.
    public var outputs: [String]
    /// Inputs beside the pictures, by name, and the number that each is held at (ONNX and TFLite).
    public var fixed: [String: Float]
    public var keras: KerasHints

    public init(
        frames: Int? = nil, batch: Int? = nil, height: Int? = nil, width: Int? = nil, outputs: [String] = [],
        fixed: [String: Float] = [:], keras: KerasHints = KerasHints()
    ) {
        self.frames = frames
        self.batch = batch
        self.height = height
        self.width = width
        self.outputs = outputs
        self.fixed = fixed
        self.keras = keras
    }
}

extension ImportOptions {
    /// Which of a file's inputs are the pictures: the only one that is not held at a number.
    func pictures(among names: [String]) throws(ImportFailure) -> String {
        for name in fixed.keys.sorted() where !names.contains(name) {
            throw .invalid("has no input \(name) that could be held at a number, only \(names.joined(separator: ", "))")
        }
        let open = names.filter { fixed[$0] == nil }
        guard open.count == 1 else {
            let listed = names.joined(separator: ", ")
            throw .invalid(
                "has \(names.count) inputs (\(listed)), needs one, the pictures" + (names.count < 2
                    ? "" : "; hold the others at a number each: --fix \(names[1])=1"))
        }
        return open[0]
    }

    /// A tensor that holds the number everywhere.
    func constant(_ name: String, shape: [Int], isInteger: Bool) throws(ImportFailure) -> ConstantTensor {
        let number = fixed[name] ?? 0, count = try constantCount(shape)
        guard count <= 1 << 20 else {
            throw .invalid("input \(name) has shape \(shape), too large to be held at a number")
        }
        let isWhole = number == number.rounded() && number.magnitude <= 16_777_216
        guard number.isFinite, isWhole || !isInteger else {
            throw .invalid("input \(name) cannot be held at \(number)")
        }
        return isInteger
            ? ConstantTensor(Array(repeating: Int(number), count: count), shape: shape)
            : ConstantTensor(Array(repeating: number, count: count), shape: shape)
    }
}

/// What a Keras file cannot say by itself.
public struct KerasHints: Sendable {
    /// For layers whose meaning is Python code (Lambda, classes of one's own): the layer's name → its meaning, such as
    /// "mean(axis=3, keepdims=true)" or "swish".
    public var layers: [String: String]
    /// For weights without a description: the JSON that `model.to_json()` gives, or a whole model of the same
    /// architecture (.keras, .h5). Without it a `.json` of the same name beside the weights is read.
    public var architecture: String?

    public init(layers: [String: String] = [:], architecture: String? = nil) {
        self.layers = layers
        self.architecture = architecture
    }
}
