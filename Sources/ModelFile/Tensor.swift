/// One tensor of a model: activations live in the arena, constants in the file.
///
/// real = (q − zeroPoint) · scale. Shapes are row-major and channel-last: `[C]`, `[H, W, C]` in the frame program;
/// `[T, C]`, `[T, H, W, C]` for a clip's sequences. There is no batch axis.
public struct Tensor: Equatable, Sendable {
    /// Where a tensor's bytes are.
    public enum Storage: Equatable, Sendable {
        /// Computed at run time.
        case activation
        /// `byteCount` bytes at `offset` of the model's data, 64-byte aligned.
        case constant(offset: Int, byteCount: Int)
    }

    /// The name in the trained network that this tensor came from, for reports and errors.
    public var name: String
    public var type: ElementType
    /// 1…4 positive extents.
    public var shape: [Int]
    /// Real units per step; 1 for constants whose meaning lies in their operator.
    public var scale: Double
    public var zeroPoint: Int32
    public var storage: Storage

    public init(
        name: String, type: ElementType, shape: [Int], scale: Double = 1, zeroPoint: Int32 = 0,
        storage: Storage = .activation
    ) {
        self.name = name
        self.type = type
        self.shape = shape
        self.scale = scale
        self.zeroPoint = zeroPoint
        self.storage = storage
    }

    /// Number of elements. The reader guarantees that it fits and is positive.
    public var count: Int { shape.reduce(1, *) }
    public var byteCount: Int { count * type.size }
    public var isConstant: Bool { storage != .activation }
}
