/// The tables of a `.tflite` file, version 3: the numbers of the fields that are read or written here.
///
/// Types where they are not int32 or a vector of it: int8 for enumerations (`TensorType`, `Padding`, activations),
/// uint32 for indices of buffers and operator codes.
public enum Schema {
    public static let identifier = "TFL3"

    public enum Model {
        public static let version = 0, operatorCodes = 1, subgraphs = 2, description = 3, buffers = 4
    }
    public enum OperatorCode {
        /// Codes below 127 are in both fields, larger ones in `builtin` only.
        public static let deprecatedBuiltin = 0, custom = 1, version = 2, builtin = 3
    }
    public enum Subgraph {
        public static let tensors = 0, inputs = 1, outputs = 2, operators = 3, name = 4
    }
    public enum Tensor {
        public static let shape = 0, type = 1, buffer = 2, name = 3, quantization = 4, isVariable = 5, sparsity = 6
        public static let shapeSignature = 7
    }
    public enum Quantization {
        public static let scales = 2, zeroPoints = 3, axis = 6
    }
    public enum Sparsity {
        public static let traversal = 0, blockMap = 1, dimensions = 2
    }
    public enum Dimension {
        public static let format = 0, size = 1
        public static let segmentsType = 2, segments = 3, indicesType = 4, indices = 5
    }
    public enum Buffer {
        public static let data = 0, offset = 1, size = 2
    }
    public enum Operator {
        public static let code = 0, inputs = 1, outputs = 2, optionsType = 3, options = 4, customOptions = 5
    }

    // MARK: Options of the operators

    /// Conv2D, DepthwiseConv2D, TransposeConv and pools begin alike.
    public enum Window {
        public static let padding = 0, strideX = 1, strideY = 2
    }
    public enum Convolution {
        public static let activation = 3, dilationX = 4, dilationY = 5
    }
    public enum Depthwise {
        public static let multiplier = 3, activation = 4, dilationX = 5, dilationY = 6
    }
    public enum Pool {
        public static let width = 3, height = 4, activation = 5
    }
    public enum Dense {
        public static let activation = 0, weightsFormat = 1, keepsAxes = 2
    }
    public enum Concatenation {
        public static let axis = 0, activation = 1
    }
    public enum Reshape { public static let shape = 0 }
    public enum Squeeze { public static let axes = 0 }
    public enum Softmax { public static let beta = 0 }
    public enum Reducer { public static let keepsAxes = 0 }
    public enum Gather { public static let axis = 0, batchAxes = 1 }
    public enum Pack { public static let count = 0, axis = 1 }
    public enum LeakyRelu { public static let alpha = 0 }
    public enum Gelu { public static let isApproximate = 0 }
    public enum MirrorPad { public static let mode = 0 }
    public enum BlockSize { public static let size = 0 }
    public enum ResizeBilinear { public static let alignsCorners = 2, hasHalfPixelCentres = 3 }
    public enum ResizeNearest { public static let alignsCorners = 0, hasHalfPixelCentres = 1 }
    public enum BatchMatMul { public static let transposesX = 0, transposesY = 1 }
    public enum StridedSlice {
        public static let beginMask = 0, endMask = 1, ellipsisMask = 2, newAxisMask = 3, shrinkAxisMask = 4
    }
    public enum SequenceLSTM {
        public static let activation = 0, cellClip = 1, projectionClip = 2, isTimeMajor = 3
    }
}

/// The element types of tensors, by the format's numbers.
public enum TensorType: Int, Sendable {
    case float32, float16, int32, uint8, int64
    case bool = 6, int16, complex64, int8, float64

    /// Bytes per element.
    public var size: Int {
        switch self {
        case .uint8, .bool, .int8: 1
        case .float16, .int16: 2
        case .float32, .int32: 4
        case .int64, .complex64, .float64: 8
        }
    }
}

/// The function that an operator applies to its result.
public enum FusedActivation: Int, Sendable {
    case none, relu, reluN1To1, relu6, tanh, signBit
}
