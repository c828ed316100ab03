/// What a FlatBuffer is written from.
public indirect enum FlatValue {
    case bool(Bool)
    case int8(Int8)
    case uint8(UInt8)
    case int32(Int32)
    case uint32(UInt32)
    case float(Float)
    case string(String)
    /// Fields by number.
    case table([Int: FlatValue])
    case tables([FlatValue])
    case int32s([Int32])
    case int64s([Int64])
    case floats([Float])
    /// A vector of bytes that begins at a multiple of 16.
    case bytes([UInt8])

    fileprivate var inlineSize: Int {
        switch self {
        case .bool, .int8, .uint8: 1
        default: 4
        }
    }
}

/// Writes a FlatBuffer front to back: every table in front of what it refers to, its list of fields in front of it.
public struct FlatBufferWriter {
    private var bytes: [UInt8] = []

    /// - Parameters:
    ///   - root: a table.
    ///   - identifier: four letters for byte 4.
    public static func write(_ root: FlatValue, identifier: String) -> [UInt8] {
        var writer = FlatBufferWriter()
        writer.append(UInt32(0))
        writer.bytes += Array(identifier.utf8)
        writer.refer(to: root, from: 0)
        return writer.bytes
    }

    /// Appends `value` and lets the offset at `place` lead to it.
    private mutating func refer(to value: FlatValue, from place: Int) {
        switch value {
        case .table(let fields): table(fields, from: place)
        case .tables(let values):
            let first = vector(count: values.count, alignment: 4, from: place)
            bytes += Array(repeating: 0, count: 4 * values.count)
            for (index, value) in values.enumerated() { refer(to: value, from: first + 4 * index) }
        case .string(let text):
            _ = vector(count: text.utf8.count, alignment: 4, from: place)
            bytes += Array(text.utf8) + [0]
        case .bytes(let values):
            _ = vector(count: values.count, alignment: 16, from: place)
            bytes += values
        case .int32s(let values):
            _ = vector(count: values.count, alignment: 4, from: place)
            for value in values { append(value) }
        case .int64s(let values):
            _ = vector(count: values.count, alignment: 8, from: place)
            for value in values { append(value) }
        case .floats(let values):
            _ = vector(count: values.count, alignment: 4, from: place)
            for value in values { append(value.bitPattern) }
        case .bool, .int8, .uint8, .int32, .uint32, .float:
            preconditionFailure("numbers stand in their table")
        }
    }

    private mutating func table(_ fields: [Int: FlatValue], from place: Int) {
        // Larger fields first, each at a multiple of its size.
        let order = fields.keys.sorted { (-fields[$0]!.inlineSize, $0) < (-fields[$1]!.inlineSize, $1) }
        let size = 4 + order.reduce(0) { $0 + fields[$1]!.inlineSize }
        let fieldCount = (fields.keys.max() ?? -1) + 1
        pad(to: 4, before: 4 + 2 * fieldCount)
        let start = bytes.count + 4 + 2 * fieldCount
        var offsets = Array(repeating: UInt16(0), count: fieldCount)
        var offset = 4
        for field in order {
            offsets[field] = UInt16(offset)
            offset += fields[field]!.inlineSize
        }
        append(UInt16(4 + 2 * fieldCount))
        append(UInt16(size))
        for offset in offsets { append(offset) }
        set(UInt32(start - place), at: place)
        append(UInt32(4 + 2 * fieldCount))
        for field in order { inline(fields[field]!) }
        for field in order { resolve(fields[field]!, at: start + Int(offsets[field])) }
    }

    private mutating func inline(_ value: FlatValue) {
        switch value {
        case .bool(let value): append(UInt8(value ? 1 : 0))
        case .int8(let value): append(value)
        case .uint8(let value): append(value)
        case .int32(let value): append(value)
        case .uint32(let value): append(value)
        case .float(let value): append(value.bitPattern)
        default: append(UInt32(0))
        }
    }

    private mutating func resolve(_ value: FlatValue, at place: Int) {
        switch value {
        case .bool, .int8, .uint8, .int32, .uint32, .float: break
        default: refer(to: value, from: place)
        }
    }

    /// Begins a vector whose elements stand at a multiple of `alignment`; returns the place of the first one.
    private mutating func vector(count: Int, alignment: Int, from place: Int) -> Int {
        pad(to: alignment, before: 4)
        set(UInt32(bytes.count - place), at: place)
        append(UInt32(count))
        return bytes.count
    }

    /// Zeros until what follows `count` further bytes stands at a multiple of `alignment`.
    private mutating func pad(to alignment: Int, before count: Int) {
        while (bytes.count + count) % alignment != 0 { bytes.append(0) }
    }

    private mutating func append<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func set(_ value: UInt32, at place: Int) {
        for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    }
}
