/// What a recipe says that a layer means: a function's name, perhaps with arguments as Python writes them:
/// "swish", "mean(axis=3, keepdims=true)", "reshape([1, 16, 384])".
struct KerasHint: Equatable {
    var name: String
    var arguments: [JSONValue] = []
    var options: [String: JSONValue] = [:]

    init(_ text: String) throws(ImportFailure) {
        let parts = text.split(separator: "(", maxSplits: 1)
        name = parts.first.map { Self.trimmed($0) } ?? ""
        guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else {
            throw .invalid("the recipe's \"\(text)\" is no function")
        }
        guard parts.count == 2 else { return }
        let inside = Self.trimmed(parts[1])
        guard inside.last == ")" else { throw .invalid("the recipe's \"\(text)\" lacks a closing parenthesis") }
        for item in Self.split(inside.dropLast()) {
            let pair = item.split(separator: "=", maxSplits: 1).map { Self.trimmed($0) }
            guard let value = pair.last.flatMap(Self.value) else {
                throw .invalid("the recipe's \"\(text)\" has an argument that is no number, list, true or false")
            }
            if pair.count == 2 { options[pair[0]] = value } else { arguments.append(value) }
        }
    }

    private static func value(_ text: String) -> JSONValue? {
        let words = ["True": "true", "False": "false", "None": "null"]
        let list = text.replacing("(", with: "[").replacing(")", with: "]")
        return try? JSONValue(words[text] ?? list)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    /// At commas outside of brackets.
    private static func split(_ text: Substring) -> [Substring] {
        var parts: [Substring] = []
        var depth = 0
        var start = text.startIndex
        for index in text.indices {
            switch text[index] {
            case "[", "(": depth += 1
            case "]", ")": depth -= 1
            case "," where depth == 0:
                parts.append(text[start..<index])
                start = text.index(after: index)
            default: break
            }
        }
        parts.append(text[start...])
        return parts.filter { !$0.allSatisfy(\.isWhitespace) }
    }
}
