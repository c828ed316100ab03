/// The operators of the format that mean something here, by the format's numbers.
public enum BuiltinOperator: Int, CaseIterable, Sendable {
    case add = 0, averagePool2D = 1, concatenation = 2, conv2D = 3, depthwiseConv2D = 4, depthToSpace = 5
    case dequantize = 6, fullyConnected = 9, l2Normalization = 11, logistic = 14, maxPool2D = 17, mul = 18, relu = 19
    case reluN1To1 = 20, relu6 = 21, reshape = 22, resizeBilinear = 23, softmax = 25, spaceToDepth = 26, tanh = 28
    case pad = 34, gather = 36, batchToSpaceND = 37, spaceToBatchND = 38, transpose = 39, mean = 40, sub = 41
    case div = 42, squeeze = 43, unidirectionalSequenceLSTM = 44, stridedSlice = 45, exp = 47, split = 49
    case logSoftmax = 50, cast = 53, prelu = 54, maximum = 55, minimum = 57, neg = 59
    case padV2 = 60, slice = 65, transposeConv = 67, tile = 69, expandDims = 70, log = 73, sum = 74, sqrt = 75
    case rsqrt = 76, shape = 77, pow = 78, reduceProd = 81, reduceMax = 82, pack = 83, unpack = 88, reduceMin = 89
    case square = 92, fill = 94, range = 96, resizeNearestNeighbor = 97, leakyRelu = 98, squaredDifference = 99
    case mirrorPad = 100, abs = 101, splitV = 102, reverseV2 = 105, addN = 106, elu = 111, quantize = 114, hardSwish = 117
    case densify = 124, batchMatMul = 126, broadcastTo = 130, gelu = 150, relu0To1 = 152

    /// The format's own name, such as `CONV_2D`.
    public var label: String { Self.label(rawValue) }

    /// The format's name of any operator by its number.
    public static func label(_ code: Int) -> String {
        names.indices.contains(code) ? names[code] : "operator \(code)"
    }

    private static let names = """
        ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP
        FLOOR FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOGISTIC
        LSH_PROJECTION LSTM MAX_POOL_2D MUL RELU RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX
        SPACE_TO_DEPTH SVDF TANH CONCAT_EMBEDDINGS SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD
        UNIDIRECTIONAL_SEQUENCE_RNN GATHER BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB DIV SQUEEZE
        UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT LOG_SOFTMAX
        DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM ARG_MAX MINIMUM LESS NEG PADV2 GREATER
        GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE TILE EXPAND_DIMS EQUAL
        NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR ONE_HOT
        LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD RANGE
        RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE CEIL REVERSE_V2
        ADD_N GATHER_ND COS WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND
        HARD_SWISH IF WHILE NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY
        SEGMENT_SUM BATCH_MATMUL PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D
        IMAG REAL COMPLEX_ABS HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE REDUCE_ALL
        CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE BROADCAST_ARGS RANDOM_STANDARD_NORMAL
        BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU DYNAMIC_UPDATE_SLICE RELU_0_TO_1 UNSORTED_SEGMENT_PROD
        UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2 UNSORTED_SEGMENT_MIN SIGN BITCAST BITWISE_XOR
        RIGHT_SHIFT
        """.split(whereSeparator: \.isWhitespace).map(String.init)
}
