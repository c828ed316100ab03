import FloatGraph
import TFLiteFormat

/// A constant of a `.tflite` file, and the grid that its elements lie on if it was quantized.
struct TFLiteConstant {
    var tensor: ConstantTensor
    var quantization: ValueQuantization?

    init(_ tensor: ConstantTensor, quantization: ValueQuantization? = nil) {
        self.tensor = tensor
        self.quantization = quantization
    }

    /// Decodes a constant tensor; nothing is allocated before the sizes agree. Quantized elements become the floats
    /// that they stand for.
    init(_ source: TFLiteTensor, in file: [UInt8]) throws(ImportFailure) {
        guard let bytes = source.bytes else { throw .invalid("\(source.name) has neither a producer nor a value") }
        guard let type = source.type else { throw .unsupported("constant \(source.name) has an unknown element type") }
        let count = try constantCount(source.shape)
        let stored = bytes.count / type.size
        guard bytes.count % type.size == 0, source.sparsity != nil || stored == count else {
            throw .invalid("constant \(source.name) has shape \(source.shape) and holds \(bytes.count) bytes")
        }
        let shape = source.sparsity == nil ? source.shape : [stored]
        var floats: [Float]?
        var integers: [Int] = []
        file[bytes].withUnsafeBytes { bytes in
            func load<T: BitwiseCopyable, U>(_: T.Type, _ convert: (T) -> U) -> [U] {
                (0..<stored).map { convert(bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)) }
            }
            switch type {
            case .float32: floats = load(UInt32.self) { Float(bitPattern: $0) }
            case .float16: floats = load(UInt16.self) { Float(Float16(bitPattern: $0)) }
            case .float64: floats = load(UInt64.self) { Float(Double(bitPattern: $0)) }
            case .uint8, .bool: integers = load(UInt8.self) { Int($0) }
            case .int8: integers = load(Int8.self) { Int($0) }
            case .int16: integers = load(Int16.self) { Int($0) }
            case .int32: integers = load(Int32.self) { Int($0) }
            case .int64: integers = load(Int64.self) { Int($0) }
            case .complex64: break
            }
        }
        if let floats {
            guard floats.allSatisfy(\.isFinite) else {
                throw .invalid("constant \(source.name) holds values that are not finite numbers")
            }
            tensor = ConstantTensor(floats, shape: shape)
        } else if type == .complex64 {
            throw .unsupported("constant \(source.name) holds complex numbers")
        } else if let grid = try source.grid() {
            tensor = ConstantTensor(try grid.real(integers, shape: shape, name: source.name), shape: shape)
            quantization = grid.signed(type)
        } else {
            tensor = ConstantTensor(integers, shape: shape)
        }
        if let sparsity = source.sparsity {
            do {
                tensor = try SparseLayout(sparsity, shape: source.shape).dense(tensor)
            } catch let error as FlatBufferError {
                throw .invalid("constant \(source.name): \(error)")
            } catch let error as ImportFailure {
                throw error
            } catch {
                throw .invalid("constant \(source.name): \(error)")
            }
        }
    }
}

extension TFLiteTensor {
    /// The grid that the stored integers lie on; `nil` where they mean themselves.
    func grid() throws(ImportFailure) -> ValueQuantization? {
        let widths: [TensorType: Int] = [.uint8: 8, .int8: 8, .int16: 16, .int32: 32, .int64: 64]
        guard let type, let bits = widths[type], !scales.isEmpty else { return nil }
        let zeros = zeroPoints.isEmpty ? Array(repeating: 0, count: scales.count) : zeroPoints
        guard zeros.count == scales.count || zeros.count == 1, scales.allSatisfy({ $0.isFinite && $0 >= 0 }),
            zeros.allSatisfy({ abs(Double($0)) <= 65_536 }),
            scales.count == 1 || shape.indices.contains(axis) && shape[axis] == scales.count
        else {
            throw .invalid("\(name) has \(scales.count) scales and \(zeros.count) zero points that do not fit \(shape)")
        }
        let points = scales.indices.map { Int32(zeros[zeros.count == 1 ? 0 : $0]) }
        return ValueQuantization(
            scales: scales, zeroPoints: points, axis: scales.count > 1 ? axis : nil, bits: bits)
    }
}

extension ValueQuantization {
    /// scale · (integer − zeroPoint), row-major.
    func real(_ integers: [Int], shape: [Int], name: String) throws(ImportFailure) -> [Float] {
        guard let axis else { return integers.map { scales[0] * Float($0 - Int(zeroPoints[0])) } }
        let inner = shape[(axis + 1)...].reduce(1, *)
        return integers.indices.map { index in
            let channel = index / inner % scales.count
            return scales[channel] * Float(integers[index] - Int(zeroPoints[channel]))
        }
    }

    /// The grid of some indices of its axis.
    func part(_ range: Range<Int>) -> ValueQuantization {
        var copy = self
        if axis != nil {
            copy.scales = Array(scales[range])
            copy.zeroPoints = Array(zeroPoints[range])
        }
        return copy
    }

    /// As int8 numbers: those of uint8 lie 128 lower.
    func signed(_ type: TensorType?) -> ValueQuantization {
        var copy = self
        if type == .uint8 { copy.zeroPoints = zeroPoints.map { $0 - 128 } }
        return copy
    }
}
