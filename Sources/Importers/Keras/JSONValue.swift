import Foundation

/// A JSON text as Python writes it: `NaN` and `Infinity` are numbers.
enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Arrays and objects inside each other, at most.
    static let depthLimit = 256

    /// - Throws: `ImportFailure.invalid` for anything else than one whole value.
    init(_ text: String) throws(ImportFailure) {
        var parser = JSONParser(Array(text.utf8))
        self = try parser.document()
    }

    subscript(key: String) -> JSONValue {
        if case .object(let members) = self { members[key] ?? .null } else { .null }
    }

    subscript(index: Int) -> JSONValue {
        if case .array(let items) = self, items.indices.contains(index) { items[index] } else { .null }
    }

    var isNull: Bool { self == .null }
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
    var number: Double? { if case .number(let value) = self { value } else { nil } }
    var integer: Int? { number.flatMap { abs($0) <= 1e15 && $0 == $0.rounded() ? Int($0) : nil } }

    /// As JSON, for messages.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .number(let value): integer.map(String.init) ?? "\(value)"
        case .string(let text): "\"\(text)\""
        case .array(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.sorted { $0.key < $1.key }.map { "\"\($0)\": \($1.text)" }.joined(separator: ", ") + "}"
        }
    }

    /// Integers, from a list or a single one.
    var integers: [Int]? {
        if let integer { return [integer] }
        guard let array else { return nil }
        let values = array.compactMap(\.integer)
        return values.count == array.count ? values : nil
    }

    /// Numbers, from a list, however nested, or a single one.
    var numbers: [Double]? {
        if let number { return [number] }
        guard let array else { return nil }
        var values: [Double] = []
        for item in array {
            guard let inner = item.numbers else { return nil }
            values += inner
        }
        return values
    }
}

private struct JSONParser {
    private let text: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func document() throws(ImportFailure) -> JSONValue {
        let value = try value()
        skipSpace()
        guard position == text.count else { throw failure }
        return value
    }

    private var failure: ImportFailure { .invalid("its description is no JSON (at byte \(position))") }

    private mutating func skipSpace() {
        while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func take(word: String) -> Bool {
        let bytes = Array(word.utf8)
        guard position + bytes.count <= text.count, Array(text[position..<position + bytes.count]) == bytes else {
            return false
        }
        position += bytes.count
        return true
    }

    private mutating func value() throws(ImportFailure) -> JSONValue {
        depth += 1
        defer { depth -= 1 }
        guard depth <= JSONValue.depthLimit else {
            throw .invalid("its description is nested more than \(JSONValue.depthLimit) deep")
        }
        skipSpace()
        guard position < text.count else { throw failure }
        switch text[position] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        default:
            if take(word: "null") { return .null }
            if take(word: "true") { return .bool(true) }
            if take(word: "false") { return .bool(false) }
            if take(word: "NaN") { return .number(.nan) }
            if take(word: "Infinity") { return .number(.infinity) }
            if take(word: "-Infinity") { return .number(-.infinity) }
            return .number(try number())
        }
    }

    private mutating func object() throws(ImportFailure) -> JSONValue {
        position += 1
        var members: [String: JSONValue] = [:]
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard position < text.count, text[position] == UInt8(ascii: "\"") else { throw failure }
            let key = try string()
            guard take(":") else { throw failure }
            members[key] = try value()
        } while take(",")
        guard take("}") else { throw failure }
        return .object(members)
    }

    private mutating func array() throws(ImportFailure) -> JSONValue {
        position += 1
        var items: [JSONValue] = []
        if take("]") { return .array(items) }
        repeat { items.append(try value()) } while take(",")
        guard take("]") else { throw failure }
        return .array(items)
    }

    private mutating func number() throws(ImportFailure) -> Double {
        let start = position
        while position < text.count, "+-.eE0123456789".utf8.contains(text[position]) { position += 1 }
        guard let value = Double(String(decoding: text[start..<position], as: UTF8.self)) else { throw failure }
        return value
    }

    private mutating func string() throws(ImportFailure) -> String {
        position += 1
        var bytes: [UInt8] = []
        while position < text.count {
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"): bytes += try escape()
            default: bytes.append(byte)
            }
        }
        throw failure
    }

    private mutating func escape() throws(ImportFailure) -> [UInt8] {
        guard position < text.count else { throw failure }
        let byte = text[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "u"): return Array(String(decoding: try units(), as: UTF16.self).utf8)
        default: return [byte]
        }
    }

    /// One \uXXXX, or the two of a surrogate pair.
    private mutating func units() throws(ImportFailure) -> [UInt16] {
        var units = [try unit()]
        if UTF16.isLeadSurrogate(units[0]), take(word: "\\u") { units.append(try unit()) }
        return units
    }

    private mutating func unit() throws(ImportFailure) -> UInt16 {
        guard position + 4 <= text.count,
            let value = UInt16(String(decoding: text[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure }
        position += 4
        return value
    }
}
