/// One line of JSON, written key by key.
///
/// ```swift
/// var line = JSONText()
/// line.object { line in line.key("frame"); line.number(812) }
/// ```
public struct JSONText {
    public private(set) var text = ""
    /// Whether a comma is due before the next value.
    private var needsComma = false

    public init() {}

    public mutating func object(_ content: (inout JSONText) -> Void) { nested("{", "}", content) }
    public mutating func array(_ content: (inout JSONText) -> Void) { nested("[", "]", content) }

    public mutating func key(_ name: String) {
        string(name)
        text += ":"
        needsComma = false
    }

    public mutating func number(_ value: Int) { value_("\(value)") }
    public mutating func bool(_ value: Bool) { value_(value ? "true" : "false") }

    /// A number with `places` decimals, rounded half away from zero; not finite ones become null.
    public mutating func number(_ value: Double, places: Int) { value_(decimal(value, places: places) ?? "null") }

    public mutating func string(_ value: String) {
        var escaped = "\""
        for scalar in value.unicodeScalars {
            switch scalar.value {
            case 0x22: escaped += "\\\""
            case 0x5C: escaped += "\\\\"
            case 0x0A: escaped += "\\n"
            case 0..<0x20:
                let digits = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        value_(escaped + "\"")
    }

    private mutating func nested(_ open: String, _ close: String, _ content: (inout JSONText) -> Void) {
        value_(open)
        needsComma = false
        content(&self)
        text += close
        needsComma = true
    }

    private mutating func value_(_ value: String) {
        if needsComma { text += "," }
        text += value
        needsComma = true
    }
}

/// A number with exactly `places` decimals, or nil when it is not finite or too large for that.
public func decimal(_ value: Double, places: Int) -> String? {
    var unit = 1.0
    for _ in 0..<places { unit *= 10 }
    let scaled = (value * unit).rounded()
    guard scaled.magnitude < 9e15 else { return nil }
    let integer = Int(scaled)
    let digits = String(integer.magnitude)
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
    let sign = integer < 0 ? "-" : ""
    if places == 0 { return sign + padded }
    return sign + String(padded.dropLast(places)) + "." + String(padded.suffix(places))
}
