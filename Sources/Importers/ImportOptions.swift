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
    public var keras: KerasHints

    public init(
        frames: Int? = nil, batch: Int? = nil, height: Int? = nil, width: Int? = nil, outputs: [String] = [],
        keras: KerasHints = KerasHints()
    ) {
        self.frames = frames
        self.batch = batch
        self.height = height
        self.width = width
        self.outputs = outputs
        self.keras = keras
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
