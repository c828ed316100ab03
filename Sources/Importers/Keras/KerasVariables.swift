/// The weights of a layer, as its class declares them.
struct KerasVariables: Equatable {
    var trainable: [String]
    var fixed: [String] = []

    var all: [String] { trainable + fixed }

    /// Names in the order in which Keras makes them; `nil` for classes whose weights nobody knows.
    init?(_ layer: KerasLayer) {
        func with(_ option: String, _ name: String, default value: Bool = true) -> [String] {
            layer.config[option].bool ?? value ? [name] : []
        }
        let bias = with("use_bias", "bias")
        switch layer.type {
        case "Conv1D", "Conv2D", "Conv2DTranspose", "Dense":
            self.init(trainable: ["kernel"] + bias)
        case "DepthwiseConv1D", "DepthwiseConv2D":
            self.init(trainable: ["depthwise_kernel"] + bias)
        case "SeparableConv1D", "SeparableConv2D":
            self.init(trainable: ["depthwise_kernel", "pointwise_kernel"] + bias)
        case "BatchNormalization", "SyncBatchNormalization":
            self.init(
                trainable: with("scale", "gamma") + with("center", "beta"),
                fixed: ["moving_mean", "moving_variance"])
        case "LayerNormalization":
            self.init(trainable: with("scale", "gamma") + with("center", "beta"))
        case "LayerScale":
            self.init(trainable: ["gamma"])
        case "PReLU":
            self.init(trainable: ["alpha"])
        case "Normalization":
            let isGiven = !layer.config["mean"].isNull
            self.init(trainable: [], fixed: isGiven ? [] : ["mean", "variance", "count"])
        case "LSTM", "GRU", "SimpleRNN":
            self.init(trainable: ["kernel", "recurrent_kernel"] + bias)
        case "SeqSelfAttention":
            self.init(trainable: KerasVariables.attention(layer.config))
        case "Bidirectional", "TimeDistributed", "Functional", "Model", "Sequential":
            self.init(trainable: [])
        default:
            guard KerasLayerType(rawValue: layer.type) != nil || layer.isOperation else { return nil }
            self.init(trainable: [])
        }
    }

    private init(trainable: [String], fixed: [String] = []) {
        self.trainable = trainable
        self.fixed = fixed
    }

    private static func attention(_ config: JSONValue) -> [String] {
        let scoreBias = config["use_attention_bias"].bool ?? true ? ["ba"] : []
        guard config["attention_type"].string ?? "additive" == "additive" else { return ["Wa"] + scoreBias }
        let bias = config["use_additive_bias"].bool ?? true ? ["bh"] : []
        return ["Wt", "Wx"] + bias + ["Wa"] + scoreBias
    }
}
