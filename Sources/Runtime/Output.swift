import ModelFile

/// A tensor that a run has computed, as integers: real = (q − zeroPoint)·scale. Valid until the network's next run.
public struct Output {
    public let name: String
    public let type: ElementType
    public let shape: [Int]
    public let scale: Double
    public let zeroPoint: Int32
    public let bytes: UnsafeRawBufferPointer

    init(_ tensor: Tensor, at address: UnsafeRawPointer) {
        name = tensor.name
        type = tensor.type
        shape = tensor.shape
        scale = tensor.scale
        zeroPoint = tensor.zeroPoint
        bytes = UnsafeRawBufferPointer(start: address, count: tensor.byteCount)
    }

    /// Number of elements.
    public var count: Int { bytes.count / type.size }

    /// Element `index` as it is stored.
    public subscript(index: Int) -> Int32 {
        switch type {
        case .int8: Int32(bytes.load(fromByteOffset: index, as: Int8.self))
        case .int16: Int32(bytes.load(fromByteOffset: 2 * index, as: Int16.self))
        case .uint16: Int32(bytes.load(fromByteOffset: 2 * index, as: UInt16.self))
        case .int32: bytes.load(fromByteOffset: 4 * index, as: Int32.self)
        }
    }

    /// Element `index` in real units.
    public func real(_ index: Int) -> Double { Double(self[index] - zeroPoint) * scale }
}
