import CYAMLTree

/// A value of a YAML file that knows where it stands, for messages.
struct YAMLNode {
    let document: YAMLDocument
    let index: Int32
    /// The keys that lead here, such as `tasks[1].budget.p99`.
    let keyPath: String

    private var node: ty_node { document.node(index) }
    var line: Int { Int(node.line) }

    func error(_ text: String) -> ConfigError {
        ConfigError(file: document.file, line: line, text: keyPath.isEmpty ? text : keyPath + ": " + text)
    }

    // MARK: Collections

    /// - Parameter keys: All that may stand here.
    /// - Throws: for an unknown key, one that stands twice, or what is no mapping.
    func mapping(_ keys: [String]) throws(ConfigError) -> YAMLMapping {
        guard node.kind == Int32(TY_MAPPING) else {
            throw error("keys are needed here: " + keys.joined(separator: ", "))
        }
        var values: [(key: String, value: YAMLNode)] = []
        let children = children
        for pair in 0..<children.count / 2 {
            let key = YAMLNode(document: document, index: children[2 * pair], keyPath: keyPath)
            let name = try key.text()
            guard keys.contains(name) else {
                throw key.error("there is no key '\(name)' here; the keys are " + keys.joined(separator: ", "))
            }
            if values.contains(where: { $0.key == name }) { throw key.error("'\(name)' stands here twice") }
            let inner = keyPath.isEmpty ? name : keyPath + "." + name
            values.append((name, YAMLNode(document: document, index: children[2 * pair + 1], keyPath: inner)))
        }
        return YAMLMapping(node: self, values: values)
    }

    /// The elements of a list that is not empty.
    func list() throws(ConfigError) -> [YAMLNode] {
        guard node.kind == Int32(TY_SEQUENCE), node.end > index + 1 else { throw error("a list is needed here") }
        let children = children
        return children.indices.map { YAMLNode(document: document, index: children[$0], keyPath: keyPath + "[\($0)]") }
    }

    private var children: [Int32] {
        var found: [Int32] = []
        var next = index + 1
        while next < node.end {
            found.append(next)
            next = document.node(next).end
        }
        return found
    }

    // MARK: Scalars

    /// The text of a scalar as it stands there.
    private var scalar: String? {
        guard node.kind == Int32(TY_SCALAR), let text = node.text else { return nil }
        return String(
            decoding: UnsafeRawBufferPointer(start: text, count: node.length), as: UTF8.self)
    }

    /// A scalar that is not quoted.
    private var plain: String? { node.is_quoted == 0 ? scalar : nil }

    func text() throws(ConfigError) -> String {
        guard let text = scalar, !text.isEmpty, node.is_quoted != 0 || (text != "~" && text != "null") else {
            throw error("a text is needed here")
        }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), text.utf8.count <= 1024 else {
            throw error("one line of at most 1024 bytes, without control characters, is needed here")
        }
        return text
    }

    func integer(in range: ClosedRange<Int>) throws(ConfigError) -> Int {
        guard let text = plain, let number = Int(text), range.contains(number) else {
            throw error("a whole number from \(range.lowerBound) to \(range.upperBound) is needed here")
        }
        return number
    }

    /// - Parameter words: What the range is, for the message.
    func number(in range: ClosedRange<Double>, _ words: String) throws(ConfigError) -> Double {
        guard let text = plain, let number = Double(text), range.contains(number) else {
            throw error("a number \(words) is needed here")
        }
        return number
    }

    func duration() throws(ConfigError) -> Int64 {
        guard let text = plain, let duration = nanoseconds(parsing: text) else {
            throw error("a duration such as 120ms, 2s or 5min is needed here")
        }
        return duration
    }

    /// Whether the scalar is this word, without quotes.
    func isWord(_ word: String) -> Bool { plain == word }
}

/// The keys and values of a mapping.
struct YAMLMapping {
    let node: YAMLNode
    fileprivate let values: [(key: String, value: YAMLNode)]

    fileprivate init(node: YAMLNode, values: [(key: String, value: YAMLNode)]) {
        self.node = node
        self.values = values
    }

    subscript(key: String) -> YAMLNode? { values.first { $0.key == key }?.value }
    /// In the order of the file.
    var all: [(key: String, value: YAMLNode)] { values }

    func required(_ key: String) throws(ConfigError) -> YAMLNode {
        guard let value = self[key] else { throw node.error("'\(key)' is missing") }
        return value
    }
}
