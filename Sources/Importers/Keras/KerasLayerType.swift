/// The classes that have a translation, by their names.
enum KerasLayerType: String, CaseIterable {
    case activation = "Activation"
    case activityRegularization = "ActivityRegularization"
    case add = "Add"
    case alphaDropout = "AlphaDropout"
    case average = "Average"
    case averagePooling1D = "AveragePooling1D"
    case averagePooling2D = "AveragePooling2D"
    case batchNormalization = "BatchNormalization"
    case bidirectional = "Bidirectional"
    case centerCrop = "CenterCrop"
    case concatenate = "Concatenate"
    case conv1D = "Conv1D"
    case conv2D = "Conv2D"
    case conv2DTranspose = "Conv2DTranspose"
    case cropping1D = "Cropping1D"
    case cropping2D = "Cropping2D"
    case dense = "Dense"
    case depthwiseConv1D = "DepthwiseConv1D"
    case depthwiseConv2D = "DepthwiseConv2D"
    case dot = "Dot"
    case dropout = "Dropout"
    case elu = "ELU"
    case fixedDropout = "FixedDropout"
    case flatten = "Flatten"
    case functional = "Functional"
    case gaussianDropout = "GaussianDropout"
    case gaussianNoise = "GaussianNoise"
    case globalAveragePooling1D = "GlobalAveragePooling1D"
    case globalAveragePooling2D = "GlobalAveragePooling2D"
    case globalMaxPooling1D = "GlobalMaxPooling1D"
    case globalMaxPooling2D = "GlobalMaxPooling2D"
    case gru = "GRU"
    case identity = "Identity"
    case inputLayer = "InputLayer"
    case lambda = "Lambda"
    case layerScale = "LayerScale"
    case layerNormalization = "LayerNormalization"
    case leakyReLU = "LeakyReLU"
    case lstm = "LSTM"
    case maxPooling1D = "MaxPooling1D"
    case maxPooling2D = "MaxPooling2D"
    case maximum = "Maximum"
    case minimum = "Minimum"
    case model = "Model"
    case multiply = "Multiply"
    case normalization = "Normalization"
    case operatorLambda = "TFOpLambda"
    case operatorLayer = "TensorFlowOpLayer"
    case permute = "Permute"
    case prelu = "PReLU"
    case randomFlip = "RandomFlip"
    case randomRotation = "RandomRotation"
    case randomZoom = "RandomZoom"
    case randomTranslation = "RandomTranslation"
    case randomContrast = "RandomContrast"
    case randomBrightness = "RandomBrightness"
    case relu = "ReLU"
    case repeatVector = "RepeatVector"
    case rescaling = "Rescaling"
    case reshape = "Reshape"
    case resizing = "Resizing"
    case selfAttention = "SeqSelfAttention"
    case separableConv1D = "SeparableConv1D"
    case separableConv2D = "SeparableConv2D"
    case sequential = "Sequential"
    case simpleRNN = "SimpleRNN"
    case slicingOperator = "SlicingOpLambda"
    case softmax = "Softmax"
    case spatialDropout1D = "SpatialDropout1D"
    case spatialDropout2D = "SpatialDropout2D"
    case subtract = "Subtract"
    case syncBatchNormalization = "SyncBatchNormalization"
    case thresholdedReLU = "ThresholdedReLU"
    case timeDistributed = "TimeDistributed"
    case upSampling1D = "UpSampling1D"
    case upSampling2D = "UpSampling2D"
    case zeroPadding1D = "ZeroPadding1D"
    case zeroPadding2D = "ZeroPadding2D"
}

