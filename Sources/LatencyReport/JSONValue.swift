/// A JSON text as RFC 8259 has it, and nothing beyond: for reading one's own reports, whoever may have touched them.
public enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    /// In the order of the text; a name occurs once.
    case object([(name: String, value: JSONValue)])

    public static func == (one: JSONValue, other: JSONValue) -> Bool {
        switch (one, other) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)):
            a.count == b.count && zip(a, b).allSatisfy { $0.name == $1.name && $0.value == $1.value }
        default: false
        }
    }

    /// - Throws: for anything but one value with white space around it, nested at most 16 deep.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var parser = JSONParser(bytes)
        self = try parser.value(depth: 0)
        try parser.finish()
    }
}

/// Where a text stops being JSON.
public struct JSONError: Error, Equatable {
    /// From 1.
    public var line: Int
    public var text: String
}

private struct JSONParser {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    private static let greatestDepth = 16
    private static let mostNames = 256

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func finish() throws(JSONError) {
        skipSpace()
        if position < bytes.count { throw error("something follows the value") }
    }

    mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipSpace()
        guard depth <= Self.greatestDepth else { throw error("nested too deeply") }
        switch peek {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw error("the text ends before its value")
        default: return .number(try number())
        }
    }

    private mutating func object(_ depth: Int) throws(JSONError) -> JSONValue {
        var entries: [(name: String, value: JSONValue)] = []
        position += 1
        skipSpace()
        if accept("}") { return .object([]) }
        while true {
            skipSpace()
            let name = try string()
            if entries.contains(where: { $0.name == name }) { throw error("a name occurs twice") }
            if entries.count == Self.mostNames { throw error("too many names") }
            skipSpace()
            try expect(":")
            entries.append((name, try value(depth: depth + 1)))
            skipSpace()
            if accept("}") { return .object(entries) }
            try expect(",")
        }
    }

    private mutating func array(_ depth: Int) throws(JSONError) -> JSONValue {
        var elements: [JSONValue] = []
        position += 1
        skipSpace()
        if accept("]") { return .array([]) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if accept("]") { return .array(elements) }
            try expect(",")
        }
    }

    private mutating func string() throws(JSONError) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while true {
            guard let byte = peek, byte >= 0x20 else { throw error("a text without its end") }
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                if let valid = String(validating: text, as: UTF8.self) { return valid }
                throw error("a text that is not UTF-8")
            case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
            default: text.append(byte)
            }
        }
    }

    private mutating func escape() throws(JSONError) -> Character {
        guard let byte = peek else { throw error("a text without its end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(Unicode.Scalar(byte))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return Character(try codePoint())
        default: throw error("an escape that JSON does not have")
        }
    }

    /// After `\u`: one code, or two that make a pair.
    private mutating func codePoint() throws(JSONError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), accept("\\"), accept("u") else { throw error("half a code point") }
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw error("half a code point") }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw error("four hexadecimal digits are needed")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    /// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
    private mutating func number() throws(JSONError) -> Double {
        let start = position
        _ = accept("-")
        if !accept("0") { try digits() }
        if accept(".") { try digits() }
        if accept("e") || accept("E") {
            if !accept("+") { _ = accept("-") }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard text.utf8.count <= 64, let number = Double(text), number.isFinite else {
            throw error("a number out of range")
        }
        return number
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
        if position == start { throw error("a value is needed") }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard peek == word.utf8Start[index] else { throw error("a value is needed") }
            position += 1
        }
        return value
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == UInt8(scalar.value) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ scalar: Unicode.Scalar) throws(JSONError) {
        if !accept(scalar) { throw error("'\(scalar)' is needed") }
    }

    private func error(_ text: String) -> JSONError {
        JSONError(line: 1 + bytes[..<min(position, bytes.count)].count { $0 == 0x0A }, text: text)
    }
}
