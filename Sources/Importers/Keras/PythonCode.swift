import Foundation

/// What a compiled Python function names and which constants it holds, read from its marshalled form. Nothing of it is
/// ever executed.
struct PythonCode {
    indirect enum Object {
        case nothing
        case bool(Bool)
        case integer(Int)
        case float(Double)
        case text(String)
        case tuple([Object])
        case other
    }

    var constants: [Object] = []
    /// Functions, modules and attributes that the code uses.
    var names: [String] = []

    /// - Returns: `nil` for bytes that are no marshalled function.
    init?(base64 text: String) {
        let compact = text.filter { !$0.isWhitespace }
        guard let data = Data(base64Encoded: compact) else { return nil }
        var reader = MarshalReader(Array(data))
        guard let code = reader.function() else { return nil }
        self = code
    }

    init(constants: [Object], names: [String]) {
        self.constants = constants
        self.names = names
    }
}

/// Reads Python's marshal format, of Python 3.6 to 3.12: only as far as names and constants go.
///
/// The fields of a code object differ by version; the tuples among them do not: the first one holds the constants, the
/// first one of texts behind it the names.
private struct MarshalReader {
    private let bytes: [UInt8]
    private var position = 0
    private var shared: [PythonCode.Object] = []
    private var depth = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func function() -> PythonCode? {
        guard let type = byte(), type & 0x7F == UInt8(ascii: "c") else { return nil }
        if type & 0x80 != 0 { shared.append(.other) }
        // Counts of arguments, locals (before 3.11), stack size and flags: 5 or 6 numbers, before 3.8 one less; behind
        // them stands the byte code, a text of bytes.
        let start = position
        for numbers in [5, 6, 4] {
            position = start + 4 * numbers
            guard position < bytes.count, [0x73, 0xF3].contains(bytes[position]) else { continue }
            let saved = shared
            if let code = body() { return code }
            shared = saved
        }
        return nil
    }

    private mutating func body() -> PythonCode? {
        guard object() != nil, case .tuple(let constants)? = object(), case .tuple(let names)? = object() else {
            return nil
        }
        let texts = names.compactMap { name -> String? in if case .text(let text) = name { text } else { nil } }
        return texts.count == names.count ? PythonCode(constants: constants, names: texts) : nil
    }

    private mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func number(_ size: Int) -> Int? {
        guard size <= bytes.count - position else { return nil }
        defer { position += size }
        return (0..<size).reversed().reduce(0) { $0 << 8 | Int(bytes[position + $1]) }
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        guard count >= 0, count <= bytes.count - position else { return nil }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    private mutating func object() -> PythonCode.Object? {
        depth += 1
        defer { depth -= 1 }
        guard depth < 32, let type = byte() else { return nil }
        let slot = shared.count
        if type & 0x80 != 0 { shared.append(.other) }
        guard let object = content(type & 0x7F) else { return nil }
        if type & 0x80 != 0 { shared[slot] = object }
        return object
    }

    private mutating func content(_ type: UInt8) -> PythonCode.Object? {
        switch Character(UnicodeScalar(type)) {
        case "N": return .nothing
        case "T": return .bool(true)
        case "F": return .bool(false)
        case "i": return number(4).map { .integer(Int(Int32(truncatingIfNeeded: $0))) }
        case "g": return number(8).map { .float(Double(bitPattern: UInt64(UInt(bitPattern: $0)))) }
        case "z", "Z": return number(1).flatMap { take($0) }.map { .text(String(decoding: $0, as: UTF8.self)) }
        case "a", "A", "u", "t": return number(4).flatMap { take($0) }.map { .text(String(decoding: $0, as: UTF8.self)) }
        case "s": return number(4).flatMap { take($0) }.map { _ in .other }
        case "r": return number(4).flatMap { shared.indices.contains($0) ? shared[$0] : nil }
        case ")": return number(1).flatMap { tuple($0) }
        case "(": return number(4).flatMap { tuple($0) }
        default: return nil
        }
    }

    private mutating func tuple(_ count: Int) -> PythonCode.Object? {
        guard count <= bytes.count - position else { return nil }
        var items: [PythonCode.Object] = []
        for _ in 0..<count {
            guard let item = object() else { return nil }
            items.append(item)
        }
        return .tuple(items)
    }
}