extension KerasImporter {
    /// Translates one use of a layer that is neither a model nor an operation.
    mutating func translate(
        _ type: KerasLayerType, _ layer: KerasLayer, _ call: KerasCall, _ x: [KerasTensor]
    ) throws(ImportFailure) -> [KerasTensor] {
        switch type {
        case .activityRegularization, .alphaDropout, .dropout, .fixedDropout, .gaussianDropout, .gaussianNoise,
            .identity, .inputLayer, .randomFlip, .randomRotation, .randomZoom, .randomTranslation, .randomContrast,
            .randomBrightness, .spatialDropout1D, .spatialDropout2D:
            return [try one(x)]
        case .conv1D, .conv2D: return [try convolution(layer, one(x))]
        case .depthwiseConv1D, .depthwiseConv2D: return [try depthwise(layer, one(x))]
        case .separableConv1D, .separableConv2D: return [try separable(layer, one(x))]
        case .conv2DTranspose: return [try transposedConvolution(layer, one(x))]
        case .dense: return [try dense(layer, one(x))]
        case .batchNormalization, .syncBatchNormalization: return [try batchNormalization(layer, one(x))]
        case .layerNormalization: return [try layerNormalization(layer, one(x))]
        case .normalization: return [try normalization(layer, one(x))]
        case .rescaling: return [try rescaling(layer, one(x))]
        case .activation: return [try activate(one(x), layer.config["activation"])]
        case .relu: return [try relu(layer.config, one(x))]
        case .leakyReLU, .elu, .thresholdedReLU, .softmax: return [try activationLayer(type, layer.config, one(x))]
        case .prelu: return [try prelu(layer, one(x))]
        case .layerScale: return [try layerScale(layer, one(x))]
        case .averagePooling1D, .averagePooling2D: return [try pool(layer, .average(countsPadding: false), one(x))]
        case .maxPooling1D, .maxPooling2D: return [try pool(layer, .maximum, one(x))]
        case .globalAveragePooling1D, .globalAveragePooling2D: return [try globalPool(layer, .mean, one(x))]
        case .globalMaxPooling1D, .globalMaxPooling2D: return [try globalPool(layer, .maximum, one(x))]
        case .zeroPadding1D, .zeroPadding2D: return [try zeroPadding(layer, one(x))]
        case .cropping1D, .cropping2D: return [try cropping(layer, one(x))]
        case .centerCrop: return [try centerCrop(layer, one(x))]
        case .upSampling1D, .upSampling2D: return [try upSampling(layer, one(x))]
        case .resizing: return [try resizing(layer, one(x))]
        case .reshape: return [try reshape(one(x), target: layer.config["target_shape"].integers)]
        case .flatten: return [try reshape(one(x), target: [-1])]
        case .permute: return [try permute(layer, one(x))]
        case .repeatVector: return [try repeatVector(layer, one(x))]
        case .add: return [try merge(.add, x)]
        case .subtract: return [try merge(.subtract, x)]
        case .multiply: return [try merge(.multiply, x)]
        case .maximum: return [try merge(.maximum, x)]
        case .minimum: return [try merge(.minimum, x)]
        case .average: return [try scale(merge(.add, x), by: 1 / Float(x.count))]
        case .concatenate: return [try concatenate(x, axis: layer.config["axis"].integer ?? -1)]
        case .dot: return [try dot(layer, x)]
        case .lstm, .gru, .simpleRNN: return try recurrent(type, layer, one(x))
        case .bidirectional: return [try bidirectional(layer, one(x))]
        case .selfAttention: return [try selfAttention(layer, one(x))]
        case .timeDistributed: return try timeDistributed(layer, one(x))
        case .lambda: return [try lambda(layer, x)]
        case .operatorLambda, .slicingOperator: return [try operatorLambda(layer, call)]
        case .operatorLayer: return [try operatorLayer(layer, x)]
        case .functional, .model, .sequential: return try evaluate(layer, x)
        }
    }

    /// The only input.
    func one(_ tensors: [KerasTensor]) throws(ImportFailure) -> KerasTensor {
        guard tensors.count == 1 else { throw .unsupported("is called with \(tensors.count) values, supported is one") }
        return tensors[0]
    }
}
